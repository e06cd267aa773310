//! One pass over all products that have the words: choosing those of the page, and counting facets.
//!
//! The counts of a facet are of what would be found without the condition on it: whoever chose one colour
//! still sees how many there are of each other. So a product that fails one condition alone counts for
//! the facet of that condition, and one that fails two counts for nothing.

use std::{cmp::Reverse, collections::BinaryHeap};

use tantivy::{DocAddress, DocId, SegmentOrdinal, SegmentReader, TantivyError, columnar::Column};

use super::{
    cursor::Place,
    dictionary::{self, Dictionary, GroupId},
    index::PRICES,
    plan::{self, Condition, Plan},
    price_ranges::PriceCounts,
    rows::Rows,
};

/// A page that begins after a rank costs memory for all before it, so there is a limit.
const MAX_RANK: usize = 10_000;

/// Where the page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    Nothing,
    Place(Place),
    /// So many of the best are not of the page.
    Rank(usize),
}

/// What a pass has found so far.
pub(super) struct Tally<'search> {
    plan: &'search Plan,
    dictionary: &'search Dictionary,
    best: BinaryHeap<Reverse<(Place, DocAddress)>>,
    after: After,
    /// How many have the words, whatever the filter says.
    pub(super) seen: u64,
    pub(super) total: u64,
    /// By facet value.
    pub(super) counts: Vec<u32>,
    pub(super) in_stock: u64,
    pub(super) out_of_stock: u64,
    pub(super) prices: PriceCounts,
}

/// One segment during a pass.
pub(super) struct Pass<'segment> {
    ordinal: SegmentOrdinal,
    rows: &'segment Rows,
    prices: Option<Column<i64>>,
}

impl<'segment> Pass<'segment> {
    pub(super) fn new(
        plan: &Plan,
        ordinal: SegmentOrdinal,
        rows: &'segment Rows,
        segment: &SegmentReader,
    ) -> Result<Self, TantivyError> {
        // A segment in which no product has a price in the currency has no such column.
        let prices = match plan.currency {
            Some(currency) => segment
                .fast_fields()
                .column_opt::<i64>(&format!("{PRICES}.{}", currency.code()))?,
            None => None,
        };
        Ok(Self {
            ordinal,
            rows,
            prices,
        })
    }
}

impl<'search> Tally<'search> {
    pub(super) fn new(plan: &'search Plan, dictionary: &'search Dictionary) -> Self {
        let counters = if plan.facets { dictionary.len() } else { 0 };
        Self {
            plan,
            dictionary,
            best: BinaryHeap::with_capacity(plan.limit.saturating_add(1)),
            after: plan.after.map_or(After::Nothing, |mark| After::Place(mark.place)),
            seen: 0,
            total: 0,
            counts: vec![0; counters],
            in_stock: 0,
            out_of_stock: 0,
            prices: PriceCounts::default(),
        }
    }

    /// Scores are made with these numbers. If the cursor was made with others, its place is one of another
    /// list, and only its rank counts; one that is too far down for that begins at the end.
    pub(super) fn begin_epoch(&mut self, epoch: u64) {
        if let Some(mark) = self.plan.after.filter(|mark| mark.epoch != epoch) {
            let rank = usize::try_from(mark.rank).unwrap_or(usize::MAX);
            self.after = After::Rank(rank.min(MAX_RANK));
        }
    }

    /// Takes in a product that has the words.
    pub(super) fn take(&mut self, pass: &Pass<'_>, document: DocId, score: f32) {
        let Some(row) = pass.rows.product(document) else {
            return;
        };
        self.seen += 1;
        let price = plan::price(pass.prices.as_ref(), document);
        let mut failed = None;
        for condition in &self.plan.conditions {
            if !condition.admits(pass.rows, document, row, price) {
                if failed.is_some() || !self.plan.facets {
                    return;
                }
                failed = Some(condition);
            }
        }
        match failed {
            None => {
                self.total += 1;
                let place = self.plan.place(row, price, score);
                self.rank(place, DocAddress::new(pass.ordinal, document));
                if self.plan.facets {
                    for value in pass.rows.values(document) {
                        self.count(*value);
                    }
                    self.count_stock(row.in_stock);
                    self.prices.count(price);
                }
            }
            Some(Condition::AnyOf { group, .. }) => self.count_group(pass.rows, document, *group),
            Some(Condition::Price { .. }) => self.prices.count(price),
            Some(Condition::InStock(_)) => self.count_stock(row.in_stock),
        }
    }

    /// The best of those after the cursor, in order.
    pub(super) fn best(&mut self) -> Vec<(Place, DocAddress)> {
        let mut best: Vec<_> = std::mem::take(&mut self.best)
            .into_iter()
            .map(|Reverse(ranked)| ranked)
            .collect();
        best.sort_unstable_by_key(|(place, _)| Reverse(*place));
        if let After::Rank(rank) = self.after {
            best.drain(..rank.min(best.len()));
        }
        best
    }

    fn rank(&mut self, place: Place, address: DocAddress) {
        let limit = match self.after {
            After::Place(after) if place >= after => return,
            After::Nothing | After::Place(_) => self.plan.limit,
            After::Rank(rank) => self.plan.limit.saturating_add(rank),
        };
        let full = self.best.len() >= limit;
        if full && self.best.peek().is_some_and(|Reverse((worst, _))| place < *worst) {
            return;
        }
        self.best.push(Reverse((place, address)));
        if full {
            self.best.pop();
        }
    }

    fn count(&mut self, value: u32) {
        if let Some(count) = self.counts.get_mut(dictionary::index(value)) {
            *count += 1;
        }
    }

    fn count_group(&mut self, rows: &Rows, document: DocId, group: GroupId) {
        for value in rows.values(document) {
            if self.dictionary.group(*value) == group {
                self.count(*value);
            }
        }
    }

    fn count_stock(&mut self, in_stock: bool) {
        if in_stock {
            self.in_stock += 1;
        } else {
            self.out_of_stock += 1;
        }
    }
}
