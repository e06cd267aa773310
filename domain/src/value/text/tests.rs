//! What each kind of text takes, what it refuses, and the form in which it is stored.

use proptest::prelude::*;
use serde_json::json;

use super::{Code, Kind, Line, Lines, Reason, Reference, Text, fold};
use crate::value::WebAddress;

type Name = Text<300>;

/// Texts that nobody can see.
const INVISIBLE: &[&str] = &[
    "",
    " ",
    "\n",
    "\u{a0}\u{3000}",
    "\u{200b}",
    "\u{2060}\u{feff}",
    "\u{2800}",
    "\u{3164}",
    "\u{ad}",
    "\u{200d}",
    "\u{fe0f}",
    "\u{e0067}\u{e007f}",
    "\u{301}",
];

fn made<T: TryFrom<String, Error = crate::value::InvalidValue> + ToString>(
    text: &str,
) -> Result<String, String> {
    match T::try_from(text.to_owned()) {
        Ok(made) => Ok(made.to_string()),
        Err(error) => Err(error.rule),
    }
}

#[track_caller]
fn becomes<T: TryFrom<String, Error = crate::value::InvalidValue> + ToString>(pairs: &[(&str, &str)]) {
    for (text, form) in pairs {
        assert_eq!(made::<T>(text).as_deref(), Ok(*form), "{text:?}");
    }
}

#[track_caller]
fn refuses<T: TryFrom<String, Error = crate::value::InvalidValue> + ToString>(texts: &[&str], rule: &str) {
    for text in texts {
        let error = made::<T>(text).expect_err(text);
        assert!(error.contains(rule), "{text:?}: {error}");
    }
}

#[test]
fn a_text_has_a_character_that_can_be_seen() {
    refuses::<Name>(INVISIBLE, "visible");
    refuses::<Reason>(INVISIBLE, "visible");
    refuses::<Reference>(INVISIBLE, "visible");
    for text in ["a", "7", "?", "☕", "€", "竹", "\u{1f1e9}\u{1f1ea}"] {
        becomes::<Name>(&[(text, text)]);
        becomes::<Reference>(&[(text, text)]);
    }
}

#[test]
fn what_surrounds_a_text_invisibly_is_cut() {
    for blank in [
        "\n", " ", "\t", "\u{a0}", "\u{3000}", "\u{200b}", "\u{feff}", "\u{2800}", "\u{200e}",
    ] {
        let text = format!("{blank}{blank}WIRE 31{blank}");
        becomes::<Name>(&[(&text, "WIRE 31")]);
        becomes::<Reason>(&[(&text, "WIRE 31")]);
        becomes::<Reference>(&[(&text, "WIRE 31")]);
    }
}

#[test]
fn an_invisible_character_that_completes_a_picture_or_a_letter_is_kept() {
    for text in [
        "love \u{2764}\u{fe0f}",
        "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        "\u{d28}\u{d4d}\u{200d}",
    ] {
        becomes::<Name>(&[(text, text), (&format!("{text} \u{200b}"), text)]);
    }
}

#[test]
fn letters_of_every_direction_and_joiners_stay_allowed() {
    for text in [
        "\u{5e9}\u{5dc}\u{5d5}\u{5dd} 12 \u{200f}(a)",
        "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
        "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    ] {
        becomes::<Name>(&[(text, text)]);
    }
    let joined = [
        "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}",
        "\u{1f468}\u{200d}\u{1f469}",
    ];
    for text in joined {
        becomes::<Reference>(&[(text, text)]);
    }
}

#[test]
fn what_overrides_the_direction_of_text_is_refused() {
    for c in ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}') {
        let (text, outer) = (format!("a{c}b"), format!("{c}ab"));
        refuses::<Name>(&[&text, &outer], "direction");
        refuses::<Reason>(&[&text, &outer], "direction");
        refuses::<Reference>(&[&text, &outer], "direction");
        assert!(
            made::<Name>(&text)
                .unwrap_err()
                .ends_with(&format!("U+{:04X}", u32::from(c)))
        );
    }
}

#[test]
fn a_name_has_one_line_and_a_reason_has_line_feeds() {
    for text in ["a\nb", "a\r\nb", "a\rb", "a\u{2028}b", "a\u{85}b"] {
        refuses::<Name>(&[text], "one line");
        refuses::<Reference>(&[text], "one line");
        becomes::<Reason>(&[(text, "a\nb")]);
    }
    becomes::<Reason>(&[("a\r\n\r\nb\tc\r\n", "a\n\nb\tc")]);
}

#[test]
fn other_control_characters_are_refused() {
    for text in ["a\0b", "a\u{1b}[0m", "a\u{7f}b", "a\u{9b}b"] {
        refuses::<Name>(&[text], "control");
        refuses::<Reason>(&[text], "control");
        refuses::<Reference>(&[text], "control");
    }
}

#[test]
fn two_references_that_look_alike_are_the_same() {
    becomes::<Reference>(&[
        ("WIRE  31", "WIRE 31"),
        ("WIRE\u{a0}31", "WIRE 31"),
        ("WIRE\t31", "WIRE 31"),
        ("cafe\u{301}", "caf\u{e9}"),
    ]);
    let hidden = [
        "WIRE\u{200b}-31",
        "WIRE\u{ad}31",
        "WIRE\u{200d}31",
        "31\u{fe0f}31",
        "a\u{2800}b",
    ];
    refuses::<Reference>(&hidden, "invisible");
}

#[test]
fn letters_are_counted_after_what_surrounds_them_was_cut() {
    let longest = "ß".repeat(100);
    becomes::<Reference>(&[(&format!("  {longest}\u{200b}"), &longest)]);
    refuses::<Reference>(&[&format!("{longest}ß")], "1 to 100");
}

#[test]
fn what_was_written_before_there_was_a_rule_is_still_read() {
    let read = |text: &str| serde_json::from_value::<Name>(json!(text)).unwrap().to_string();
    for text in ["\u{200b}", "\u{202e}31-ERIW", "two\nlines", " outer "] {
        assert_eq!(read(text), text);
    }
    let read = |text: &str| {
        serde_json::from_value::<Reference>(json!(text))
            .unwrap()
            .to_string()
    };
    assert_eq!(read("WIRE-31 "), "WIRE-31", "it is compared with new ones");
    assert_eq!(read("\u{200b}"), "\u{200b}");
    assert_eq!(read("a\u{200b}b"), "a\u{200b}b");
    let read = |text: &str| serde_json::from_value::<WebAddress>(json!(text)).unwrap();
    assert!(!read("javascript:alert(1)").is_safe());
    assert!(read("https://example.org/1.jpg").is_safe());
}

#[test]
fn an_address_is_one_that_a_browser_may_load() {
    becomes::<WebAddress>(&[
        ("https://example.org/1.jpg", "https://example.org/1.jpg"),
        (" HTTP://Example.org:80/a b?c#d ", "http://example.org/a%20b?c#d"),
        (
            "https://bücher.example/ä.jpg",
            "https://xn--bcher-kva.example/%C3%A4.jpg",
        ),
    ]);
    refuses::<WebAddress>(
        &[
            "not a url",
            "/lamp.jpg",
            "//example.org/1.jpg",
            "https:example.org",
            "https://",
            "javascript:alert(1)",
        ],
        "absolute",
    );
    refuses::<WebAddress>(
        &[
            "javascript://example.org/%0aalert(1)",
            "ftp://example.org/1",
            "file:///etc/passwd",
            "data://x/,a",
        ],
        "must begin with",
    );
    refuses::<WebAddress>(&["data:image/png;base64,AAAA"], "absolute");
    refuses::<WebAddress>(
        &["https://ada@example.org/1", "https://:secret@example.org/1"],
        "user name",
    );
    refuses::<WebAddress>(&["java\nscript://a"], "one line");
    refuses::<WebAddress>(
        &[&format!("https://example.org/{}", "ä".repeat(400))],
        "1 to 2000",
    );
}

#[test]
fn a_folded_text_has_no_case_no_hidden_characters_and_single_blanks() {
    for (text, folded) in [
        ("  Large ", "large"),
        ("NEW\u{a0} \u{200b}Wool", "new wool"),
        ("CAFE\u{301}", "café"),
        ("\u{200b}", ""),
    ] {
        assert_eq!(fold(text), folded, "{text:?}");
    }
}

/// Texts in which the characters of the rules meet often.
fn texts() -> impl Strategy<Value = String> {
    let special = proptest::sample::select(
        " \t\r\n\u{85}\u{a0}\u{ad}\u{300}\u{301}\u{94d}\u{915}\u{200b}\u{200c}\u{200d}\u{200e}\u{2028}\u{202e}\
         \u{2066}\u{2764}\u{2800}\u{3164}\u{fe0f}\u{feff}\u{1f3f4}\u{e0067}\u{e007f}aAeé:/İΣ"
            .chars()
            .collect::<Vec<_>>(),
    );
    let character = prop_oneof![3 => special, 1 => any::<char>()];
    proptest::collection::vec(character, 0..12).prop_map(|text| text.into_iter().collect())
}

/// Taken or refused: what is stored is its own form, can be read back as it is, and can be seen.
fn holds<K: Kind>(text: &str) -> Result<(), TestCaseError> {
    let Ok(made) = Text::<40, K>::try_from(text.to_owned()) else {
        return Ok(());
    };
    prop_assert_eq!(Text::try_from(made.to_string()), Ok(made.clone()));
    let read: Text<40, K> = serde_json::from_value(json!(made)).unwrap();
    prop_assert_eq!(&read, &made);
    prop_assert!(!fold(made.as_str()).is_empty());
    prop_assert!(!made.as_str().contains('\r'));
    prop_assert_eq!(made.as_str().trim(), made.as_str());
    Ok(())
}

#[test]
fn a_mark_that_comes_with_a_small_letter_hides_what_it_comes_before() {
    let folded = fold("İ\u{94d}\u{200c}");
    assert_eq!(folded, "i\u{94d}\u{307}");
    assert_eq!(fold(&folded), folded);
}

proptest! {
    #[test]
    fn the_form_of_a_text_is_its_own_form(text in texts()) {
        holds::<Line>(&text)?;
        holds::<Lines>(&text)?;
        holds::<Code>(&text)?;
    }

    #[test]
    fn whatever_was_taken_once_is_still_read(text in texts()) {
        let control = |c: char| c.is_control() && c != '\n' && c != '\t';
        let taken = !text.trim().is_empty() && !text.chars().any(control);
        prop_assert_eq!(serde_json::from_value::<Text<40, Code>>(json!(text)).is_ok(), taken);
        prop_assert_eq!(serde_json::from_value::<Text<40>>(json!(text)).is_ok(), taken);
    }

    #[test]
    fn a_folded_text_is_folded(text in texts()) {
        let folded = fold(&text);
        prop_assert_eq!(fold(&folded), folded);
    }
}
