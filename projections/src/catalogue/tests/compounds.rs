//! Words that are spelled together and apart, with signs and without.

use super::{Library, card};
use crate::catalogue::SearchRequest;

/// Every text of a group finds every product of its group, and none of the others.
#[test]
fn words_spelled_together_and_apart_meet() {
    let groups: &[(&[&str], &[&str])] = &[
        (
            &["Zorbo T-Shirt", "Zorbo Tshirt", "Zorbo T Shirt"],
            &["tshirt", "t-shirt", "t shirt", "TShirts"],
        ),
        (
            &["Zorbo Wi-Fi box", "Zorbo WiFi set"],
            &["wifi", "wi-fi", "wi fi", "WiFi"],
        ),
        (
            &["Zorbo e-reader", "Zorbo ereader"],
            &["ereader", "e-reader", "e reader", "ereaders"],
        ),
        (
            &["Zorbo Earbuds", "Zorbo ear buds"],
            &["earbuds", "ear buds", "ear-buds", "EarBuds"],
        ),
        (
            &["Zorbo AX-3000 router", "Zorbo AX3000"],
            &["ax3000", "ax-3000", "ax 3000"],
        ),
        (
            &["Zorbo Node.js guide", "Zorbo nodejs"],
            &["nodejs", "node.js", "node js"],
        ),
        (
            &["Power bank zorbo", "Powerbank zorbo", "PowerBank", "Power-bank"],
            &["powerbank", "power bank", "power-bank"],
        ),
        (
            &["Headphones", "Head phones"],
            &["head phones", "headphones", "head-phones", "head phone"],
        ),
        (
            &["Over-ear zorbo", "Over ear model"],
            &["overear", "over ear", "over-ear"],
        ),
        (
            &["L'Occasion soap", "L’Occasion gel"],
            &["loccasion", "l'occasion", "l occasion", "l’occasion"],
        ),
        (
            &["O'Hara cap", "O’Hara hat", "OHara"],
            &["ohara", "o hara", "o'hara", "o’hara"],
        ),
        (&["Flask 500 ml", "Bottle 500ml"], &["500ml", "500 ml", "500 ML"]),
        (&["Jug 1,5 l", "Pot 1.5l"], &["1.5 l", "1,5l", "1.5L"]),
        (
            &["Runner's lamp"],
            &["runners lamp", "runner's lamp", "runner lamp"],
        ),
        (&["H&M scarf"], &["h&m", "hm"]),
    ];
    let mut library = Library::new();
    let (mut number, mut numbered) = (0, Vec::new());
    for (names, texts) in groups {
        let mut members = Vec::new();
        for name in *names {
            number += 1;
            library.put(card(number, name));
            members.push(number);
        }
        numbered.push((members, texts));
    }
    library.commit();
    for (members, texts) in numbered {
        for text in *texts {
            let mut found = library.find(text);
            found.sort_unstable();
            assert_eq!(found, members, "{text}");
            assert!(
                library
                    .search(&SearchRequest::new(*text, 1))
                    .corrections
                    .is_empty(),
                "{text}"
            );
        }
    }
}

#[test]
fn a_compound_comes_before_a_wrong_letter() {
    let mut names = vec!["Thirty things"; 95];
    names.push("Zorbo T-Shirt");
    let library = Library::of(&names);
    assert_eq!(library.find("tshirt"), [96]);
    assert_eq!(library.find("zorbo tshirt"), [96]);
}

#[test]
fn words_are_put_together_only_where_a_product_has_them_so() {
    let library = Library::of(&[
        "Desk lamp",
        "Lamp of a desk",
        "Carpet",
        "Car for a pet",
        "Set of 10-20 things",
    ]);
    assert_eq!(library.find("desklamp").len(), 2, "as they are found apart");
    assert_eq!(library.find("lampdesk"), [], "no product has them in this order");
    assert_eq!(library.find("1020"), [], "two numbers are no third one");
}

#[test]
fn a_description_has_compounds_too() {
    let mut library = Library::of(&["Teapot"]);
    for (number, description) in [
        (2, "A hand-made thing."),
        (3, "It is hand made."),
        (4, "Handmade for you."),
    ] {
        let mut described = card(number, "Box");
        described.description = Some(description.to_owned());
        library.put(described);
    }
    library.commit();
    for text in ["handmade", "hand-made", "hand made"] {
        assert_eq!(library.find(text).len(), 3, "{text}");
    }
}

#[test]
fn umlauts_are_written_with_an_e_in_shops_of_every_language() {
    for languages in ["en,ru", "de,ru", "none", "fr", "sv"] {
        let mut library = Library::in_languages(languages);
        let names = [
            "Zorbo Müller knife",
            "Zorbo Köln map",
            "Zorbo Öl",
            "Zorbo Mueller",
            "Smørrebrød",
        ];
        for (number, name) in (1..).zip(names) {
            library.put(card(number, name));
        }
        library.commit();
        for (text, expected) in [
            ("mueller", vec![4, 1]),
            ("müller", vec![4, 1]),
            // The stems of German are the same for `ue` and `ü`, and so for `u`.
            (
                "muller",
                if languages.contains("de") {
                    vec![4, 1]
                } else {
                    vec![1]
                },
            ),
            ("koeln", vec![2]),
            ("koln", vec![2]),
            ("köln", vec![2]),
            ("oel", vec![3]),
            ("ÖL", vec![3]),
            ("smoerrebroed", vec![5]),
            ("smorrebrod", vec![5]),
            ("muel", vec![4, 1]),
        ] {
            let mut found = library.find(text);
            found.sort_unstable_by(|a, b| b.cmp(a));
            assert_eq!(found, expected, "{text} in {languages}");
        }
    }
}

#[test]
fn accents_are_left_out_before_endings_are() {
    for languages in ["en,ru", "fr", "none"] {
        let mut library = Library::in_languages(languages);
        for (number, name) in (1..).zip(["Crème brûlée", "Cafe\u{301} chair", "Ελληνική λάμπα"])
        {
            library.put(card(number, name));
        }
        library.commit();
        for (text, number) in [
            ("brulee", 1),
            ("brûlée", 1),
            ("creme BRULEE", 1),
            ("café", 2),
            ("cafe", 2),
            ("ΛΑΜΠΑ", 3),
            ("λάμπα", 3),
        ] {
            assert_eq!(library.find(text), [number], "{text} in {languages}");
        }
    }
}
