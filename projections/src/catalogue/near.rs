//! Words that may be meant instead of one that was typed, where a letter of it may be wrong.
//!
//! They differ by one letter (left out, put in, taken for another, or two of them swapped), if the word has
//! four letters or more; by two letters, if it has eight or more and there is none nearer.
//!
//! The first letter is always right: people rarely get it wrong, and without it `cat` would be near
//! `bat`. Numbers are never taken for others: `12` is not nearly `13`. A word that only few products
//! have may be a typing error in a text, so words near it count too, but so little that a product with
//! the word as it was typed comes first.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap, HashMap},
};

use tantivy::{TantivyError, Term, query::FuzzyTermQuery, schema::Field};

use super::words::{RARE, Typed, Vocabulary, after_all_beginning_with};

/// A word near a rare one counts only if it is so many times as common.
const MUCH_MORE: u64 = 10;

/// The shortest word with one wrong letter, and the shortest with two. Below, too many words are near.
const ONE_ERROR_FROM: usize = 4;
const TWO_ERRORS_FROM: usize = 8;

/// How many words are taken for one at most: the most common of the nearest.
const MAX_NEAR: usize = 6;

/// How many words of a dictionary are looked at for one at most.
const MAX_LOOKED_AT: usize = 10_000;

/// How many words with the same beginning are taken from each segment: the most common ones.
const MAX_BEGUN: usize = 64;

/// What a near word counts, where one as it was typed counts 1.
const ONE_ERROR_WEIGHT: f32 = 0.8;
const TWO_ERRORS_WEIGHT: f32 = 0.5;
/// A rare word is at least so much more telling than a common one that this never outweighs it.
const NEAR_RARE_WEIGHT: f32 = 0.03;

/// A word that products have, near one that was typed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Near {
    pub(super) word: String,
    pub(super) stem: String,
    pub(super) weight: f32,
}

/// How common a word is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Common {
    in_titles: u64,
    in_all: u64,
}

impl Vocabulary<'_> {
    /// Finds what may be meant instead of a word. Its last letters may also be missing if it is the last one.
    pub(super) fn find_near(&mut self, typed: &mut Typed, is_last: bool) -> Result<(), TantivyError> {
        let errors = errors_allowed(&typed.word);
        if errors == 0 || typed.frequency >= RARE || !typed.near.is_empty() {
            return Ok(());
        }
        let weight = if typed.frequency > 0 {
            NEAR_RARE_WEIGHT
        } else {
            ONE_ERROR_WEIGHT
        };
        let mut near = BTreeMap::new();
        self.gather(typed, &[(Search::Errors(1), weight)], &mut near)?;
        if near.is_empty() && typed.frequency == 0 {
            let mut last_resort = Vec::new();
            if errors > 1 {
                last_resort.push((Search::Errors(2), TWO_ERRORS_WEIGHT));
            }
            if is_last {
                last_resort.push((Search::BeginningWithError, TWO_ERRORS_WEIGHT));
            }
            self.gather(typed, &last_resort, &mut near)?;
        }
        let mut near: Vec<(f32, Common, Near)> = near
            .into_iter()
            .map(|(stem, (weight, common, word))| (weight, common, Near { word, stem, weight }))
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| b.1.cmp(&a.1)));
        near.truncate(MAX_NEAR);
        typed.near = near.into_iter().map(|(_, _, near)| near).collect();
        Ok(())
    }

    /// The same for a word that few products have: it is corrected only in a catalogue so large that it may
    /// be an error, and not while it may be the beginning of another.
    pub(super) fn find_near_rare(&mut self, typed: &mut Typed) -> Result<(), TantivyError> {
        let least = u64::try_from(RARE).unwrap_or_default() * MUCH_MORE;
        if typed.frequency > 0 && typed.begun.is_empty() && self.searcher.num_docs() >= least {
            self.find_near(typed, false)?;
        }
        Ok(())
    }

    /// The words that begin with this one as it stands or with one letter of it wrong, and how many
    /// products have each in its title.
    pub(super) fn beginning_with(&self, prefix: &str) -> Result<Vec<(String, u64)>, TantivyError> {
        let mut found = HashMap::new();
        self.look_up_beginning(prefix, &mut found)?;
        if found.is_empty() && errors_allowed(prefix) > 0 {
            let search = Search::BeginningWithError;
            self.look_up(self.fields.title_words, prefix, search, &mut found)?;
        }
        let mut found: Vec<(String, u64)> = found
            .into_iter()
            .map(|(word, common)| (word, common.in_titles))
            .collect();
        found.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok(found)
    }

    /// The stems of the words that a search finds, each with its best weight and its most common word.
    fn gather(
        &mut self,
        typed: &Typed,
        searches: &[(Search, f32)],
        near: &mut BTreeMap<String, (f32, Common, String)>,
    ) -> Result<(), TantivyError> {
        for (search, weight) in searches {
            let mut found = HashMap::new();
            self.look_up(self.fields.title_words, &typed.word, *search, &mut found)?;
            self.look_up(self.fields.words, &typed.word, *search, &mut found)?;
            let mut found: Vec<(String, Common)> = found.into_iter().collect();
            if typed.frequency > 0 {
                let enough = u64::try_from(RARE).unwrap_or(u64::MAX).saturating_mul(MUCH_MORE);
                found.retain(|(_, common)| common.in_all >= enough);
            }
            found.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            for (word, common) in found.into_iter().take(4 * MAX_NEAR) {
                let Some(stem) = self.stem(&word) else {
                    continue;
                };
                if !typed.stems.contains(&stem) && self.living(self.fields.text, &stem, 1)? > 0 {
                    near.entry(stem).or_insert((*weight, common, word));
                }
            }
        }
        Ok(())
    }

    /// Looks through the dictionary of a field, in the part where words have the same first letter.
    fn look_up(
        &self,
        field: Field,
        word: &str,
        search: Search,
        found: &mut HashMap<String, Common>,
    ) -> Result<(), TantivyError> {
        let Some(letter) = word.chars().next() else {
            return Ok(());
        };
        let begin = letter.to_string();
        let end = after_all_beginning_with(&begin);
        let term = Term::from_field_text(field, word);
        let automaton = match search {
            Search::Errors(errors) => FuzzyTermQuery::new(term, errors, true).automaton()?,
            Search::BeginningWithError => FuzzyTermQuery::new_prefix(term, 1, true).automaton()?,
        };
        for segment in self.searcher.segment_readers() {
            let inverted = segment.inverted_index(field)?;
            let terms = inverted.terms().search(&automaton);
            let mut stream = terms.ge(&begin).lt(&end).into_stream()?;
            let mut looked_at = 0;
            while looked_at < MAX_LOOKED_AT && stream.advance() {
                looked_at += 1;
                if !stream.key().iter().any(u8::is_ascii_digit) {
                    self.count(field, stream.key(), stream.value().doc_freq, found);
                }
            }
        }
        Ok(())
    }

    /// The most common words that begin so.
    fn look_up_beginning(
        &self,
        prefix: &str,
        found: &mut HashMap<String, Common>,
    ) -> Result<(), TantivyError> {
        let field = self.fields.title_words;
        let end = after_all_beginning_with(prefix);
        for segment in self.searcher.segment_readers() {
            let inverted = segment.inverted_index(field)?;
            let mut stream = inverted.terms().range().ge(prefix).lt(&end).into_stream()?;
            let mut most: BinaryHeap<Reverse<(u32, Vec<u8>)>> = BinaryHeap::new();
            let mut looked_at = 0;
            while looked_at < MAX_LOOKED_AT && stream.advance() {
                looked_at += 1;
                let count = stream.value().doc_freq;
                let full = most.len() >= MAX_BEGUN;
                if full && most.peek().is_some_and(|Reverse((least, _))| count <= *least) {
                    continue;
                }
                most.push(Reverse((count, stream.key().to_vec())));
                if full {
                    most.pop();
                }
            }
            for Reverse((count, word)) in most {
                self.count(field, &word, count, found);
            }
        }
        Ok(())
    }

    fn count(&self, field: Field, word: &[u8], count: u32, found: &mut HashMap<String, Common>) {
        let Ok(word) = std::str::from_utf8(word) else {
            return;
        };
        let common = found.entry(word.to_owned()).or_default();
        let counted = if field == self.fields.title_words {
            &mut common.in_titles
        } else {
            &mut common.in_all
        };
        *counted += u64::from(count);
    }
}

/// A way to look for near words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Search {
    /// All with so many wrong letters at most.
    Errors(u8),
    /// All that begin nearly so.
    BeginningWithError,
}

/// How many letters of a word may be wrong.
fn errors_allowed(word: &str) -> u8 {
    match word.chars().count() {
        _ if word.chars().any(char::is_numeric) => 0,
        TWO_ERRORS_FROM.. => 2,
        ONE_ERROR_FROM.. => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_a_word_the_more_letters_may_be_wrong_and_none_of_a_number() {
        for (word, errors) in [
            ("cat", 0),
            ("lamp", 1),
            ("teapots", 1),
            ("headphon", 2),
            ("чай", 0),
            ("чайник", 1),
            ("наушники", 2),
            ("2026", 0),
            ("wh1000xm4", 0),
        ] {
            assert_eq!(errors_allowed(word), errors, "{word}");
        }
    }
}
