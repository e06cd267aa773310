//! Signs: quotation marks, a minus, and signs alone.

use super::{Library, card};
use crate::catalogue::SearchRequest;

#[test]
fn signs_alone_find_nothing_unless_a_product_has_them() {
    let mut library = Library::of(&["Tea ☕\u{fe0f} cup", "100% cotton", "Monitor 27\"", "Lamp"]);
    let mut described = card(5, "Box");
    described.description = Some("Why? Because ♥ counts: 50% off, “always”!".to_owned());
    library.put(described);
    library.commit();
    for (text, expected) in [
        ("???", vec![]),
        ("?", vec![]),
        ("!", vec![]),
        ("%", vec![2]),
        ("\"", vec![3]),
        ("☕", vec![1]),
        ("☕\u{fe0f}", vec![1]),
        ("♥", vec![5]),
        ("☕♥", vec![]),
        ("\u{200b}", vec![]),
        ("\0", vec![]),
        ("☕ cup", vec![1]),
        ("(lamp)", vec![4]),
        ("", vec![5, 4, 3, 2, 1]),
        (" \t\n", vec![5, 4, 3, 2, 1]),
    ] {
        assert_eq!(library.find(text), expected, "{text:?}");
    }
}

#[test]
fn quotation_marks_mean_words_in_a_row() {
    let mut library = Library::of(&["Green tea", "Tea in a green box", "Green Tea mug", "Lamp"]);
    let mut described = card(5, "Mug");
    described.description = Some("It is dishwasher safe, for green teas.".to_owned());
    library.put(described);
    library.commit();
    assert_eq!(library.find("green tea").len(), 4);
    for (text, mut expected) in [
        ("\"green tea\"", vec![1, 3, 5]),
        ("“green tea” mug", vec![3, 5]),
        ("\"dishwasher safe\"", vec![5]),
        ("\"tea\"", vec![1, 2, 3, 5]),
    ] {
        let mut found = library.find(text);
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{text}");
    }
    let request = SearchRequest::new("\"tea green\"", 10);
    assert!(
        library.search(&request).is_partial,
        "no product has them in this order"
    );
    assert_eq!(library.search(&request).total, 4);
    let begun = library.search(&SearchRequest::new("\"gre\"", 10));
    assert!(begun.is_partial, "nothing in quotation marks is a beginning");
}

#[test]
fn a_minus_leaves_out() {
    let library = Library::of(&["Glass mug", "Clay mug", "Clay T-shirt mug", "Lamp", "Freezer -18"]);
    assert_eq!(library.find("mug -glass").len(), 2);
    assert_eq!(library.find("mug -glass -t-shirt"), [2]);
    assert_eq!(library.find("-mug"), [5, 4]);
    assert_eq!(library.find("mug -\"clay mug\"").len(), 2);
    assert_eq!(library.find("mug -mugs"), [], "in all its forms");
    assert_eq!(library.find("freezer -18"), [5], "a number below zero");
}

#[test]
fn there_is_a_way_out_of_nothing() {
    let library = Library::of(&["Blue mug", "Red mug", "Cheap lamp", "Mug 20 cl", "Under the sea"]);
    let found = library.search(&SearchRequest::new("expensive mug", 10));
    assert!(found.is_partial);
    assert_eq!((found.total, found.left_out), (3, vec!["expensive".to_owned()]));
    let found = library.search(&SearchRequest::new("mug under 20", 10));
    assert!(found.is_partial && found.left_out.is_empty());
    assert_eq!(library.find("mug under 20"), [4], "two of three");
    let found = library.search(&SearchRequest::new("blue mug", 10));
    assert!(!found.is_partial);
}
