//! What a person typed, taken apart.
//!
//! ```text
//! green mug        words, which may stand anywhere
//! "green tea"      words in a row
//! -glass           a word that must not be there; a minus before a digit is that of a number
//! 書架             a run of letters that are written without spaces
//! ???              signs, which count only where there is nothing else
//! ```
//!
//! Everything is bounded: what is beyond the bounds does not count.

use super::{
    grams, letters,
    pieces::{Before, Kind, pieces},
    tokenizer,
};

/// More words than people type; each costs time. The first ones of a long name find it.
pub(super) const MAX_WORDS: usize = 16;

/// The most runs of letters, and how many letters of each count.
const MAX_RUNS: usize = 8;
const MAX_LETTERS: usize = 32;

/// The most phrases, words that must not be there, and signs.
const MAX_PHRASES: usize = 4;
const MAX_EXCLUDED: usize = 8;
const MAX_SIGNS: usize = 8;

/// A quotation mark that opens, and those that close what it opened.
const QUOTES: [(char, &[char]); 4] = [
    ('"', &['"']),
    ('“', &['”', '“']),
    ('„', &['“', '”']),
    ('«', &['»']),
];

/// What a person typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) words: Vec<Word>,
    pub(super) runs: Vec<Vec<char>>,
    pub(super) phrases: Vec<Question>,
    pub(super) excluded: Vec<Question>,
    /// Signs, if there is nothing else.
    pub(super) signs: Vec<char>,
    /// Whether there was more than counts, so that the last word is not the last one that was typed.
    pub(super) is_cut: bool,
}

/// A word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// As it was typed.
    pub(super) text: String,
    /// In small letters.
    pub(super) small: String,
    /// In small letters without accents.
    pub(super) plain: String,
    /// How many words stand before it.
    pub(super) offset: usize,
    /// Whether nothing but a sign or a space is between it and the word before.
    pub(super) is_beside: bool,
}

impl Question {
    /// Takes a text apart.
    pub(super) fn of(text: &str) -> Self {
        let mut question = Self::default();
        let mut offset = 0;
        for part in parts(text) {
            let of_part = Self::plain(part.text, offset);
            // What stands in two parts is not in a row.
            offset += of_part.words.len() + 1;
            let says_something = !of_part.words.is_empty() || !of_part.runs.is_empty();
            match part.kind {
                PartKind::Plain => question.add(of_part),
                PartKind::Quoted if says_something && question.phrases.len() < MAX_PHRASES => {
                    question.phrases.push(of_part);
                }
                PartKind::Excluded if says_something && question.excluded.len() < MAX_EXCLUDED => {
                    question.excluded.push(of_part);
                }
                PartKind::Quoted | PartKind::Excluded => {}
            }
        }
        if question.is_empty() {
            let mut signs: Vec<char> = text.chars().filter(|sign| letters::is_sign(*sign)).collect();
            signs.sort_unstable();
            signs.dedup();
            signs.truncate(MAX_SIGNS);
            question.signs = signs;
        }
        question
    }

    /// Takes a text apart in which no sign means anything.
    pub(super) fn plain(text: &str, offset: usize) -> Self {
        let mut question = Self::default();
        for piece in pieces(text) {
            match piece.kind {
                Kind::Unspaced if question.runs.len() < MAX_RUNS => {
                    let mut run = grams::letters_of(piece.text);
                    run.truncate(MAX_LETTERS);
                    question.runs.push(run);
                }
                Kind::Word if question.words.len() < MAX_WORDS => {
                    let small = tokenizer::small(piece.text);
                    let plain = letters::plain(&small);
                    if !plain.is_empty() {
                        question.words.push(Word {
                            text: piece.text.to_owned(),
                            small,
                            plain,
                            offset: offset + question.words.len(),
                            is_beside: piece.before != Before::Other,
                        });
                    }
                }
                Kind::Unspaced | Kind::Word => question.is_cut = true,
            }
        }
        question
    }

    /// Whether it says nothing, but perhaps by signs.
    pub(super) const fn is_empty(&self) -> bool {
        self.words.is_empty() && self.runs.is_empty() && self.phrases.is_empty() && self.excluded.is_empty()
    }

    /// The same words, wherever they stand.
    pub(super) fn without_phrases(&self) -> Self {
        let mut question = self.clone();
        for phrase in std::mem::take(&mut question.phrases) {
            question.add(phrase);
        }
        question.words.sort_by_key(|word| word.offset);
        question
    }

    fn add(&mut self, other: Self) {
        let room = MAX_WORDS.saturating_sub(self.words.len());
        self.is_cut |= other.is_cut || other.words.len() > room;
        self.words.extend(other.words.into_iter().take(room));
        let room = MAX_RUNS.saturating_sub(self.runs.len());
        self.runs.extend(other.runs.into_iter().take(room));
    }
}

/// A part of what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part<'text> {
    text: &'text str,
    kind: PartKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PartKind {
    Plain,
    Quoted,
    Excluded,
}

/// A text between its quotation marks and exclusions.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut plain_from, mut at, mut at_start) = (0, 0, true);
    while let Some(letter) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let special = if at_start {
            special(text.get(at..).unwrap_or_default())
        } else {
            None
        };
        if let Some((part, length)) = special {
            let plain = text.get(plain_from..at).unwrap_or_default();
            parts.push(Part {
                text: plain,
                kind: PartKind::Plain,
            });
            parts.push(part);
            at += length;
            plain_from = at;
            continue;
        }
        at += letter.len_utf8();
        at_start = letter.is_whitespace();
    }
    let rest = text.get(plain_from..).unwrap_or_default();
    parts.push(Part {
        text: rest,
        kind: PartKind::Plain,
    });
    parts.retain(|part| !part.text.trim().is_empty());
    parts
}

/// The phrase or exclusion that a text begins with, and how long it is.
fn special(text: &str) -> Option<(Part<'_>, usize)> {
    if let Some((inner, length)) = quoted(text) {
        return Some((
            Part {
                text: inner,
                kind: PartKind::Quoted,
            },
            length,
        ));
    }
    let excluded = text.strip_prefix('-')?;
    if let Some((inner, length)) = quoted(excluded) {
        return Some((
            Part {
                text: inner,
                kind: PartKind::Excluded,
            },
            length + 1,
        ));
    }
    let end = excluded.find(char::is_whitespace).unwrap_or(excluded.len());
    let word = excluded.get(..end)?;
    let is_word = word.chars().next().is_some_and(char::is_alphabetic);
    is_word.then_some((
        Part {
            text: word,
            kind: PartKind::Excluded,
        },
        end + 1,
    ))
}

/// What stands between the quotation marks that a text begins with, and how long it is with them.
fn quoted(text: &str) -> Option<(&str, usize)> {
    let (opening, closing) = QUOTES.iter().find(|(opening, _)| text.starts_with(*opening))?;
    let inner = text.get(opening.len_utf8()..)?;
    let end = inner.find(*closing)?;
    let close = inner.get(end..)?.chars().next()?;
    let text = inner.get(..end)?;
    let says_something = text.chars().any(letters::is_word);
    says_something.then_some((text, opening.len_utf8() + end + close.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(question: &Question) -> Vec<&str> {
        question.words.iter().map(|word| word.plain.as_str()).collect()
    }

    #[test]
    fn quotation_marks_and_a_minus_mean_something_at_the_start_of_a_word_alone() {
        let question = Question::of("blue \"green tea\" mug -glass t-shirt 27\" -18 - - lid „rote Grütze“");
        assert_eq!(plain(&question), ["blue", "mug", "t", "shirt", "27", "18", "lid"]);
        assert_eq!(plain(&question.phrases[0]), ["green", "tea"]);
        assert_eq!(plain(&question.phrases[1]), ["rote", "grutze"]);
        assert_eq!(plain(&question.excluded[0]), ["glass"]);
        assert_eq!(plain(&Question::of("an \"open quote")), ["an", "open", "quote"]);
    }

    #[test]
    fn signs_count_where_there_is_nothing_else() {
        assert_eq!(Question::of("?☕? ").signs, ['?', '☕']);
        assert!(Question::of("☕ cup").signs.is_empty());
        assert!(Question::of(" \u{fe0f}\t").signs.is_empty());
        assert!(Question::of("\"\"").is_empty());
    }

    #[test]
    fn everything_is_bounded() {
        let long = "word 書架 \"a phrase\" -not ".repeat(500);
        let question = Question::of(&long);
        assert_eq!(question.words.len(), MAX_WORDS);
        assert_eq!(question.runs.len(), MAX_RUNS);
        assert_eq!(
            (question.phrases.len(), question.excluded.len()),
            (MAX_PHRASES, MAX_EXCLUDED)
        );
        assert_eq!(Question::of(&"書".repeat(500)).runs[0].len(), MAX_LETTERS);
        assert!(question.is_cut);
    }
}
