//! What a person may be about to type.
//!
//! Words that many names have, with what was typed before them; categories; SKUs, where the text looks like
//! one; and products whose names have all that was typed, the last word begun only. None of it reads a
//! description, and a beginning of a word is one look into the index, so this is fast enough for every stroke
//! of a key.

use domain::value::ProductId;
use tantivy::{
    DocAddress, DocId, TantivyError, Term,
    query::{BooleanQuery, EnableScoring, Query, TermQuery},
    schema::IndexRecordOption,
};

use super::{
    beginning::BeginningQuery, index::LONGEST_PREFIX, question::Question, sku_parts, snapshot::Snapshot,
    spelling, text_query,
};

/// The most suggestions at once.
pub const MAX_SUGGESTIONS: usize = 20;

/// The most words that are completed.
const MAX_WORDS: usize = 8;

/// How many words are looked at for each that is suggested: some are in no living product any more.
const SPARE: usize = 3;

/// Categories and SKUs get one of so many places each, rounded up.
const SHARE: usize = 4;

/// The shortest text that SKUs are suggested for, in letters and digits.
const SKU_FROM: usize = 2;

/// Something that a person may be about to type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suggestion {
    /// Words that many products have.
    Words {
        /// What was typed, with its last word completed.
        text: String,
    },
    /// A category, to filter by.
    Category {
        /// Its path.
        path: String,
    },
    /// A SKU.
    Sku {
        /// As the product has it.
        sku: String,
        /// Whose it is.
        product_id: ProductId,
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
            Self::Words { text }
            | Self::Product { name: text, .. }
            | Self::Category { path: text }
            | Self::Sku { sku: text, .. } => text,
        }
    }
}

impl Snapshot {
    /// What `text` may become, at most so much: words first, then categories and SKUs, then products, each with
    /// the most popular ones first.
    pub(super) fn suggestions(&self, text: &str, limit: usize) -> Result<Vec<Suggestion>, TantivyError> {
        let question = Question::plain(text, 0);
        let mut typed: Vec<String> = question.words.into_iter().map(|word| word.plain).collect();
        typed.truncate(MAX_WORDS);
        let runs = question
            .runs
            .iter()
            .map(|run| text_query::run_of(self.fields.name_grams, run));
        let runs: Vec<Box<dyn Query>> = runs.collect();
        let Some(last) = typed.pop() else {
            return match runs.is_empty() {
                true => Ok(Vec::new()),
                false => self.products(&BooleanQuery::intersection(runs), limit),
            };
        };
        let completions = self.with_vocabulary(|vocabulary| vocabulary.beginning_with(&last))?;
        let mut suggestions = self.completed(&typed, &completions, limit)?;
        suggestions.extend(self.categories(&typed, &last, limit.div_ceil(SHARE)));
        if completions.is_empty() || looks_like_sku(text) {
            suggestions.extend(self.skus(text, limit.div_ceil(SHARE))?);
        }
        suggestions.truncate(limit);
        // A beginning that no name has is taken for the most common one that is near.
        let last = match completions.first() {
            Some((word, _)) if !word.starts_with(&last) => word,
            _ => &last,
        };
        let named = typed
            .iter()
            .chain([last])
            .map(|word| self.begun(word))
            .chain(runs);
        let products = BooleanQuery::intersection(named.collect());
        suggestions.extend(self.products(&products, limit - suggestions.len())?);
        Ok(suggestions)
    }

    /// What was typed, with its last word completed.
    fn completed(
        &self,
        typed: &[String],
        completions: &[(String, u64)],
        limit: usize,
    ) -> Result<Vec<Suggestion>, TantivyError> {
        let mut texts: Vec<String> = Vec::new();
        let written = |word: &String| spelling::of(&self.searcher, &self.fields, word);
        for (word, _) in completions.iter().take(SPARE * limit) {
            if texts.len() >= limit.div_ceil(2) {
                break;
            }
            if self.has_living(typed, word)? {
                let words: Vec<String> = typed
                    .iter()
                    .chain([word])
                    .map(written)
                    .collect::<Result<_, _>>()?;
                let text = words.join(" ");
                // Two forms of a word are written alike.
                if !texts.contains(&text) {
                    texts.push(text);
                }
            }
        }
        Ok(texts.into_iter().map(|text| Suggestion::Words { text }).collect())
    }

    /// The categories whose last step has all that was typed, with the most products first.
    fn categories(&self, typed: &[String], last: &str, limit: usize) -> Vec<Suggestion> {
        let matches = |path: &str| {
            let step = path.rsplit('/').next().unwrap_or_default();
            let words = Question::plain(step, 0).words;
            let begins = |wanted: &str| words.iter().any(|word| word.plain.starts_with(wanted));
            typed.iter().all(|wanted| begins(wanted)) && begins(last)
        };
        let mut found: Vec<(usize, &str)> = Vec::new();
        for (id, path) in self.dictionary.categories().filter(|(_, path)| matches(path)) {
            let products = self.segments().map(|(_, (segment, rows))| {
                let has_it = |document: &DocId| {
                    let row = rows.product(*document);
                    row.is_some_and(|row| rows.values(row.set()).contains(&id))
                };
                let documents = (0..rows.len()).filter(has_it);
                documents
                    .filter(|document| !segment.is_deleted(*document))
                    .count()
            });
            found.push((products.sum(), path));
            if found.len() >= SPARE * limit {
                break;
            }
        }
        found.retain(|(products, _)| *products > 0);
        found.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        let paths = found.into_iter().take(limit).map(|(_, path)| path.to_owned());
        paths.map(|path| Suggestion::Category { path }).collect()
    }

    /// The SKUs of which any row of parts begins so.
    fn skus(&self, text: &str, limit: usize) -> Result<Vec<Suggestion>, TantivyError> {
        let wanted: String = text
            .to_lowercase()
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .collect();
        if wanted.chars().count() < SKU_FROM {
            return Ok(Vec::new());
        }
        let field = self.fields.sku_parts;
        let whole = TermQuery::new(Term::from_field_text(field, &wanted), IndexRecordOption::Basic);
        let begun = BeginningQuery::new(vec![field], &wanted, 0.0);
        let query = BooleanQuery::union(vec![Box::new(whole), Box::new(begun)]);
        let mut suggestions = Vec::new();
        for address in self.popular(&query, limit)? {
            let Some(product) = self.card(address)? else {
                continue;
            };
            let begins = |sku: &&String| sku_parts::of(sku).iter().any(|part| part.starts_with(&wanted));
            suggestions.extend(product.variants.keys().filter(begins).map(|sku| Suggestion::Sku {
                sku: sku.clone(),
                product_id: product.id,
            }));
        }
        suggestions.truncate(limit);
        Ok(suggestions)
    }

    /// The products that a query finds, those that were ordered most often first.
    fn products(&self, query: &dyn Query, limit: usize) -> Result<Vec<Suggestion>, TantivyError> {
        let mut suggestions = Vec::new();
        for address in self.popular(query, limit)? {
            if let Some(product) = self.card(address)? {
                suggestions.push(Suggestion::Product {
                    product_id: product.id,
                    name: product.name,
                });
            }
        }
        Ok(suggestions)
    }

    /// Where the products are that a query finds, those that were ordered most often first.
    fn popular(&self, query: &dyn Query, limit: usize) -> Result<Vec<DocAddress>, TantivyError> {
        let mut best: Vec<(u32, u64, DocAddress)> = Vec::new();
        self.each(query, &mut |address, orders, created| {
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
                if rows.product(document).is_some()
                    && !segment.is_deleted(document)
                    && !show(
                        DocAddress::new(ordinal, document),
                        rows.orders(document),
                        rows.created(document),
                    )
                {
                    return Ok(());
                }
                document = scorer.advance();
            }
        }
        Ok(())
    }
}

/// Whether a text has a digit, or a sign within it that SKUs have.
fn looks_like_sku(text: &str) -> bool {
    let text = text.trim();
    text.chars().any(|letter| letter.is_ascii_digit()) || text.contains(['-', '_', '/', '.'])
}
