//! A text, taken apart: words, runs of letters that are written without spaces, and what stands between.

use super::letters::{is_inner, is_joiner, is_unspaced, is_word};

/// Longer words are cut: identifiers and garbage. In letters, and longer than any word of the languages we
/// stem. A word is cut where it is written and where it is searched for alike, so it is found all the same.
const LONGEST_WORD: usize = 60;

/// A part of a text that something is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'text> {
    pub(super) text: &'text str,
    /// Where it begins in the whole text, in bytes.
    pub(super) begin: usize,
    pub(super) kind: Kind,
    pub(super) before: Before,
}

/// What a piece is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters and digits.
    Word,
    /// Letters of a script that puts no spaces between words.
    Unspaced,
}

/// What stands between a piece and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// One sign that makes one word of both, as in `T-Shirt`.
    Joiner,
    /// Spaces and nothing else.
    Space,
    /// Anything else; also nothing, where words of two kinds meet.
    Other,
}

impl Piece<'_> {
    pub(super) const fn end(&self) -> usize {
        self.begin + self.text.len()
    }

    /// Whether it is a number.
    pub(super) fn is_number(&self) -> bool {
        self.text
            .chars()
            .all(|letter| letter.is_ascii_digit() || letter == '.' || letter == ',')
    }
}

/// The pieces of a text, in order.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let (mut at, mut last_end) = (0, None);
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(at..)?;
            let begin = at + rest.find(is_word)?;
            // A number that follows on another and a separator is one of a list, or of a version.
            let listed = last_end.is_some_and(|end| end + 1 == begin)
                && text
                    .get(begin - 1..begin)
                    .is_some_and(|sign| matches!(sign, "." | ","));
            let (length, kind) = piece_at(text.get(begin..)?, !listed);
            at = begin + length;
            let whole = text.get(begin..at)?;
            // Marks alone are no word.
            if whole.chars().all(is_inner) {
                continue;
            }
            let before = last_end.map_or(Before::Other, |end| {
                between(text.get(end..begin).unwrap_or_default())
            });
            last_end = Some(at);
            let cut = whole
                .char_indices()
                .nth(LONGEST_WORD)
                .map_or(whole.len(), |(end, _)| end);
            let shown = if kind == Kind::Word {
                whole.get(..cut)?
            } else {
                whole
            };
            return Some(Piece {
                text: shown,
                begin,
                kind,
                before,
            });
        }
    })
}

/// How long the piece is that a text begins with.
fn piece_at(text: &str, may_be_decimal: bool) -> (usize, Kind) {
    let unspaced = text.starts_with(is_unspaced);
    let (mut end, mut may_be_decimal) = (0, may_be_decimal && !unspaced);
    for (at, letter) in text.char_indices() {
        if is_word(letter) && (is_inner(letter) || is_unspaced(letter) == unspaced) {
            end = at + letter.len_utf8();
            continue;
        }
        // `1.5` and `1,5` are one number; `36,37,38` are three.
        let rest = text.get(at..).unwrap_or_default();
        if may_be_decimal && is_decimal(text.get(..at).unwrap_or_default(), rest) {
            may_be_decimal = false;
            end = at + letter.len_utf8();
            continue;
        }
        break;
    }
    (end, if unspaced { Kind::Unspaced } else { Kind::Word })
}

/// Whether a separator stands within a number that has no other.
fn is_decimal(before: &str, rest: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let all_digits = !before.is_empty() && digits(before) == before.len();
    let Some(after) = rest.strip_prefix(['.', ',']) else {
        return false;
    };
    let decimals = digits(after);
    let follows = after.as_bytes().get(decimals..).unwrap_or_default();
    let goes_on = follows.first().is_some_and(|sign| matches!(sign, b'.' | b','))
        && follows.get(1).is_some_and(u8::is_ascii_digit);
    all_digits && decimals > 0 && !goes_on
}

fn between(text: &str) -> Before {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(sign), None) if is_joiner(sign) => Before::Joiner,
        (Some(_), _) if text.chars().all(char::is_whitespace) => Before::Space,
        _ => Before::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<(&str, Before)> {
        pieces(text).map(|piece| (piece.text, piece.before)).collect()
    }

    #[test]
    fn a_text_falls_into_words_and_runs() {
        use Before::{Joiner, Other, Space};
        assert_eq!(
            shown("T-Shirt, 1,5 l"),
            [("T", Other), ("Shirt", Joiner), ("1,5", Other), ("l", Space)]
        );
        assert_eq!(shown("36,37,38").len(), 3, "a list");
        assert_eq!(shown("1.2.3").len(), 3, "a version");
        assert_eq!(shown("end.").len(), 1);
        assert_eq!(
            shown("iPhone15手机壳 ☕\u{fe0f}"),
            [("iPhone15", Other), ("手机壳", Other)]
        );
        assert_eq!(
            shown("น้ำ หมู่"),
            [("น้ำ", Other), ("หมู่", Space)],
            "marks of tone are inside"
        );
        assert_eq!(shown("हिन्दी"), [("हिन्दी", Other)], "so are signs of vowels");
        assert_eq!(shown(&"x".repeat(100)), [("x".repeat(60).as_str(), Other)]);
    }
}
