//! What a person means by the words they typed: words that products have.
//!
//! A word stands for itself in all its forms, and for what it makes with its neighbours: `head phones` for
//! `headphones`, and `powerbank` for `power` and `bank` where a product has them side by side. It also stands
//! for the part of a SKU. The last one is also the beginning of all words that begin so: the person may not be
//! done yet. Only where all of that finds nothing is a letter taken for wrong; see [`near`](super::near).

use tantivy::{
    DocSet as _, Searcher, TERMINATED, TantivyError, Term,
    query::{EnableScoring, PhraseQuery, Query as _},
    schema::{Field, IndexRecordOption},
};

use super::{
    index::Fields,
    language::SearchLanguages,
    near::Near,
    question::{Question, Word},
    stop_words::is_stop_word,
    tokenizer::{Forms, are_digits},
};

/// A word that fewer products have may be an error in their texts.
pub(super) const RARE: usize = 3;

/// The most words side by side that may be one word.
const MOST_JOINED: usize = 3;

/// The shortest beginning of a word that two words make together: below, too much begins so.
const JOINED_FROM: usize = 4;

/// The shortest word that may be two, and the longest: no compound of two words is longer.
const SPLIT_FROM: usize = 4;
const SPLIT_TO: usize = 24;

/// A word that was typed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Typed {
    /// In small letters, as it was typed.
    pub(super) small: String,
    /// The same without accents.
    pub(super) word: String,
    /// What its forms have in common, the plainest first.
    pub(super) stems: Vec<String>,
    /// How many words stand before it.
    pub(super) offset: usize,
    /// How many products have it, but no more than [`RARE`].
    pub(super) frequency: usize,
    /// Whether a SKU has it as a part.
    pub(super) is_sku: bool,
    /// Stems of what it makes with its neighbours.
    pub(super) joined: Vec<String>,
    /// The stems of two words that it may be.
    pub(super) split: Vec<(String, String)>,
    /// The beginnings of words that it stands for.
    pub(super) begun: Vec<Begun>,
    /// Words that may be meant instead, the most likely first.
    pub(super) near: Vec<Near>,
}

/// A beginning of words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Begun {
    pub(super) prefix: String,
    /// Where words begin so.
    pub(super) fields: Vec<Field>,
}

/// The words that were typed.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct TypedWords {
    /// Those that products must have.
    pub(super) words: Vec<Typed>,
    /// Those that say little, if there are others: a product may lack them.
    pub(super) fillers: Vec<Typed>,
}

/// Where words are looked up.
pub(super) struct Vocabulary<'index> {
    pub(super) searcher: &'index Searcher,
    pub(super) fields: &'index Fields,
    pub(super) languages: &'index SearchLanguages,
    pub(super) forms: &'index mut Forms,
}

impl Typed {
    /// Whether it stands for anything that products have as it was typed.
    pub(super) fn is_explained(&self) -> bool {
        self.frequency > 0
            || self.is_sku
            || !self.joined.is_empty()
            || !self.split.is_empty()
            || !self.begun.is_empty()
    }

    /// Whether it stands for anything at all.
    pub(super) fn means_something(&self) -> bool {
        self.is_explained() || !self.near.is_empty()
    }
}

impl Vocabulary<'_> {
    /// What the words of a question stand for, without wrong letters.
    pub(super) fn typed(&mut self, question: &Question) -> Result<TypedWords, TantivyError> {
        let words = &question.words;
        let languages = self.languages;
        let is_filler = |word: &Word| is_stop_word(languages, &word.small);
        let has_others = words.iter().any(|word| !is_filler(word))
            || !question.runs.is_empty()
            || !question.phrases.is_empty();
        let mut typed = TypedWords::default();
        for (index, word) in words.iter().enumerate() {
            let is_last = index + 1 == words.len() && !question.is_cut;
            let found = self.find(words, index, is_last)?;
            if has_others && is_filler(word) {
                typed.fillers.push(found);
            } else {
                typed.words.push(found);
            }
        }
        Ok(typed)
    }

    fn find(&mut self, words: &[Word], index: usize, is_last: bool) -> Result<Typed, TantivyError> {
        let (word, stems) = match words.get(index) {
            Some(word) => (word.clone(), self.stems(&word.text)),
            None => return Err(TantivyError::InternalError("a word is missing".to_owned())),
        };
        let mut frequency = 0;
        for stem in &stems {
            frequency = frequency.max(self.living(self.fields.text, stem, RARE)?);
        }
        let mut begun = Vec::new();
        if is_last {
            let may_be_sku = words.len() > 1 || word.plain.contains(|letter: char| letter.is_ascii_digit());
            begun.extend(self.begin(&word.plain, may_be_sku)?);
        }
        let mut typed = Typed {
            is_sku: self.living(self.fields.sku_parts, &word.plain, 1)? > 0,
            split: self.split(&word)?,
            small: word.small,
            word: word.plain,
            stems,
            offset: word.offset,
            frequency,
            joined: Vec::new(),
            begun,
            near: Vec::new(),
        };
        self.join(words, index, &mut typed)?;
        Ok(typed)
    }

    /// What a word makes with its neighbours.
    fn join(&mut self, words: &[Word], index: usize, typed: &mut Typed) -> Result<(), TantivyError> {
        for count in 2..=MOST_JOINED.min(words.len()) {
            for begin in (index + 1).saturating_sub(count)..=index {
                let Some(row) = words.get(begin..begin + count) else {
                    continue;
                };
                let in_a_row = row.iter().skip(1).all(|word| word.is_beside);
                let numbers = row.windows(2).any(|pair| match pair {
                    [one, other] => are_digits(&one.plain, &other.plain),
                    _ => false,
                });
                if !in_a_row || numbers {
                    continue;
                }
                let joined: String = row.iter().map(|word| word.text.as_str()).collect();
                let plain: String = row.iter().map(|word| word.plain.as_str()).collect();
                for stem in self.stems(&joined) {
                    if self.living(self.fields.text, &stem, 1)? > 0 {
                        typed.joined.push(stem);
                    }
                }
                let is_last = begin + count == words.len();
                let is_long = plain.chars().count() >= JOINED_FROM;
                if is_last && is_long {
                    typed.begun.extend(self.begin(&plain, true)?);
                }
            }
        }
        Ok(())
    }

    /// The two words that a word may be: both are known, and a product has them side by side.
    fn split(&mut self, word: &Word) -> Result<Vec<(String, String)>, TantivyError> {
        let plain = &word.plain;
        let length = plain.chars().count();
        if !(SPLIT_FROM..=SPLIT_TO).contains(&length) {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for (at, _) in plain.char_indices().skip(1) {
            let (Some(left), Some(right)) = (plain.get(..at), plain.get(at..)) else {
                continue;
            };
            // Looked up before it is reduced to its stem: most beginnings of words are none.
            if !self.has_word(left)? || are_digits(left, right) {
                continue;
            }
            let (Some(left), Some(right)) = (self.stem(left), self.stem(right)) else {
                continue;
            };
            if self.living(self.fields.text, &right, 1)? > 0 && self.stand_side_by_side(&left, &right)? {
                found.push((left, right));
            }
        }
        Ok(found)
    }

    /// Whether any product has two words one after the other.
    fn stand_side_by_side(&self, left: &str, right: &str) -> Result<bool, TantivyError> {
        let term = |stem| Term::from_field_text(self.fields.text, stem);
        let phrase = PhraseQuery::new(vec![term(left), term(right)]);
        let weight = phrase.weight(EnableScoring::disabled_from_searcher(self.searcher))?;
        for segment in self.searcher.segment_readers() {
            let mut scorer = weight.scorer(segment, 1.0)?;
            while scorer.doc() != TERMINATED {
                if !segment.is_deleted(scorer.doc()) {
                    return Ok(true);
                }
                scorer.advance();
            }
        }
        Ok(false)
    }

    /// The stems of a word in all its forms.
    pub(super) fn stems(&mut self, word: &str) -> Vec<String> {
        self.forms.of(word).iter().map(ToString::to_string).collect()
    }

    /// The stem of a word in its plainest form.
    pub(super) fn stem(&mut self, word: &str) -> Option<String> {
        self.forms.of(word).first().map(ToString::to_string)
    }

    /// How many products have a term, but no more than so many.
    pub(super) fn living(&self, field: Field, text: &str, limit: usize) -> Result<usize, TantivyError> {
        living(self.searcher, &Term::from_field_text(field, text), limit)
    }

    /// Whether a dictionary has a word.
    fn has_word(&self, word: &str) -> Result<bool, TantivyError> {
        for segment in self.searcher.segment_readers() {
            if segment
                .inverted_index(self.fields.words)?
                .terms()
                .term_ord(word)?
                .is_some()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The words that begin so, and the parts of SKUs where these may be meant. A word alone without a digit
    /// is that of a SKU only where no other word begins so.
    fn begin(&self, prefix: &str, may_be_sku: bool) -> Result<Option<Begun>, TantivyError> {
        let mut fields = Vec::new();
        if self.begins_any(self.fields.words, prefix)? {
            fields.push(self.fields.words);
        }
        if (may_be_sku || fields.is_empty()) && self.begins_any(self.fields.sku_parts, prefix)? {
            fields.push(self.fields.sku_parts);
        }
        let prefix = prefix.to_owned();
        Ok((!fields.is_empty()).then_some(Begun { prefix, fields }))
    }

    /// Whether any other word of a dictionary begins so.
    fn begins_any(&self, field: Field, prefix: &str) -> Result<bool, TantivyError> {
        let end = after_all_beginning_with(prefix);
        for segment in self.searcher.segment_readers() {
            let inverted = segment.inverted_index(field)?;
            if inverted
                .terms()
                .range()
                .gt(prefix)
                .lt(&end)
                .into_stream()?
                .advance()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The first text after all that begin so.
pub(super) fn after_all_beginning_with(prefix: &str) -> Vec<u8> {
    let mut end = prefix.as_bytes().to_vec();
    // No byte of a text is 255, so the last one can always be raised.
    if let Some(last) = end.last_mut() {
        *last += 1;
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
