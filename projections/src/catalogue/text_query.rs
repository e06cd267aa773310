//! From words to a query.

use tantivy::{
    Term,
    query::{BooleanQuery, BoostQuery, DisjunctionMaxQuery, Occur, PhraseQuery, Query, TermQuery},
    schema::{Field, IndexRecordOption},
};

use super::{index::Fields, words::Typed};

/// A word in the name says so much more than one elsewhere.
const NAME_BOOST: f32 = 2.0;
/// Words that stand in the name as they were typed, one after the other.
const PHRASE_BOOST: f32 = 1.0;
/// Whoever types a SKU wants that one and nothing else.
const SKU_BOOST: f32 = 20.0;

/// How many of the words a product must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needed {
    All,
    /// All but one.
    AllButOne,
}

/// Finds the products that have the words, or the SKU if there is one.
///
/// There is no syntax: a text that came from a person is words, whatever signs are in it.
///
/// Without scores the name needs no look of its own: all its words are in the text.
pub(super) fn of(
    fields: &Fields,
    typed: &[Typed],
    needed: Needed,
    sku: Option<Term>,
    scored: bool,
) -> Box<dyn Query> {
    let mut clauses = Vec::new();
    match needed {
        Needed::All => clauses.extend(
            typed
                .iter()
                .map(|typed| (Occur::Must, either(fields.text, typed))),
        ),
        Needed::AllButOne => {
            let each = typed
                .iter()
                .map(|typed| (Occur::Should, either(fields.text, typed)));
            let most =
                BooleanQuery::with_minimum_required_clauses(each.collect(), typed.len().saturating_sub(1));
            clauses.push((Occur::Must, Box::new(most) as Box<dyn Query>));
        }
    }
    if scored {
        let name = typed
            .iter()
            .map(|typed| (Occur::Should, boosted(either(fields.name, typed), NAME_BOOST)));
        clauses.extend(name);
    }
    if scored && typed.len() > 1 && typed.iter().all(|typed| typed.is_known) {
        let terms = typed
            .iter()
            .map(|typed| (typed.offset, Term::from_field_text(fields.name, &typed.stem)));
        let phrase = Box::new(PhraseQuery::new_with_offset(terms.collect()));
        clauses.push((Occur::Should, boosted(phrase, PHRASE_BOOST)));
    }
    let words = Box::new(BooleanQuery::new(clauses)) as Box<dyn Query>;
    match sku {
        Some(sku) => {
            let sku = boosted(Box::new(TermQuery::new(sku, IndexRecordOption::Basic)), SKU_BOOST);
            Box::new(BooleanQuery::union(vec![words, sku]))
        }
        None => words,
    }
}

/// The word or one that is near; the best of them counts.
fn either(field: Field, typed: &Typed) -> Box<dyn Query> {
    let near = typed
        .near
        .iter()
        .map(|near| boosted(term(field, &near.stem), near.weight));
    let mut any: Vec<Box<dyn Query>> = near.collect();
    if typed.is_known || any.is_empty() {
        any.insert(0, term(field, &typed.stem));
    }
    match any.len() {
        1 => any.remove(0),
        _ => Box::new(DisjunctionMaxQuery::new(any)),
    }
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
