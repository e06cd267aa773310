//! Which products have the words: stems, languages, wrong letters, beginnings.

use super::{Library, card};
use crate::catalogue::{Correction, SearchRequest, card::VariantCard};

#[test]
fn words_are_found_in_every_form_and_in_the_name_first() {
    let mut library = Library::of(&["Running shoes", "Runner's lamp", "Teapot"]);
    let mut described = card(4, "Box");
    described.description = Some("All about running and shoes for the teapot of a runner.".to_owned());
    library.put(described);
    library.commit();
    assert_eq!(library.find("run"), [1, 4, 2], "what begins so comes last");
    assert_eq!(library.find("SHOE"), [1, 4]);
    assert_eq!(library.find("teapots"), [3, 4]);
    assert_eq!(library.find("teapots shoe"), [4]);
    let some = library.search(&SearchRequest::new("lamps teapots", 10));
    assert!(some.is_partial && some.total == 3, "no product has both");
    assert_eq!(library.find("about"), [4]);
    assert_eq!(library.find(""), [4, 3, 2, 1]);
    assert_eq!(library.find(" \t"), [4, 3, 2, 1]);
}

#[test]
fn a_text_of_a_person_is_words_whatever_signs_are_in_it() {
    let library = Library::of(&["Running shoes", "Teapot and name"]);
    assert_eq!(library.find("+\"( teapot^9 AND name:~"), [2]);
    assert_eq!(library.find("teapot* - name"), [2]);
    assert_eq!(library.find("\0((( *:* AND"), [2]);
    assert_eq!(library.find(&"x".repeat(80)), []);
}

#[test]
fn russian_words_are_found_in_every_case() {
    let library = Library::of(&[
        "Беспроводные наушники",
        "Чайник заварочный",
        "Ёлочные игрушки",
        "Running shoes",
    ]);
    for text in [
        "наушник",
        "наушников",
        "НАУШНИКАМИ",
        "беспроводных наушниках",
        "беспроводная",
    ] {
        assert_eq!(library.find(text), [1], "{text}");
    }
    assert_eq!(library.find("чайники"), [2]);
    assert_eq!(library.find("елочная игрушка"), [3]);
    assert_eq!(library.find("run"), [4], "English beside Russian");
    assert_eq!(library.find("чайнек"), [2], "one wrong letter");
    assert_eq!(library.find("науш"), [1], "the beginning of a word");
}

#[test]
fn words_of_other_languages_than_the_shops_are_found_as_they_are_written() {
    let mut library = Library::in_languages("de");
    library.put(card(1, "Bücherregale"));
    library.put(card(2, "Running shoes"));
    library.put(card(3, "Чайник"));
    library.commit();
    assert_eq!(library.find("Bücherregal"), [1]);
    assert_eq!(library.find("bucherregale"), [1], "without the dots");
    assert_eq!(library.find("чайник"), [3]);
    assert_eq!(library.find("чайниками"), []);
}

#[test]
fn small_words_matter_only_when_there_are_no_others() {
    let library = Library::of(&["Lamp for the desk", "Desk lamp", "The The"]);
    assert_eq!(library.find("a lamp for my desk").len(), 2);
    let some = library.search(&SearchRequest::new("лампа для lamp", 10));
    assert_eq!((some.total, some.left_out), (2, vec!["лампа".to_owned()]));
    assert_eq!(library.find("the the"), [3, 1]);
}

#[test]
fn wrong_letters_are_forgiven_by_the_length_of_the_word() {
    let library = Library::of(&["Wireless headphones", "Teapot", "Lamp", "Cat"]);
    for (text, found) in [
        ("teapto", vec![2]),
        ("teaot", vec![2]),
        ("teappot", vec![2]),
        ("teadot", vec![2]),
        ("teopat", vec![]),
        ("haedpones", vec![1]),
        ("wirelss headpones", vec![1]),
        ("lmap", vec![3]),
        ("lxxp", vec![]),
        ("cut", vec![]),
        ("eapot", vec![]),
    ] {
        assert_eq!(library.find(text), found, "{text}");
    }
    let corrected = library.search(&SearchRequest::new("wirelss lamps headphnes", 10));
    let correction = |typed: &str, meant: &str| Correction {
        typed: typed.to_owned(),
        meant: meant.to_owned(),
    };
    let expected = [
        correction("wirelss", "wireless"),
        correction("headphnes", "headphones"),
    ];
    assert_eq!(corrected.corrections, expected);
}

#[test]
fn a_word_as_it_was_typed_comes_before_one_that_is_near() {
    let mut names = vec!["Cable"; 60];
    names.extend(["Box", "Table of a gable"]);
    let mut library = Library::of(&names);
    let mut described = card(61, "Box");
    described.description = Some(format!(
        "{} cabel {}",
        "Much text. ".repeat(40),
        "More text. ".repeat(40)
    ));
    library.put(described);
    library.commit();
    let found = library.find("cabel");
    assert_eq!(found[0], 61, "the only one that has it as it was typed");
    assert_eq!(found.len(), 61, "and those that it may be an error for");
    assert!(
        library
            .search(&SearchRequest::new("cabel", 1))
            .corrections
            .is_empty()
    );
    // What many products have is taken at its word.
    assert_eq!(library.find("cable").len(), 60);
    assert_eq!(library.find("gable"), [62]);
}

#[test]
fn numbers_are_never_taken_for_others() {
    let library = Library::of(&["Phone 1200", "Phone 1300", "Model wh1000xm4"]);
    assert_eq!(library.find("phone 1200"), [1]);
    let some = library.search(&SearchRequest::new("phone 1201", 10));
    assert_eq!(some.left_out, ["1201"]);
    assert!(some.is_partial && some.corrections.is_empty());
    assert_eq!(library.find("wh1000xm5"), []);
    assert_eq!(library.find("phone 12"), [1], "the beginning of a number is one");
}

#[test]
fn only_the_last_word_may_be_begun() {
    let library = Library::of(&["Wireless headphones", "Wired headset", "Head torch"]);
    assert_eq!(library.find("wireless headph"), [1]);
    assert!(
        library
            .search(&SearchRequest::new("wirel headphones", 1))
            .is_partial
    );
    assert_eq!(library.find("head"), [3, 2, 1], "the word itself comes first");
    assert_eq!(library.find("headpone"), [1]);
    assert_eq!(library.find("hedph"), [1], "begun with an error");
    assert!(
        library
            .search(&SearchRequest::new("headph", 1))
            .corrections
            .is_empty()
    );
}

#[test]
fn of_many_words_one_may_be_wrong() {
    let library = Library::of(&["Red cotton shirt", "Blue cotton shirt", "Wool hat"]);
    assert_eq!(library.find("red cotton shirt zzz"), [1]);
    let found = |text| library.search(&SearchRequest::new(text, 10));
    for (text, total, left_out) in [
        ("red cotton shirt", 1, vec![]),
        ("cotton zzz", 2, vec!["zzz"]),
        ("red zzz yyy", 1, vec!["zzz", "yyy"]),
        ("wool shirt", 3, vec![]),
        ("red wool hat", 1, vec![]),
        ("zzz yyy", 0, vec![]),
    ] {
        let found = found(text);
        assert_eq!(found.total, total, "{text}");
        assert_eq!(found.left_out, left_out, "{text}");
        assert_eq!(
            found.is_partial,
            total > 0 && text != "red cotton shirt",
            "{text}"
        );
    }
}

#[test]
fn whoever_types_a_sku_finds_its_product_first() {
    let mut library = Library::new();
    let mut other = card(2, "Case for sku 1");
    other.variants.insert(
        "CASE-9".to_owned(),
        VariantCard {
            name: Some("dark green".to_owned()),
            ..VariantCard::default()
        },
    );
    library.put(card(1, "Teapot"));
    library.put(other);
    library.commit();
    assert_eq!(library.find(" sku-1 ")[0], 1);
    assert_eq!(library.find("case-9"), [2]);
    assert_eq!(library.find("green"), [2]);
}

#[test]
fn what_cannot_be_bought_is_never_found() {
    let mut library = Library::of(&["Teapot", "Teacup", "Teaspoon"]);
    let mut gone = card(1, "Teapot");
    (gone.active, gone.tags) = (false, vec!["gone".to_owned()]);
    library.put(gone);
    library.commit();
    for text in ["teapot", "", "sku-1", "teap", "gone", "tepot"] {
        assert!(!library.find(text).contains(&1), "{text}");
    }
    assert_eq!(library.suggestions("teap"), Vec::<String>::new());
    let facets = library
        .search(&SearchRequest::new("", 10).with_facets(None))
        .facets
        .unwrap();
    assert_eq!((facets.attributes.len(), facets.out_of_stock), (0, 2));
    library.put(card(1, "Teapot"));
    library.commit();
    assert_eq!(library.find("teapot"), [1]);
}
