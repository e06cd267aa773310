//! Events into counts, in memory.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Event, order::OrderEvent};
use uuid::Uuid;

use crate::recorded::{EventError, Recorded};

/// How many different products of an order are paired. An order of more is one of a reseller: it says
/// little about taste, and its pairs grow with the square.
const MAX_PRODUCTS: usize = 20;

/// In how many orders of a batch products stand, alone and beside each other.
#[derive(Debug, Default)]
pub struct RecommendationsBatch {
    pub(super) products: BTreeMap<Uuid, i64>,
    pub(super) pairs: BTreeMap<(Uuid, Uuid), i64>,
}

impl RecommendationsBatch {
    pub(super) fn apply(&mut self, recorded: &Recorded) -> Result<(), EventError> {
        let Event::Order(OrderEvent::Placed { lines, .. }) = &recorded.event else {
            return Ok(());
        };
        let products: BTreeSet<Uuid> = lines.iter().map(|line| line.product_id.uuid()).collect();
        let products: Vec<Uuid> = products.into_iter().take(MAX_PRODUCTS).collect();
        for product in &products {
            *self.products.entry(*product).or_default() += 1;
            for other in products.iter().filter(|other| *other != product) {
                *self.pairs.entry((*product, *other)).or_default() += 1;
            }
        }
        Ok(())
    }
}
