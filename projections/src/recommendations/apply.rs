//! Events into counts, in memory.

// A new event must be decided on here: `_` would be worth nothing in silence.
#![deny(clippy::wildcard_enum_match_arm)]

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{Event, order::OrderEvent};
use uuid::Uuid;

use crate::recorded::{EventError, Recorded};

/// In how many orders of a batch products stand, alone and beside each other.
#[derive(Debug, Default)]
pub struct RecommendationsBatch {
    pub(super) products: BTreeMap<Uuid, i64>,
    /// The lower id first. An order of the most lines that it may have makes some 20,000 of them.
    pub(super) pairs: HashMap<(Uuid, Uuid), i64>,
}

impl RecommendationsBatch {
    pub(super) fn apply(&mut self, recorded: &Recorded) -> Result<(), EventError> {
        let Event::Order(OrderEvent::Placed { lines, .. }) = &recorded.event else {
            return Ok(());
        };
        // Each product once and in order, so that each pair is met once, the lower id first.
        let products: BTreeSet<Uuid> = lines.iter().map(|line| line.product_id.uuid()).collect();
        let products: Vec<Uuid> = products.into_iter().collect();
        for (index, product) in products.iter().enumerate() {
            *self.products.entry(*product).or_default() += 1;
            for other in products.iter().skip(index + 1) {
                *self.pairs.entry((*product, *other)).or_default() += 1;
            }
        }
        Ok(())
    }
}
