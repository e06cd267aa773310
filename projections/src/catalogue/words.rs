//! What a person means by the words they typed: words that products have.
//!
//! A word that products have is taken as it is. One that none has is taken for words that are near:
//!
//! - those that it is the beginning of, if it is the last one: the person may not be done yet;
//! - those that differ by one letter (left out, put in, taken for another, or two of them swapped), if it
//!   has four letters or more; by two letters, if it has eight or more and there is none nearer.
//!
//! The first letter is always right: hardly anybody gets it wrong, and without it `cat` would be near
//! `bat`. Numbers are never taken for others: `12` is not nearly `13`. A word that only few products
//! have may be somebody's typing error in a text, so words near it count too, but so little that whoever
//! has it as it was typed comes first.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap, HashMap},
};

use tantivy::{
    DocSet as _, Searcher, TERMINATED, TantivyError, Term,
    query::FuzzyTermQuery,
    schema::{Field, IndexRecordOption},
    tokenizer::TextAnalyzer,
};

use super::{analysis, index::Fields, language::SearchLanguages, stop_words::is_stop_word};

/// More words than anybody types; each costs time.
const MAX_WORDS: usize = 16;

/// A word that fewer products have may be an error in their texts.
const RARE: usize = 3;

/// A word near a rare one counts only if it is so many times as common.
const MUCH_MORE: u64 = 10;

/// The shortest word with one wrong letter, and the shortest with two. Below, too many words are near.
const ONE_ERROR_FROM: usize = 4;
const TWO_ERRORS_FROM: usize = 8;

/// The shortest word that may be the beginning of another.
const PREFIX_FROM: usize = 2;

/// How many words are taken for one at most: the most common of the nearest.
const MAX_NEAR: usize = 6;

/// How many words of a dictionary are looked at for one at most.
const MAX_LOOKED_AT: usize = 10_000;

/// How many words with the same beginning are taken from each segment: the most common ones.
const MAX_BEGUN: usize = 64;

/// What a near word counts, where one as it was typed counts 1.
const PREFIX_WEIGHT: f32 = 0.9;
const ONE_ERROR_WEIGHT: f32 = 0.8;
const TWO_ERRORS_WEIGHT: f32 = 0.5;
/// A rare word is at least so much more telling than a common one that this never outweighs it.
const NEAR_RARE_WEIGHT: f32 = 0.03;

/// A word that was typed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Typed {
    pub(super) word: String,
    pub(super) stem: String,
    /// How many words stand before it.
    pub(super) offset: usize,
    /// Whether any product has it.
    pub(super) is_known: bool,
    /// Words that may be meant instead, the most likely first.
    pub(super) near: Vec<Near>,
}

/// A word that products have, near one that was typed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Near {
    pub(super) word: String,
    pub(super) stem: String,
    pub(super) weight: f32,
}

/// Where words are looked up.
pub(super) struct Vocabulary<'index> {
    pub(super) searcher: &'index Searcher,
    pub(super) fields: &'index Fields,
    pub(super) languages: &'index SearchLanguages,
    pub(super) stems: TextAnalyzer,
    pub(super) words: TextAnalyzer,
}

/// How common a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Common {
    in_titles: u64,
    in_bodies: u64,
}

impl Vocabulary<'_> {
    /// The words of a text that say something; all of them if none does.
    pub(super) fn typed(&mut self, text: &str) -> Result<Vec<Typed>, TantivyError> {
        let words = analysis::tokens(&mut self.words, text, MAX_WORDS);
        let stems = analysis::tokens(&mut self.stems, text, MAX_WORDS);
        let mut typed: Vec<Typed> = Vec::new();
        for (offset, (word, stem)) in words.into_iter().zip(stems).enumerate() {
            typed.push(Typed {
                word,
                stem,
                offset,
                is_known: true,
                near: Vec::new(),
            });
        }
        let says_something = |typed: &Typed| !is_stop_word(self.languages, &typed.word);
        if typed.iter().any(says_something) {
            typed.retain(says_something);
        }
        let last = typed.last().map(|typed| typed.offset);
        for typed in &mut typed {
            self.interpret(typed, Some(typed.offset) == last)?;
        }
        Ok(typed)
    }

    /// The words that begin with this one as it stands or with one letter of it wrong, and how many
    /// products have each in its title.
    pub(super) fn beginning_with(&self, prefix: &str) -> Result<Vec<(String, u64)>, TantivyError> {
        let mut found = HashMap::new();
        self.look_up(self.fields.title_words, prefix, Search::Prefix, &mut found)?;
        if found.is_empty() && errors_allowed(prefix) > 0 {
            self.look_up(
                self.fields.title_words,
                prefix,
                Search::PrefixWithError,
                &mut found,
            )?;
        }
        let mut found: Vec<(String, u64)> = found
            .into_iter()
            .map(|(word, common)| (word, common.in_titles))
            .collect();
        found.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok(found)
    }

    fn interpret(&mut self, typed: &mut Typed, is_last: bool) -> Result<(), TantivyError> {
        let term = Term::from_field_text(self.fields.text, &typed.stem);
        let frequency = living(self.searcher, &term, RARE)?;
        typed.is_known = frequency > 0;
        let errors = errors_allowed(&typed.word);
        if frequency >= RARE || (errors == 0 && !is_last) {
            return Ok(());
        }
        let mut near: BTreeMap<String, (f32, Common, String)> = BTreeMap::new();
        let mut searches: Vec<(Search, f32)> = Vec::new();
        if typed.is_known {
            // So rare a word is corrected only in a catalogue so large that it may be an error.
            if errors > 0 && self.searcher.num_docs() >= u64::try_from(RARE).unwrap_or_default() * MUCH_MORE {
                searches.push((Search::Errors(1), NEAR_RARE_WEIGHT));
            }
        } else {
            if is_last && typed.word.chars().count() >= PREFIX_FROM {
                searches.push((Search::Prefix, PREFIX_WEIGHT));
            }
            if errors > 0 {
                searches.push((Search::Errors(1), ONE_ERROR_WEIGHT));
            }
        }
        self.gather(typed, &searches, &mut near)?;
        if near.is_empty() && !typed.is_known && errors > 0 {
            let mut last_resort = Vec::new();
            if errors > 1 {
                last_resort.push((Search::Errors(2), TWO_ERRORS_WEIGHT));
            }
            if is_last {
                last_resort.push((Search::PrefixWithError, TWO_ERRORS_WEIGHT));
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
            self.look_up(self.fields.body_words, &typed.word, *search, &mut found)?;
            let mut found: Vec<(String, Common)> = found.into_iter().collect();
            if typed.is_known {
                let enough = u64::try_from(RARE).unwrap_or(u64::MAX).saturating_mul(MUCH_MORE);
                found.retain(|(_, common)| common.in_titles + common.in_bodies >= enough);
            }
            found.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            for (word, common) in found.into_iter().take(4 * MAX_NEAR) {
                let Some(stem) = analysis::tokens(&mut self.stems, &word, 1).pop() else {
                    continue;
                };
                let term = Term::from_field_text(self.fields.text, &stem);
                if stem != typed.stem && living(self.searcher, &term, 1)? > 0 {
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
        let begin = match search {
            Search::Prefix => word.to_owned(),
            Search::Errors(_) | Search::PrefixWithError => letter.to_string(),
        };
        let end = after_all_beginning_with(&begin);
        let term = Term::from_field_text(field, word);
        let automaton = match search {
            Search::Prefix => None,
            Search::Errors(errors) => Some(FuzzyTermQuery::new(term, errors, true).automaton()?),
            Search::PrefixWithError => Some(FuzzyTermQuery::new_prefix(term, 1, true).automaton()?),
        };
        let is_title = field == self.fields.title_words;
        for segment in self.searcher.segment_readers() {
            let inverted = segment.inverted_index(field)?;
            let mut take = |word: &[u8], count: u32| {
                let Ok(word) = std::str::from_utf8(word) else {
                    return;
                };
                if word.chars().any(|letter| letter.is_ascii_digit()) && search != Search::Prefix {
                    return;
                }
                let common = found.entry(word.to_owned()).or_insert(Common {
                    in_titles: 0,
                    in_bodies: 0,
                });
                let counted = if is_title {
                    &mut common.in_titles
                } else {
                    &mut common.in_bodies
                };
                *counted += u64::from(count);
            };
            match &automaton {
                None => {
                    let mut stream = inverted.terms().range().ge(&begin).lt(&end).into_stream()?;
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
                        take(&word, count);
                    }
                }
                Some(automaton) => {
                    let terms = inverted.terms().search(automaton);
                    let mut stream = terms.ge(&begin).lt(&end).into_stream()?;
                    let mut looked_at = 0;
                    while looked_at < MAX_LOOKED_AT && stream.advance() {
                        looked_at += 1;
                        take(stream.key(), stream.value().doc_freq);
                    }
                }
            }
        }
        Ok(())
    }
}

/// A way to look for near words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Search {
    /// All that begin so.
    Prefix,
    /// All with so many wrong letters at most.
    Errors(u8),
    /// All that begin nearly so.
    PrefixWithError,
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

/// The first text after all that begin so.
fn after_all_beginning_with(prefix: &str) -> Vec<u8> {
    let mut end = prefix.as_bytes().to_vec();
    // No byte of a text is 255, so the last one can always be raised.
    if let Some(last) = end.last_mut() {
        *last = last.saturating_add(1);
    }
    end
}

/// How many products have a term, at most `limit`. Those that were replaced do not count, and a dictionary
/// keeps their words until their segment is merged.
pub(super) fn living(searcher: &Searcher, term: &Term, limit: usize) -> Result<usize, TantivyError> {
    let mut count = 0;
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(term.field())?;
        let Some(mut postings) = inverted.read_postings(term, IndexRecordOption::Basic)? else {
            continue;
        };
        if segment.alive_bitset().is_none() {
            count += usize::try_from(postings.doc_freq()).unwrap_or(usize::MAX);
        } else {
            while postings.doc() != TERMINATED && count < limit {
                count += usize::from(!segment.is_deleted(postings.doc()));
                postings.advance();
            }
        }
        if count >= limit {
            return Ok(limit);
        }
    }
    Ok(count)
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
