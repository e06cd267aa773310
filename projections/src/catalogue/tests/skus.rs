//! Parts of SKUs.

use std::collections::BTreeMap;

use super::{Library, card};
use crate::catalogue::card::{ProductCard, VariantCard};

fn with_skus(number: u128, name: &str, skus: &[&str]) -> ProductCard {
    let mut card = card(number, name);
    let variant = |sku: &&str| ((*sku).to_owned(), VariantCard::default());
    card.variants = skus.iter().map(variant).collect::<BTreeMap<_, _>>();
    card
}

fn library() -> Library {
    let mut library = Library::new();
    library.put(with_skus(1, "Bench oak", &["ZW-SEAT90-OAK"]));
    library.put(with_skus(2, "Bench ash", &["ZW-SEAT90-ASH"]));
    library.put(with_skus(3, "Screw", &["00123", "M4.30"]));
    library.put(with_skus(4, "Nail", &["123"]));
    library.commit();
    library
}

#[test]
fn parts_of_a_sku_find_its_products() {
    let library = library();
    for (text, expected) in [
        ("ZW-SEAT90-OAK", vec![1]),
        ("zw-seat90-oak", vec![1]),
        ("ZW-SEAT90", vec![2, 1]),
        ("ZW-SEAT", vec![2, 1]),
        ("SEAT90", vec![2, 1]),
        ("zw seat90", vec![2, 1]),
        ("ZWSEAT90OAK", vec![1]),
        ("ZWSEAT90", vec![2, 1]),
        ("SEAT90OAK", vec![1]),
        ("SEAT90 ASH", vec![2]),
        ("bench ZW-SEAT90-OAK", vec![1]),
        ("bench seat90", vec![2, 1]),
        ("00123", vec![3]),
        ("123", vec![4]),
        ("M4.30", vec![3]),
        ("m430", vec![3]),
    ] {
        let mut found = library.find(text);
        found.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn a_sku_is_suggested_while_it_is_typed() {
    let library = library();
    for text in ["ZW-SEAT", "zwseat", "SEAT90", "zw"] {
        let suggestions = library.suggestions(text);
        for sku in ["ZW-SEAT90-OAK", "ZW-SEAT90-ASH"] {
            assert!(suggestions.contains(&sku.to_owned()), "{text}: {suggestions:?}");
        }
    }
    assert_eq!(library.suggestions("ZW-SEAT90-A"), ["ZW-SEAT90-ASH"]);
    assert!(
        library
            .suggestions("bench")
            .iter()
            .all(|text| !text.contains("ZW")),
        "words are no SKU"
    );
}
