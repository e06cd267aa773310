//! What a person may be about to type.
//!
//! Two kinds: words that many names have, with what was typed before them; and products whose names have
//! all that was typed, the last word begun only. Neither reads a description, and a beginning of a word is
//! one look into the index, so this is fast enough for every stroke of a key.

use domain::value::ProductId;
use tantivy::{
    DocAddress, DocId, TantivyError, Term,
    query::{BooleanQuery, EnableScoring, Query, TermQuery},
    schema::IndexRecordOption,
};

use super::{analysis, index::LONGEST_PREFIX, snapshot::Snapshot};

/// The most suggestions at once.
pub const MAX_SUGGESTIONS: usize = 20;

/// The most words that are completed.
const MAX_WORDS: usize = 8;

/// How many words are looked at for each that is suggested: some are in no living product any more.
const SPARE: usize = 3;

/// Something that a person may be about to type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suggestion {
    /// Words that many products have.
    Words {
        /// What was typed, with its last word completed.
        text: String,
    },
    /// A product.
    Product {
        /// Which.
        product_id: ProductId,
        /// Its name.
        name: String,
    },
}

impl Suggestion {
    /// The text to show.
    pub fn text(&self) -> &str {
        match self {
            Self::Words { text } | Self::Product { name: text, .. } => text,
        }
    }
}

impl Snapshot {
    /// What `text` may become, at most so much: words first, then products, each with the most popular
    /// ones first.
    pub(super) fn suggestions(&self, text: &str, limit: usize) -> Result<Vec<Suggestion>, TantivyError> {
        let mut typed = analysis::tokens(&mut analysis::words(), text, MAX_WORDS);
        let Some(last) = typed.pop() else {
            return Ok(Vec::new());
        };
        let completions = self.vocabulary().beginning_with(&last)?;
        let mut suggestions = Vec::new();
        for (word, _) in completions.iter().take(SPARE * limit) {
            if suggestions.len() >= limit.div_ceil(2) {
                break;
            }
            if self.has_living(&typed, word)? {
                let text = typed
                    .iter()
                    .chain([word])
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .join(" ");
                suggestions.push(Suggestion::Words { text });
            }
        }
        // A beginning that no name has is taken for the most common one that is near.
        let last = match completions.first() {
            Some((word, _)) if !word.starts_with(&last) => word,
            _ => &last,
        };
        for address in self.popular(&typed, last, limit - suggestions.len())? {
            let Some(product) = self.card(address)? else {
                continue;
            };
            suggestions.push(Suggestion::Product {
                product_id: product.id,
                name: product.name,
            });
        }
        Ok(suggestions)
    }

    /// The products with these words and this beginning of one in their names, those that were ordered most
    /// often first.
    fn popular(&self, words: &[String], last: &str, limit: usize) -> Result<Vec<DocAddress>, TantivyError> {
        let mut best: Vec<(u32, u64, DocAddress)> = Vec::new();
        self.each(&*self.named(words, last), &mut |address, orders, created| {
            let rank = (orders, created);
            let place = best.partition_point(|better| (better.0, better.1) > rank);
            if place < limit {
                best.insert(place, (orders, created, address));
                best.truncate(limit);
            }
            true
        })?;
        Ok(best.into_iter().map(|(_, _, address)| address).collect())
    }

    /// Whether any product has these words in its name and this one in its title.
    fn has_living(&self, words: &[String], title_word: &str) -> Result<bool, TantivyError> {
        let title = Term::from_field_text(self.fields.title_words, title_word);
        let mut clauses: Vec<Box<dyn Query>> = words.iter().map(|word| self.begun(word)).collect();
        clauses.push(Box::new(TermQuery::new(title, IndexRecordOption::Basic)));
        let mut found = false;
        self.each(&BooleanQuery::intersection(clauses), &mut |_, _, _| {
            found = true;
            false
        })?;
        Ok(found)
    }

    fn named(&self, words: &[String], last: &str) -> Box<dyn Query> {
        let begun = words
            .iter()
            .map(String::as_str)
            .chain([last])
            .map(|word| self.begun(word));
        Box::new(BooleanQuery::intersection(begun.collect()))
    }

    /// The products with a word in their names that begins so.
    fn begun(&self, word: &str) -> Box<dyn Query> {
        let end = word
            .char_indices()
            .nth(LONGEST_PREFIX)
            .map_or(word.len(), |(end, _)| end);
        let prefix = word.get(..end).unwrap_or(word);
        let term = Term::from_field_text(self.fields.name_prefixes, prefix);
        Box::new(TermQuery::new(term, IndexRecordOption::Basic))
    }

    /// Shows every living product that a query finds, with its orders and its creation, until it is told
    /// to stop.
    fn each(
        &self,
        query: &dyn Query,
        show: &mut dyn FnMut(DocAddress, u32, u64) -> bool,
    ) -> Result<(), TantivyError> {
        let weight = query.weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
        for (ordinal, (segment, rows)) in self.segments() {
            let mut scorer = weight.scorer(segment, 1.0)?;
            let mut document: DocId = scorer.doc();
            while document != tantivy::TERMINATED {
                if let Some(row) = rows.product(document)
                    && !segment.is_deleted(document)
                    && !show(DocAddress::new(ordinal, document), row.orders, row.created)
                {
                    return Ok(());
                }
                document = scorer.advance();
            }
        }
        Ok(())
    }
}
