//! Texts of people on a terminal: how wide they are, and what must not get there.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// What stands for letters that were left out.
const ELLIPSIS: char = '…';

/// How many cells of a terminal a text takes. A letter of Chinese or an emoji takes two.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// Whether a letter would act on the terminal instead of being shown: control characters, and those that
/// turn the direction of what follows (Unicode, UAX #9) or are not seen at all.
pub(super) fn acts(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Text without what acts on the terminal: what was written into an event must not move the cursor.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().any(acts) {
        text.replace(acts, "\u{fffd}").into()
    } else {
        text.into()
    }
}

/// The text, or its beginning if it takes more cells than that.
pub(crate) fn clip(text: String, max_cells: usize) -> String {
    if width(&text) <= max_cells {
        return text;
    }
    let mut clipped = beginning(&text, max_cells.saturating_sub(1)).to_owned();
    clipped.push(ELLIPSIS);
    clipped
}

/// The text, or its beginning and its end if it takes more cells than that: identifiers that were made
/// together differ at the end.
pub(crate) fn clip_middle(text: String, max_cells: usize) -> String {
    if width(&text) <= max_cells {
        return text;
    }
    let left = max_cells.saturating_sub(1);
    let first = beginning(&text, left.div_ceil(2));
    let last = end(&text, left / 2);
    format!("{first}{ELLIPSIS}{last}")
}

/// As many letters from the beginning as fit.
fn beginning(text: &str, max_cells: usize) -> &str {
    let mut cells = 0;
    for (index, letter) in text.char_indices() {
        cells += letter.width().unwrap_or(0);
        if cells > max_cells {
            return &text[..index];
        }
    }
    text
}

/// As many letters from the end as fit.
fn end(text: &str, max_cells: usize) -> &str {
    let mut cells = 0;
    for (index, letter) in text.char_indices().rev() {
        cells += letter.width().unwrap_or(0);
        if cells > max_cells {
            return &text[index + letter.len_utf8()..];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_clipped_between_letters_by_the_cells_that_they_take() {
        assert_eq!(clip("Tschüß".to_owned(), 6), "Tschüß");
        assert_eq!(clip("Tschüß!".to_owned(), 6), "Tschü…");
        assert_eq!(clip("紅茶とお菓子".to_owned(), 6), "紅茶…");
        assert_eq!(clip("🫖🫖🫖".to_owned(), 6), "🫖🫖🫖");
        assert_eq!(clip("🫖🫖🫖".to_owned(), 5), "🫖🫖…");
    }

    #[test]
    fn an_identifier_keeps_its_beginning_and_its_end() {
        assert_eq!(clip_middle("order 0189-57".to_owned(), 9), "orde…9-57");
        assert_eq!(clip_middle("紅茶紅茶紅".to_owned(), 6), "紅…紅");
        assert_eq!(clip_middle("short".to_owned(), 9), "short");
    }

    #[test]
    fn nothing_moves_the_cursor_or_turns_the_line() {
        assert_eq!(
            printable("a\u{1b}[2Jb\n\u{202e}c\u{200b}"),
            "a\u{fffd}[2Jb\u{fffd}\u{fffd}c\u{fffd}"
        );
        assert_eq!(printable("Чайник 紅茶"), "Чайник 紅茶");
    }
}
