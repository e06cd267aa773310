//! What sets one text apart from another: how many lines it has, and whether it is compared.

use std::{fmt::Debug, hash::Hash};

use super::{
    super::InvalidValue,
    characters::{find_direction_control, has_hidden, is_line_break, joined_lines, plain, trim},
};

/// A kind of text.
pub trait Kind: Copy + Debug + Ord + Hash + Send + Sync + 'static {
    /// The form in which a text of a caller is stored.
    ///
    /// # Errors
    ///
    /// The rule that the text breaks.
    fn form(text: &str) -> Result<String, InvalidValue>;

    /// What a stored text becomes when it is read. It must not fail: what was written is a fact.
    fn lift(text: String) -> String {
        text
    }
}

/// One line, such as a name. It is stored as it was written, without what surrounds it invisibly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line;

/// Some lines, such as a description. Every way to write a line break is stored as a line feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lines;

/// One line that names a thing and is compared, such as a reference.
///
/// Two that look alike are the same: composed and decomposed letters, the kinds of blanks and their
/// number make no difference, and what cannot be seen is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code;

impl Kind for Line {
    fn form(text: &str) -> Result<String, InvalidValue> {
        let text = checked(text, |c| c == '\t')?;
        Ok(text.to_owned())
    }
}

impl Kind for Lines {
    fn form(text: &str) -> Result<String, InvalidValue> {
        let text = joined_lines(text);
        let text = checked(&text, |c| c == '\t' || c == '\n')?;
        Ok(text.to_owned())
    }
}

impl Kind for Code {
    fn form(text: &str) -> Result<String, InvalidValue> {
        let text = checked(text, |c| c == '\t')?;
        if has_hidden(text) {
            return Err(InvalidValue::new(
                "must not contain invisible characters such as U+200B",
            ));
        }
        Ok(plain(text))
    }

    fn lift(text: String) -> String {
        lift(text, plain)
    }
}

/// The new form of a stored text, unless nothing would be left of it.
pub(crate) fn lift(text: String, form: impl FnOnce(&str) -> String) -> String {
    match form(&text) {
        form if form.is_empty() => text,
        form => form,
    }
}

/// The text without what surrounds it, unless it has something that no text may contain. `allowed` are the
/// control characters of its kind.
fn checked(text: &str, allowed: fn(char) -> bool) -> Result<&str, InvalidValue> {
    // Before anything is cut: it changed how the text reads to its author.
    if let Some(c) = find_direction_control(text) {
        return Err(names(
            "must not contain characters that override the direction of text",
            c,
        ));
    }
    let text = trim(text);
    let forbidden = |c: &char| (c.is_control() || is_line_break(*c)) && !allowed(*c);
    match text.chars().find(forbidden) {
        Some(c) if is_line_break(c) => Err(InvalidValue::new("must be one line")),
        Some(c) => Err(names("must not contain control characters", c)),
        None => Ok(text),
    }
}

/// A character that cannot be seen is named by its number, or its author would not find it.
fn names(rule: &str, c: char) -> InvalidValue {
    InvalidValue::new(format!("{rule}: it has U+{:04X}", u32::from(c)))
}
