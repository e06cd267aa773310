//! Paths in the category tree.
//!
//! A path has one form: steps without blanks around them, separated by single slashes and without
//! slashes at its ends. Two paths whose steps differ by case or blanks alone are one category.

use crate::value::{InvalidValue, Kind, Line, Text, fold, lift, plain};

/// A path in the category tree, such as `audio/headphones`.
pub type CategoryPath = Text<200, Path>;

/// The kind of a [`CategoryPath`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path;

impl Kind for Path {
    fn form(text: &str) -> Result<String, InvalidValue> {
        Line::form(text).map(|text| form(&text))
    }

    fn lift(text: String) -> String {
        lift(text, form)
    }
}

fn form(path: &str) -> String {
    category_steps(path).join("/")
}

/// The steps of a path as they were written, the highest first; none of them is blank.
pub fn category_steps(path: &str) -> Vec<String> {
    let steps = path.split('/').map(plain);
    steps.filter(|step| !fold(step).is_empty()).collect()
}

/// The form in which paths are compared, such as `audio/headphones` for ` Audio //Headphones/`; empty for
/// the root of the tree.
pub fn category_key(path: &str) -> String {
    let steps: Vec<String> = category_steps(path).iter().map(|step| fold(step)).collect();
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_has_one_form() {
        for (text, path, key) in [
            ("rugs/wool", "rugs/wool", "rugs/wool"),
            ("/rugs/wool/", "rugs/wool", "rugs/wool"),
            (" Rugs //Wool\u{200b}/ ", "Rugs/Wool", "rugs/wool"),
            ("Rugs/New  wool", "Rugs/New wool", "rugs/new wool"),
            ("cafe\u{301}s", "caf\u{e9}s", "caf\u{e9}s"),
        ] {
            let made = CategoryPath::try_from(text.to_owned()).unwrap();
            assert_eq!(category_key(made.as_str()), key);
            assert_eq!(category_key(text), key);
            let read: CategoryPath = serde_json::from_value(json!(text)).unwrap();
            assert_eq!(fold(made.as_str()), fold(path), "{text:?}");
            assert_eq!(category_key(read.as_str()), key);
        }
    }

    #[test]
    fn a_path_without_steps_is_refused_and_was_written_once() {
        for root in ["/", " // ", "\u{200b}/"] {
            assert!(CategoryPath::try_from(root.to_owned()).is_err(), "{root:?}");
            let read: CategoryPath = serde_json::from_value(json!(root)).unwrap();
            assert_eq!(read.as_str(), root);
            assert_eq!(category_key(root), "");
        }
    }

    proptest! {
        #[test]
        fn the_form_of_a_path_is_its_own_form(text in any::<String>()) {
            let form = form(&text);
            prop_assert_eq!(&form, &super::form(&form));
            prop_assert_eq!(category_key(&text), category_key(&form));
            prop_assert_eq!(category_key(&form), category_key(&category_key(&form)));
        }
    }
}
