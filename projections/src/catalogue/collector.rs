//! Choosing the products of one page among all that match, and counting those.
//!
//! Filters on numbers and flags are looked up in columns here, and a cursor is a place in the order: so
//! a page costs the same however far down the list it is, and memory is one page.

use std::{cmp::Reverse, collections::BinaryHeap};

use tantivy::{
    DocId, Score, SegmentOrdinal, SegmentReader, TantivyError,
    collector::{Collector, SegmentCollector},
    columnar::Column,
};
use uuid::Uuid;

use super::{
    index::{ACTIVE, AVAILABLE, CREATED, ID_HIGH, ID_LOW, PRICES},
    read::{CatalogueFilter, Sort},
};

/// A product that matches, and its place: higher keys come first, then newer products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ranked {
    pub(super) key: u64,
    pub(super) created: u64,
    pub(super) id: Uuid,
}

/// The best of what matches, and how many match.
#[derive(Debug, Default)]
pub(super) struct Ranking {
    pub(super) best: Vec<Ranked>,
    pub(super) total: u64,
}

/// Collects one page.
pub(super) struct Ranker {
    pub(super) filter: CatalogueFilter,
    pub(super) sort: Sort,
    /// Whether there is a text that scores could come from.
    pub(super) has_text: bool,
    /// The page begins after this key and time of creation.
    pub(super) after: Option<(u64, u64)>,
    pub(super) limit: usize,
}

/// Collects from one segment.
pub(super) struct SegmentRanker {
    filter: CatalogueFilter,
    sort: Sort,
    has_text: bool,
    after: Option<(u64, u64)>,
    limit: usize,
    created: Column<u64>,
    id_high: Column<u64>,
    id_low: Column<u64>,
    available: Column<u64>,
    active: Column<bool>,
    /// Absent when no product of the segment has a price in the currency.
    price: Option<Column<i64>>,
    best: BinaryHeap<Reverse<Ranked>>,
    total: u64,
}

impl Collector for Ranker {
    type Fruit = Ranking;
    type Child = SegmentRanker;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentRanker> {
        let columns = segment.fast_fields();
        let currency = self
            .sort
            .currency()
            .or(self.filter.price.map(|price| price.currency));
        let price = match currency {
            Some(currency) => columns.column_opt::<i64>(&format!("{PRICES}.{currency}"))?,
            None => None,
        };
        Ok(SegmentRanker {
            filter: self.filter.clone(),
            sort: self.sort,
            has_text: self.has_text,
            after: self.after,
            limit: self.limit,
            created: columns.u64(CREATED)?,
            id_high: columns.u64(ID_HIGH)?,
            id_low: columns.u64(ID_LOW)?,
            available: columns.u64(AVAILABLE)?,
            active: columns.bool(ACTIVE)?,
            price,
            best: BinaryHeap::new(),
            total: 0,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.has_text && self.sort == Sort::Relevance
    }

    fn merge_fruits(&self, fruits: Vec<Ranking>) -> Result<Ranking, TantivyError> {
        let total = fruits.iter().map(|fruit| fruit.total).sum();
        let mut best: Vec<Ranked> = fruits.into_iter().flat_map(|fruit| fruit.best).collect();
        best.sort_unstable_by_key(|ranked| Reverse(*ranked));
        best.truncate(self.limit);
        Ok(Ranking { best, total })
    }
}

impl SegmentCollector for SegmentRanker {
    type Fruit = Ranking;

    fn collect(&mut self, document: DocId, score: Score) {
        // The units of a SKU without a product were never created.
        let Some(created) = self.created.first(document) else {
            return;
        };
        if !self.admits(document) {
            return;
        }
        self.total += 1;
        let key = self.key(document, score);
        if self.after.is_some_and(|after| (key, created) >= after) {
            return;
        }
        let full = self.best.len() >= self.limit;
        let worst = self.best.peek().map(|Reverse(worst)| (worst.key, worst.created));
        if full && worst.is_some_and(|worst| (key, created) < worst) {
            return;
        }
        self.best.push(Reverse(Ranked {
            key,
            created,
            id: self.id(document),
        }));
        if self.best.len() > self.limit {
            self.best.pop();
        }
    }

    fn harvest(self) -> Ranking {
        Ranking {
            best: self.best.into_iter().map(|Reverse(ranked)| ranked).collect(),
            total: self.total,
        }
    }
}

impl SegmentRanker {
    fn admits(&self, document: DocId) -> bool {
        let is = |wanted: Option<bool>, actual: bool| wanted.is_none_or(|wanted| wanted == actual);
        is(
            self.filter.active,
            self.active.first(document).unwrap_or_default(),
        ) && is(
            self.filter.in_stock,
            self.available.first(document).unwrap_or_default() > 0,
        ) && self.filter.price.is_none_or(|range| {
            self.price(document).is_some_and(|price| {
                range.min.is_none_or(|min| price >= min) && range.max.is_none_or(|max| price <= max)
            })
        })
    }

    fn price(&self, document: DocId) -> Option<i64> {
        self.price.as_ref()?.first(document)
    }

    /// Higher comes first. A product without a price in the currency comes last, whichever the order.
    fn key(&self, document: DocId, score: Score) -> u64 {
        let positive = |price: i64| u64::try_from(price).unwrap_or_default();
        match self.sort {
            Sort::Newest => 0,
            // The bits of floats above zero are in the order of the floats.
            Sort::Relevance if self.has_text => u64::from(score.max(0.0).to_bits()),
            Sort::Relevance => 0,
            Sort::PriceAscending(_) => self.price(document).map_or(0, |price| u64::MAX - positive(price)),
            Sort::PriceDescending(_) => self
                .price(document)
                .map_or(0, |price| positive(price).saturating_add(1)),
        }
    }

    fn id(&self, document: DocId) -> Uuid {
        let half = |column: &Column<u64>| column.first(document).unwrap_or_default();
        Uuid::from_u64_pair(half(&self.id_high), half(&self.id_low))
    }
}
