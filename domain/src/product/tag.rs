//! Tags, and the attributes that some of them are.
//!
//! A tag such as `colour:blue` says that the product has the attribute `colour` with the value `blue`. Any
//! other tag is a word alone.

use crate::value::{InvalidValue, Kind, Line, Text, fold, is_blank, lift, plain};

/// A word by which a product is found, or an attribute with its value.
pub type Tag = Text<50, TagForm>;

/// The kind of a [`Tag`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagForm;

impl Kind for TagForm {
    fn form(text: &str) -> Result<String, InvalidValue> {
        Line::form(text).map(|text| form(&text))
    }

    fn lift(text: String) -> String {
        lift(text, form)
    }
}

fn form(tag: &str) -> String {
    match attribute_of(tag) {
        Some((name, value)) => format!("{name}:{value}"),
        None => plain(tag),
    }
}

/// The name and the value of the attribute that a tag is, as they were written.
pub fn attribute_of(tag: &str) -> Option<(String, String)> {
    let (name, value) = tag.split_once(':')?;
    let value = value.trim_start_matches(|c| c == ':' || is_blank(c));
    let is_seen = |text: &str| !fold(text).is_empty();
    (is_seen(name) && is_seen(value)).then(|| (plain(name), plain(value)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn an_attribute_has_one_form() {
        for (text, form) in [
            ("size:Large", "size:Large"),
            ("Size: large ", "Size:large"),
            ("role::program", "role:program"),
            ("time : 12:30", "time:12:30"),
            ("on  sale", "on sale"),
            ("odd:", "odd:"),
            (":odd", ":odd"),
        ] {
            let made = Tag::try_from(text.to_owned()).unwrap();
            assert_eq!(made.as_str(), form);
            let read: Tag = serde_json::from_value(json!(text)).unwrap();
            assert_eq!(read, made, "an event from before reads as the same tag");
        }
    }

    #[test]
    fn values_that_differ_by_case_and_blanks_are_compared_as_one() {
        for text in ["size:Large", "size:large", "Size: large "] {
            let (name, value) = attribute_of(text).unwrap();
            assert_eq!(
                (fold(&name), fold(&value)),
                ("size".to_owned(), "large".to_owned())
            );
        }
    }

    proptest! {
        #[test]
        fn the_form_of_a_tag_is_its_own_form(text in any::<String>()) {
            let form = form(&text);
            prop_assert_eq!(&form, &super::form(&form));
        }
    }
}
