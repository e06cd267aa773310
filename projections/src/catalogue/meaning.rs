//! What a question means in one index: which words stand for what, and what is tried where nothing is found.

use tantivy::TantivyError;

use super::{
    question::Question,
    words::{Typed, TypedWords, Vocabulary},
};

/// What a question means.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Meaning {
    pub(super) typed: TypedWords,
    pub(super) runs: Vec<Vec<char>>,
    pub(super) phrases: Vec<Phrase>,
    pub(super) excluded: Vec<Phrase>,
    pub(super) signs: Vec<char>,
    /// The whole text as a SKU, if a product has it.
    pub(super) sku: Option<String>,
    /// Words that stand for nothing and were given up.
    pub(super) left_out: Vec<String>,
    /// Whether the last word is the last one that was typed.
    has_last: bool,
}

/// Words in a row: the stems of each in all its forms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Phrase {
    pub(super) words: Vec<Vec<String>>,
    pub(super) runs: Vec<Vec<char>>,
}

impl Meaning {
    /// What the words stand for as they were typed.
    pub(super) fn of(
        question: &Question,
        sku: Option<String>,
        vocabulary: &mut Vocabulary<'_>,
    ) -> Result<Self, TantivyError> {
        let mut phrase = |question: &Question| Phrase {
            words: question
                .words
                .iter()
                .map(|word| vocabulary.stems(&word.text))
                .collect(),
            runs: question.runs.clone(),
        };
        let phrases = question.phrases.iter().map(&mut phrase).collect();
        let excluded = question.excluded.iter().map(&mut phrase).collect();
        let mut typed = vocabulary.typed(question)?;
        for word in &mut typed.words {
            vocabulary.find_near_rare(word)?;
        }
        Ok(Self {
            typed,
            runs: question.runs.clone(),
            phrases,
            excluded,
            signs: question.signs.clone(),
            sku,
            left_out: Vec::new(),
            has_last: !question.is_cut,
        })
    }

    /// Whether it is one word and nothing else.
    pub(super) const fn is_one_word(&self) -> bool {
        self.typed.fillers.is_empty()
            && self.runs.is_empty()
            && self.phrases.is_empty()
            && self.excluded.is_empty()
            && self.signs.is_empty()
    }

    /// Whether every word stands for something.
    pub(super) fn is_whole(&self) -> bool {
        self.typed.words.iter().all(Typed::means_something)
    }

    /// Takes letters for wrong, in the words that stand for nothing else.
    pub(super) fn forgive_unknown(&mut self, vocabulary: &mut Vocabulary<'_>) -> Result<bool, TantivyError> {
        self.forgive(vocabulary, |word| !word.means_something())
    }

    /// Takes letters for wrong, in all words that few products have as they were typed.
    pub(super) fn forgive_all(&mut self, vocabulary: &mut Vocabulary<'_>) -> Result<bool, TantivyError> {
        self.forgive(vocabulary, |_| true)
    }

    fn forgive(
        &mut self,
        vocabulary: &mut Vocabulary<'_>,
        which: impl Fn(&Typed) -> bool,
    ) -> Result<bool, TantivyError> {
        let (mut forgave, count) = (false, self.typed.words.len());
        for (index, word) in self.typed.words.iter_mut().enumerate() {
            if which(word) && word.near.is_empty() {
                vocabulary.find_near(word, self.has_last && index + 1 == count)?;
                forgave |= !word.near.is_empty();
            }
        }
        Ok(forgave)
    }

    /// Gives up the words that stand for nothing.
    pub(super) fn leave_out_unknown(&mut self) {
        let words = std::mem::take(&mut self.typed.words);
        let (kept, left): (Vec<Typed>, Vec<Typed>) = words.into_iter().partition(Typed::means_something);
        self.typed.words = kept;
        self.left_out.extend(left.into_iter().map(|word| word.small));
    }
}
