//! From what a person typed to a query.

use tantivy::{
    Index, Term,
    query::{AllQuery, BooleanQuery, BoostQuery, DisjunctionMaxQuery, Occur, Query, TermQuery},
    schema::{Field, IndexRecordOption},
};

use super::index::{self, Fields};

/// More words than anybody types; each costs time.
const MAX_WORDS: usize = 16;

/// A word in the name says more than one in the description.
const NAME_BOOST: f32 = 3.0;
const TAG_BOOST: f32 = 2.0;
/// Whoever types a SKU wants that one and nothing else.
const SKU_BOOST: f32 = 20.0;

/// Finds the products that have every word somewhere, or the SKU that was typed. An empty text finds all.
///
/// There is no syntax: a text that came from a person is words, whatever signs are in it.
pub(super) fn of(index: &Index, fields: &Fields, text: &str) -> Box<dyn Query> {
    let words = words(index, text);
    if words.is_empty() {
        return Box::new(AllQuery);
    }
    let every = words
        .iter()
        .map(|word| (Occur::Must, somewhere(fields, word)))
        .collect();
    let sku = text.trim().to_lowercase();
    let sku = boosted(term(fields.sku_text, &sku), SKU_BOOST);
    Box::new(BooleanQuery::new(vec![
        (
            Occur::Should,
            Box::new(BooleanQuery::new(every)) as Box<dyn Query>,
        ),
        (Occur::Should, sku),
    ]))
}

/// The stems of the words of a text.
fn words(index: &Index, text: &str) -> Vec<String> {
    let mut tokenizer = index::tokenizer(index);
    let mut stream = tokenizer.token_stream(text);
    let mut words = Vec::new();
    while words.len() < MAX_WORDS && stream.advance() {
        words.push(stream.token().text.clone());
    }
    words
}

/// A word counts where it says most, not as often as it occurs in different fields.
fn somewhere(fields: &Fields, word: &str) -> Box<dyn Query> {
    Box::new(DisjunctionMaxQuery::new(vec![
        boosted(term(fields.name, word), NAME_BOOST),
        boosted(term(fields.tags, word), TAG_BOOST),
        term(fields.description, word),
    ]))
}

fn term(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(
        Term::from_field_text(field, text),
        IndexRecordOption::WithFreqs,
    ))
}

fn boosted(query: Box<dyn Query>, boost: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, boost))
}
