//! How well each kind of question is answered, among goods in many languages.
//!
//! The goods and the questions are in tables beside this file, which the benchmark reads too: it asks the same
//! of other engines. A floor that is raised stays raised.

use std::collections::BTreeMap;

use super::{Library, card, number};
use crate::catalogue::SearchRequest;

/// For each kind: the least share with a right answer in the first place, and the least among the first ten, in
/// percent.
const FLOORS: [(&str, u32, u32); 13] = [
    ("plain", 90, 95),
    ("typo", 85, 95),
    ("plural", 85, 95),
    ("joined", 85, 90),
    ("split", 85, 90),
    ("accent", 85, 95),
    ("prefix", 85, 95),
    ("sku", 90, 95),
    ("russian", 85, 90),
    ("western", 90, 95),
    ("chinese and japanese", 85, 90),
    ("thai and korean", 85, 90),
    ("some words", 70, 85),
];

/// How well one kind was answered.
#[derive(Debug, Default)]
struct Measured {
    asked: u32,
    first: u32,
    in_ten: u32,
    reciprocal: f64,
}

fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('\t').collect())
}

#[test]
fn every_kind_of_question_is_answered() {
    let mut library = Library::new();
    let mut skus = Vec::new();
    for (id, good) in (1..).zip(rows(include_str!("goods.tsv"))) {
        let mut card = card(id, good[1]);
        let variants = std::mem::take(&mut card.variants).into_values();
        card.variants = variants.map(|variant| (good[0].to_owned(), variant)).collect();
        card.categories = vec![good[2].to_owned()];
        card.description = Some(good[3].to_owned());
        library.put(card);
        skus.push(good[0]);
    }
    library.commit();
    let mut kinds: BTreeMap<&str, Measured> = BTreeMap::new();
    for question in rows(include_str!("questions.tsv")) {
        let [kind, text, meant] = question[..] else {
            panic!("{question:?}")
        };
        let found = library.search(&SearchRequest::new(text, 10));
        let names = found
            .hits
            .iter()
            .map(|hit| skus[usize::try_from(number(hit.product_id)).unwrap() - 1]);
        let found: Vec<&str> = names.collect();
        let place = found
            .iter()
            .position(|sku| meant.split(' ').any(|meant| meant == *sku));
        let measured = kinds.entry(kind).or_default();
        measured.asked += 1;
        measured.first += u32::from(place == Some(0));
        measured.in_ten += u32::from(place.is_some());
        measured.reciprocal += place.map_or(0.0, |place| {
            1.0 / (f64::from(u32::try_from(place).unwrap()) + 1.0)
        });
        if place != Some(0) {
            println!("{kind}: {text:?} means {meant}, at {place:?} of {found:?}");
        }
    }
    for (kind, measured) in &kinds {
        let percent = |count: u32| 100 * count / measured.asked;
        let (first, in_ten) = (percent(measured.first), percent(measured.in_ten));
        let rank = measured.reciprocal / f64::from(measured.asked);
        println!(
            "{kind}: {} asked, first {first} %, in ten {in_ten} %, reciprocal rank {rank:.3}",
            measured.asked
        );
    }
    for (kind, least_first, least_in_ten) in FLOORS {
        let measured = &kinds[kind];
        assert!(
            100 * measured.first >= least_first * measured.asked,
            "{kind}: {measured:?}"
        );
        assert!(
            100 * measured.in_ten >= least_in_ten * measured.asked,
            "{kind}: {measured:?}"
        );
    }
    assert_eq!(kinds.len(), FLOORS.len(), "every kind has a floor");
}
