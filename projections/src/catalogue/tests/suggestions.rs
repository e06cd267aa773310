//! Suggestions while somebody types.

use super::{Library, card};

fn library() -> Library {
    let mut library = Library::new();
    for (number, name, orders) in [
        (1, "Wireless headphones", 5),
        (2, "Wired headphones", 9),
        (3, "Headset", 0),
        (4, "Head torch", 2),
        (5, "Чайник", 1),
        (6, "Extraordinarily-long-name-of-internationalization", 0),
    ] {
        let mut card = card(number, name);
        card.orders = orders;
        card.description = Some("The header of a heading.".to_owned());
        library.put(card);
    }
    library.commit();
    library
}

#[test]
fn words_come_first_and_then_products_the_most_popular_first() {
    let library = library();
    assert_eq!(
        library.suggestions("hea"),
        [
            "headphones",
            "head",
            "headset",
            "2 Wired headphones",
            "1 Wireless headphones",
            "4 Head torch",
            "3 Headset"
        ]
    );
    assert_eq!(library.suggestions("ЧАЙ"), ["чайник", "5 Чайник"]);
}

#[test]
fn only_the_last_word_is_completed_and_the_others_must_be_there() {
    let library = library();
    assert_eq!(
        library.suggestions("wireless h"),
        ["wireless headphones", "1 Wireless headphones"]
    );
    assert_eq!(library.suggestions("torch wir"), Vec::<String>::new());
    assert_eq!(
        library.suggestions("internationalizat"),
        [
            "internationalization",
            "6 Extraordinarily-long-name-of-internationalization"
        ]
    );
}

#[test]
fn nothing_comes_from_nothing() {
    let library = library();
    for text in ["", " ", "?", "zzz", "header"] {
        assert_eq!(library.suggestions(text), Vec::<String>::new(), "{text:?}");
    }
}

#[test]
fn a_beginning_with_an_error_is_completed_too() {
    assert_eq!(
        library().suggestions("haedp")[..2],
        ["headphones", "2 Wired headphones"]
    );
}

#[test]
fn words_of_products_that_are_gone_are_not_suggested() {
    let mut library = library();
    library.put(card(3, "Lamp"));
    library.commit();
    assert_eq!(library.suggestions("heads"), Vec::<String>::new());
    assert_eq!(library.suggestions("la"), ["lamp", "3 Lamp"]);
}
