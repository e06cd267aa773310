//! The last word is also a beginning: first the word itself, then what begins so, then wrong letters.

use super::{Library, card};
use crate::catalogue::SearchRequest;

#[test]
fn while_a_word_is_typed_no_product_vanishes() {
    let names = [
        "Zorbo lap tray",
        "Zorbo laptop tray",
        "Zorbo lappet cap",
        "Zorbo lid",
    ];
    let library = Library::of(&names);
    for (text, expected) in [
        ("zorbo", vec![4, 3, 2, 1]),
        ("zorbo l", vec![4, 3, 2, 1]),
        ("zorbo la", vec![3, 2, 1]),
        ("zorbo lap", vec![1, 3, 2]),
        ("zorbo lapt", vec![2]),
        ("zorbo lapp", vec![3]),
        ("zorbo laptop", vec![2]),
    ] {
        let mut found = library.find(text);
        // Only the exact word has its place; what begins so is all alike.
        let exact = usize::from(text == "zorbo lap");
        found[exact..].sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn beginnings_are_complete_however_common_other_words_are() {
    let mut library = Library::new();
    let common = [
        "lamp", "lace", "ladle", "label", "lantern", "lava", "lager", "latch",
    ];
    for (number, word) in (1..=400).zip(common.iter().cycle()) {
        library.put(card(number, &format!("Common {word}")));
    }
    for (number, word) in [(401, "lapis"), (402, "larder"), (403, "lasso")] {
        library.put(card(number, &format!("Zorbo {word}")));
    }
    let mut described = card(404, "Zorbo box");
    described.description = Some("Made of lacquer.".to_owned());
    library.put(described);
    library.commit();
    assert_eq!(library.find("zorbo la").len(), 4, "those of descriptions too");
    assert_eq!(library.find("zorbo la")[3], 404, "and after those of names");
    assert_eq!(library.search(&SearchRequest::new("la", 1)).total, 404);
}

#[test]
fn a_letter_is_taken_for_wrong_only_where_nothing_begins_so() {
    let mut names = vec!["Knit sneakers"; 40];
    names.extend(["Bread knife", "Steel knives", "Kettle", "Knit kettle warmer"]);
    let library = Library::of(&names);
    let found = library.search(&SearchRequest::new("knif", 50));
    assert_eq!(library.find("knif"), [41], "`knives` does not begin so");
    assert!(found.corrections.is_empty());
    assert_eq!(
        library.find("knife").len(),
        2,
        "a plural without a rule is a form"
    );
    // Among the kettles nothing begins so.
    assert_eq!(library.find("kettle knif"), [44]);
    assert_eq!(library.find("lapt"), []);
}

#[test]
fn a_beginning_never_outranks_the_word_itself() {
    let mut library = Library::of(&["Laptop of zorbo", "Laptop", "Laptop lappet"]);
    let mut described = card(4, "Zorbo box");
    described.description = Some(format!("{} It fits your lap.", "Many words. ".repeat(60)));
    library.put(described);
    library.commit();
    assert_eq!(library.find("lap")[0], 4);
    assert_eq!(library.find("zorbo lap"), [4, 1]);
    assert_eq!(library.find("lapt").len(), 3, "the box has no such word");
}

#[test]
fn a_letter_that_was_typed_counts() {
    for (names, text, first) in [
        (["Zorbo vitamin A", "Zorbo vitamin D"], "vitamin a", 1),
        (["Zorbo vitamin A", "Zorbo vitamin D"], "vitamin d", 2),
        (["Zorbo jersey S", "Zorbo jersey M"], "jersey s", 1),
        (["Zorbo jersey S", "Zorbo jersey M"], "zorbo jersey m", 2),
        (["Zorbo витамин С", "Zorbo витамин Д"], "витамин с", 1),
        (["Zorbo витамин С", "Zorbo витамин Д"], "витамин д", 2),
        (
            ["Zorbo vitamin A of a very long name indeed", "Vitamin D"],
            "vitamin a",
            1,
        ),
    ] {
        assert_eq!(Library::of(&names).find(text)[0], first, "{text}");
    }
    let mut library = Library::new();
    for (number, variant) in [(1, "S"), (2, "M")] {
        let mut jersey = card(number, "Zorbo jersey");
        for entry in jersey.variants.values_mut() {
            entry.name = Some(variant.to_owned());
        }
        library.put(jersey);
    }
    library.commit();
    assert_eq!(library.find("jersey s")[0], 1, "in a variant");
}
