//! The index as one commit left it, and all that a search needs to read it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use domain::value::ProductId;
use tantivy::{
    DocAddress, Searcher, SegmentOrdinal, TantivyError,
    index::SegmentId,
    query::{EnableScoring, Query},
    schema::TantivyDocument,
};

use super::{
    card::{Card, ProductCard},
    dictionary::Dictionary,
    highlight::{Highlighter, Highlights},
    index::Fields,
    language::SearchLanguages,
    plan::Plan,
    request::Hit,
    rows::Rows,
    statistics::RoundedStatistics,
    tally::{Pass, Tally},
    tokenizer::Forms,
    words::Vocabulary,
};
use crate::reading::Cursor;

/// As many as search at once on large machines; each remembers the forms of some thousand words.
const MAX_POOLED: usize = 16;

/// The index as one commit left it.
pub(super) struct Snapshot {
    pub(super) searcher: Searcher,
    pub(super) fields: Fields,
    pub(super) languages: SearchLanguages,
    /// One for each segment, in the same order.
    pub(super) rows: Vec<Arc<Rows>>,
    pub(super) dictionary: Arc<Dictionary>,
    /// Forms of words, for those who search.
    forms: Arc<Mutex<Vec<Forms>>>,
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
        let forms = before.map(|before| Arc::clone(&before.forms)).unwrap_or_default();
        Ok(Self {
            searcher,
            fields,
            languages,
            rows,
            dictionary,
            forms,
        })
    }

    /// Works with the forms of words. Those that were found are remembered for the next search.
    pub(super) fn with_vocabulary<T>(&self, work: impl FnOnce(&mut Vocabulary<'_>) -> T) -> T {
        let pooled = self.forms.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut forms = pooled.unwrap_or_else(|| Forms::stems(&self.languages));
        let done = work(&mut Vocabulary {
            searcher: &self.searcher,
            fields: &self.fields,
            languages: &self.languages,
            forms: &mut forms,
        });
        let mut pool = self.forms.lock().unwrap_or_else(PoisonError::into_inner);
        if pool.len() < MAX_POOLED {
            pool.push(forms);
        }
        done
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
    pub(super) fn pass(
        &self,
        query: &dyn Query,
        plan: &Plan,
        tally: &mut Tally<'_>,
    ) -> Result<u64, TantivyError> {
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
            tally.begin_segment(&pass)?;
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
            tally.end_segment(&pass)?;
        }
        Ok(epoch)
    }

    /// Looks at every product.
    pub(super) fn pass_over_all(&self, plan: &Plan, tally: &mut Tally<'_>) -> Result<(), TantivyError> {
        for (ordinal, (segment, rows)) in self.segments() {
            let pass = Pass::new(plan, ordinal, rows, segment)?;
            let alive = segment.alive_bitset();
            tally.begin_segment(&pass)?;
            for document in 0..rows.len() {
                if alive.is_none_or(|alive| alive.is_alive(document)) {
                    tally.take(&pass, document, 0.0);
                }
            }
            tally.end_segment(&pass)?;
        }
        Ok(())
    }

    pub(super) fn segments(
        &self,
    ) -> impl Iterator<Item = (SegmentOrdinal, (&tantivy::SegmentReader, &Arc<Rows>))> {
        (0..).zip(self.searcher.segment_readers().iter().zip(&self.rows))
    }

    fn product_id(&self, address: DocAddress) -> Result<ProductId, TantivyError> {
        let ordinal = usize::try_from(address.segment_ord).unwrap_or(usize::MAX);
        let rows = self.rows.get(ordinal);
        let id = rows.and_then(|rows| rows.product_id(address.doc_id));
        id.ok_or_else(|| TantivyError::SystemError("a product has no identifier".to_owned()))
    }

    pub(super) fn hit(
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
