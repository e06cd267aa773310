//! One pass over all products that have the words: choosing those of the page, and counting facets.
//!
//! The counts of a facet are of what would be found without the condition on it: whoever chose one colour
//! still sees how many there are of each other. So a product that fails one condition alone counts for
//! the facet of that condition, and one that fails two counts for nothing.

use std::{cmp::Reverse, collections::BinaryHeap};

use tantivy::{DocAddress, DocId, SegmentOrdinal, SegmentReader, TantivyError};

use super::{
    cursor::Place,
    dictionary::{self, Dictionary, GroupId},
    names::Names,
    plan::Plan,
    price_ranges::PriceCounts,
    prices::Prices,
    request::Sort,
    rows::{Row, Rows, SetId},
};

/// A page that begins after a rank costs memory for all before it, so there is a limit.
const MAX_RANK: usize = 10_000;

/// How many products are looked at together. What is read of them lies far apart in memory, and a processor waits
/// for many places at once as long as nothing else comes between.
const BLOCK: usize = 128;

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
    /// Products that wait to be taken in, and those of them that were found to exist.
    waiting: Vec<(DocId, f32)>,
    matches: Vec<Match>,
    /// Whose facet values are to be counted.
    counted: Vec<SetId>,
    /// What may be of the page, with what its place begins with.
    ranked: Vec<(u64, DocId)>,
    placed: Vec<(Place, DocAddress)>,
    best: BinaryHeap<Reverse<(Place, DocAddress)>>,
    /// The best by name, of the segments that were looked at.
    named: Vec<Ranked>,
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

/// A product that has the words, with what is looked at of it.
struct Match {
    document: DocId,
    score: f32,
    row: Row,
    price: Option<i64>,
}

/// A product of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ranked {
    pub(super) place: Place,
    pub(super) address: DocAddress,
    /// As it is sorted, in a list by name; empty in others.
    pub(super) name: String,
}

/// One segment during a pass.
pub(super) struct Pass<'segment> {
    ordinal: SegmentOrdinal,
    rows: &'segment Rows,
    prices: Prices,
    names: Option<Names>,
}

impl<'segment> Pass<'segment> {
    pub(super) fn new(
        plan: &Plan,
        ordinal: SegmentOrdinal,
        rows: &'segment Rows,
        segment: &SegmentReader,
    ) -> Result<Self, TantivyError> {
        let names = match plan.sort {
            Sort::Name => Names::open(segment)?,
            _ => None,
        };
        Ok(Self {
            ordinal,
            rows,
            prices: Prices::open(plan, segment)?,
            names,
        })
    }
}

impl<'search> Tally<'search> {
    pub(super) fn new(plan: &'search Plan, dictionary: &'search Dictionary) -> Self {
        let counters = if plan.facets { dictionary.len() } else { 0 };
        Self {
            plan,
            dictionary,
            waiting: Vec::with_capacity(BLOCK),
            matches: Vec::with_capacity(BLOCK),
            counted: Vec::with_capacity(BLOCK),
            ranked: Vec::with_capacity(BLOCK),
            placed: Vec::with_capacity(BLOCK),
            best: BinaryHeap::with_capacity(plan.limit.saturating_add(1)),
            named: Vec::new(),
            after: plan
                .after
                .as_ref()
                .map_or(After::Nothing, |mark| After::Place(mark.place)),
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
        if let Some(mark) = self.plan.after.as_ref().filter(|mark| mark.epoch != epoch) {
            let rank = usize::try_from(mark.rank).unwrap_or(usize::MAX);
            self.after = After::Rank(rank.min(MAX_RANK));
        }
    }

    /// Takes in a product that has the words, at the latest when the segment ends.
    pub(super) fn take(&mut self, pass: &Pass<'_>, document: DocId, score: f32) {
        self.waiting.push((document, score));
        if self.waiting.len() >= BLOCK {
            self.take_waiting(pass);
        }
    }

    fn take_waiting(&mut self, pass: &Pass<'_>) {
        let mut matches = std::mem::take(&mut self.matches);
        for (document, score) in self.waiting.drain(..) {
            if let Some(row) = pass.rows.product(document) {
                matches.push(Match {
                    document,
                    score,
                    row,
                    price: None,
                });
            }
        }
        let of_stock = self.plan.in_stock == Some(true);
        for found in &mut matches {
            found.price = pass.prices.price(found.document, of_stock);
        }
        for found in &matches {
            self.take_one(pass, found);
        }
        matches.clear();
        self.matches = matches;
        self.rank(pass);
        let mut counted = std::mem::take(&mut self.counted);
        for set in counted.drain(..) {
            for value in pass.rows.values(set) {
                self.count(*value);
            }
        }
        self.counted = counted;
    }

    fn take_one(&mut self, pass: &Pass<'_>, found: &Match) {
        let Match {
            document,
            score,
            row,
            price,
        } = *found;
        let in_stock = row.in_stock();
        self.seen += 1;
        // Conditions on facets are few, and most products meet them.
        let mut failed = None;
        for choice in &self.plan.choices {
            if !choice.admits(pass.rows, row.set()) {
                if failed.is_some() || !self.plan.facets {
                    return;
                }
                failed = Some(choice.group);
            }
        }
        let has_price = self.has_price(price);
        let has_stock = self.plan.in_stock.is_none_or(|wanted| in_stock == wanted);
        if failed.is_none() && has_price && has_stock {
            self.total += 1;
            let key = match &pass.names {
                Some(names) => names.key(document),
                None => self.plan.key(pass.rows, document, price, score),
            };
            // Most are not of the page, and most of these by their key alone.
            if self.worst().is_none_or(|worst| key >= worst.key) {
                self.ranked.push((key, document));
            }
        }
        if !self.plan.facets {
            return;
        }
        match failed {
            Some(group) if has_price && has_stock => self.count_group(pass.rows, row.set(), group),
            Some(_) => {}
            None => {
                if has_price && has_stock {
                    self.counted.push(row.set());
                }
                if has_stock {
                    self.prices.count(price);
                }
                // Each choice of stock has its own prices: those of what could be had then.
                if self.plan.price.is_none() || self.has_price(pass.prices.price(document, in_stock)) {
                    self.count_stock(in_stock);
                }
            }
        }
    }

    /// A segment begins: a list by name has places of its own in each.
    pub(super) fn begin_segment(&mut self, pass: &Pass<'_>) -> Result<(), TantivyError> {
        if let (Some(names), Some(mark)) = (&pass.names, &self.plan.after) {
            self.after = After::Place(names.place_of(&mark.name, mark.place.created)?);
        }
        Ok(())
    }

    /// A segment ends: from here on names are compared.
    pub(super) fn end_segment(&mut self, pass: &Pass<'_>) -> Result<(), TantivyError> {
        self.take_waiting(pass);
        let Some(names) = &pass.names else { return Ok(()) };
        for Reverse((place, address)) in std::mem::take(&mut self.best) {
            let name = names.name(place)?;
            self.named.push(Ranked { place, address, name });
        }
        self.named
            .sort_unstable_by(|a, b| a.name.cmp(&b.name).then(b.place.created.cmp(&a.place.created)));
        self.named.truncate(self.plan.limit);
        Ok(())
    }

    /// The best of those after the cursor, in order.
    pub(super) fn best(&mut self) -> Vec<Ranked> {
        if self.plan.sort == Sort::Name {
            return std::mem::take(&mut self.named);
        }
        let mut best: Vec<_> = std::mem::take(&mut self.best)
            .into_iter()
            .map(|Reverse(ranked)| ranked)
            .collect();
        best.sort_unstable_by_key(|(place, _)| Reverse(*place));
        if let After::Rank(rank) = self.after {
            best.drain(..rank.min(best.len()));
        }
        let ranked = best.into_iter().map(|(place, address)| Ranked {
            place,
            address,
            name: String::new(),
        });
        ranked.collect()
    }

    fn has_price(&self, price: Option<i64>) -> bool {
        let within = |(lowest, highest)| price.is_some_and(|price| (lowest..=highest).contains(&price));
        self.plan.price.is_none_or(within)
    }

    /// How many of the best are kept.
    fn kept(&self) -> usize {
        match self.after {
            After::Nothing | After::Place(_) => self.plan.limit,
            After::Rank(rank) => self.plan.limit.saturating_add(rank),
        }
    }

    /// The last of the best, if there are so many that another one would push it out.
    fn worst(&self) -> Option<Place> {
        let full = self.best.len() >= self.kept();
        let worst = self.best.peek().filter(|_| full);
        worst.map(|Reverse((place, _))| *place)
    }

    /// Keeps the best of those that may be.
    fn rank(&mut self, pass: &Pass<'_>) {
        let mut placed = std::mem::take(&mut self.placed);
        placed.extend(self.ranked.drain(..).map(|(key, document)| {
            let created = pass.rows.created(document);
            (Place { key, created }, DocAddress::new(pass.ordinal, document))
        }));
        for (place, address) in placed.drain(..) {
            let is_before = matches!(self.after, After::Place(after) if place >= after);
            let worst = self.worst();
            if is_before || worst.is_some_and(|worst| place < worst) {
                continue;
            }
            self.best.push(Reverse((place, address)));
            if worst.is_some() {
                self.best.pop();
            }
        }
        self.placed = placed;
    }

    fn count(&mut self, value: u32) {
        if let Some(count) = self.counts.get_mut(dictionary::index(value)) {
            *count += 1;
        }
    }

    fn count_group(&mut self, rows: &Rows, set: SetId, group: GroupId) {
        for value in rows.values(set) {
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
