//! The index as one commit left it, and all that a search needs to read it.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use domain::value::ProductId;
use tantivy::{
    DocAddress, Searcher, SegmentOrdinal, TantivyError, Term,
    index::SegmentId,
    query::{EnableScoring, Query},
    schema::TantivyDocument,
};

use super::{
    analysis,
    card::{Card, ProductCard},
    cursor::Mark,
    dictionary::Dictionary,
    facets::Facets,
    highlight::{Highlighter, Highlights},
    index::Fields,
    language::SearchLanguages,
    plan::Plan,
    request::{Correction, Found, Hit, SearchRequest, Sort},
    rows::Rows,
    statistics::RoundedStatistics,
    tally::{Pass, Tally},
    text_query::{self, Needed},
    words::{self, Typed, Vocabulary},
};
use crate::reading::Cursor;

/// So many words at least, and one of them may be wrong: two words of which one is left say too little.
const FORGIVING_FROM: usize = 3;

/// The index as one commit left it.
pub(super) struct Snapshot {
    pub(super) searcher: Searcher,
    pub(super) fields: Fields,
    pub(super) languages: SearchLanguages,
    /// One for each segment, in the same order.
    pub(super) rows: Vec<Arc<Rows>>,
    dictionary: Arc<Dictionary>,
}

impl Snapshot {
    /// What a searcher sees. What the one before has unpacked already is taken from there.
    pub(super) fn new(
        searcher: Searcher,
        fields: Fields,
        languages: SearchLanguages,
        before: Option<&Self>,
    ) -> Result<Self, TantivyError> {
        let known: HashMap<SegmentId, &Arc<Rows>> = before
            .map(|before| before.searcher.segment_readers().iter().zip(&before.rows))
            .into_iter()
            .flatten()
            .map(|(segment, rows)| (segment.segment_id(), rows))
            .collect();
        let mut dictionary = before.map_or_else(
            || Arc::new(Dictionary::new()),
            |before| Arc::clone(&before.dictionary),
        );
        let mut rows = Vec::with_capacity(searcher.segment_readers().len());
        for segment in searcher.segment_readers() {
            rows.push(match known.get(&segment.segment_id()) {
                Some(rows) => Arc::clone(rows),
                None => Arc::new(Rows::read(segment, &mut dictionary)?),
            });
        }
        Ok(Self {
            searcher,
            fields,
            languages,
            rows,
            dictionary,
        })
    }

    /// Answers a request. `limit` is one more than the page has.
    pub(super) fn search(
        &self,
        request: &SearchRequest,
        after: Option<Mark>,
        limit: usize,
    ) -> Result<Found, TantivyError> {
        let typed = self.vocabulary().typed(&request.text)?;
        let sku = self.find_sku(&request.text)?;
        let has_text = request.text.chars().any(char::is_alphanumeric);
        let scored = has_text && request.sort == Sort::Relevance;
        let plan = Plan::new(request, after, limit, scored, &self.dictionary);
        let mut tally = Tally::new(&plan, &self.dictionary);
        let mut epoch = 0;
        if has_text {
            let query = text_query::of(&self.fields, &typed, Needed::All, sku, scored);
            epoch = self.pass(&*query, &plan, &mut tally)?;
            if tally.seen == 0 && typed.len() >= FORGIVING_FROM {
                let query = text_query::of(&self.fields, &typed, Needed::AllButOne, None, scored);
                epoch = self.pass(&*query, &plan, &mut tally)?;
            }
        } else {
            self.pass_over_all(&plan, &mut tally)?;
        }
        let mut best = tally.best();
        let has_next_page = best.len() >= limit;
        best.truncate(limit.saturating_sub(1));
        let mut highlighter = request.highlights.then(|| self.highlighter(&typed));
        let before = after.map_or(0, |mark| mark.rank);
        let hits = (before.saturating_add(1)..)
            .zip(best)
            .map(|(rank, (place, address))| {
                let mark = Mark { place, rank, epoch };
                self.hit(mark.to_cursor(request.sort), address, highlighter.as_mut())
            });
        Ok(Found {
            hits: hits.collect::<Result<_, _>>()?,
            total: tally.total,
            has_next_page,
            facets: request
                .facets
                .then(|| Facets::of(&tally, &plan, &self.dictionary)),
            corrections: corrections(typed),
        })
    }

    pub(super) fn vocabulary(&self) -> Vocabulary<'_> {
        Vocabulary {
            searcher: &self.searcher,
            fields: &self.fields,
            languages: &self.languages,
            stems: analysis::stems(&self.languages),
            words: analysis::words(),
        }
    }

    /// The product of a document. It is read from the store, so this is for the products of a page.
    pub(super) fn card(&self, address: DocAddress) -> Result<Option<Box<ProductCard>>, TantivyError> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        match self.fields.card(&document)? {
            Card::Product(product) => Ok(Some(product)),
            Card::Units(_) => Ok(None),
        }
    }

    /// Looks at every product that a query finds, and says which numbers scores were made with.
    fn pass(&self, query: &dyn Query, plan: &Plan, tally: &mut Tally<'_>) -> Result<u64, TantivyError> {
        let statistics = RoundedStatistics::new(&self.searcher);
        let scoring = if plan.scored {
            EnableScoring::enabled_from_statistics_provider(&statistics, &self.searcher)
        } else {
            EnableScoring::disabled_from_searcher(&self.searcher)
        };
        let weight = query.weight(scoring)?;
        let epoch = statistics.epoch();
        tally.begin_epoch(epoch);
        for (ordinal, (segment, rows)) in self.segments() {
            let pass = Pass::new(plan, ordinal, rows, segment)?;
            let alive = segment.alive_bitset();
            let is_alive = |document| alive.is_none_or(|alive| alive.is_alive(document));
            if plan.scored {
                weight.for_each(segment, &mut |document, score| {
                    if is_alive(document) {
                        tally.take(&pass, document, score);
                    }
                })?;
            } else {
                weight.for_each_no_score(segment, &mut |documents| {
                    for document in documents.iter().filter(|document| is_alive(**document)) {
                        tally.take(&pass, *document, 0.0);
                    }
                })?;
            }
        }
        Ok(epoch)
    }

    /// Looks at every product.
    fn pass_over_all(&self, plan: &Plan, tally: &mut Tally<'_>) -> Result<(), TantivyError> {
        for (ordinal, (segment, rows)) in self.segments() {
            let pass = Pass::new(plan, ordinal, rows, segment)?;
            let alive = segment.alive_bitset();
            for document in 0..rows.len() {
                if alive.is_none_or(|alive| alive.is_alive(document)) {
                    tally.take(&pass, document, 0.0);
                }
            }
        }
        Ok(())
    }

    pub(super) fn segments(
        &self,
    ) -> impl Iterator<Item = (SegmentOrdinal, (&tantivy::SegmentReader, &Arc<Rows>))> {
        (0..).zip(self.searcher.segment_readers().iter().zip(&self.rows))
    }

    /// The whole text as a SKU, if a product has it.
    fn find_sku(&self, text: &str) -> Result<Option<Term>, TantivyError> {
        let term = Term::from_field_text(self.fields.sku_text, &text.trim().to_lowercase());
        Ok((words::living(&self.searcher, &term, 1)? > 0).then_some(term))
    }

    fn highlighter(&self, typed: &[Typed]) -> Highlighter {
        let near = typed.iter().flat_map(|typed| &typed.near).map(|near| &near.stem);
        let stems: HashSet<String> = typed
            .iter()
            .map(|typed| &typed.stem)
            .chain(near)
            .cloned()
            .collect();
        Highlighter {
            stems,
            analyzer: analysis::stems(&self.languages),
        }
    }

    fn product_id(&self, address: DocAddress) -> Result<ProductId, TantivyError> {
        let ordinal = usize::try_from(address.segment_ord).unwrap_or(usize::MAX);
        let rows = self.rows.get(ordinal);
        let id = rows.and_then(|rows| rows.product_id(address.doc_id));
        id.ok_or_else(|| TantivyError::SystemError("a product has no identifier".to_owned()))
    }

    fn hit(
        &self,
        cursor: Cursor,
        address: DocAddress,
        highlighter: Option<&mut Highlighter>,
    ) -> Result<Hit, TantivyError> {
        let highlights = match highlighter {
            Some(highlighter) => self.card(address)?.map(|product| Highlights {
                name: highlighter.whole(&product.name),
                description: product.description.map(|text| highlighter.excerpt(&text)),
            }),
            None => None,
        };
        Ok(Hit {
            cursor,
            product_id: self.product_id(address)?,
            highlights,
        })
    }
}

/// What was searched for instead of words that no product has.
fn corrections(typed: Vec<Typed>) -> Vec<Correction> {
    let unknown = typed.into_iter().filter(|typed| !typed.is_known);
    let correction = |typed: Typed| {
        let meant = typed.near.into_iter().next()?.word;
        // The beginning of a word is no error.
        (!meant.starts_with(&typed.word)).then_some(Correction {
            typed: typed.word,
            meant,
        })
    };
    unknown.filter_map(correction).collect()
}
