//! Events into rows, in memory.

// A new event must be decided on here: `_` would be worth nothing in silence.
#![deny(clippy::wildcard_enum_match_arm)]

use domain::{Event, product::ProductEvent, value::ProductId};

use crate::{
    copy::CopyRows,
    recorded::{EventError, Recorded},
};

/// The prices that a batch of events set.
#[derive(Debug, Default)]
pub struct PriceHistoryBatch {
    pub(super) prices: CopyRows,
}

impl PriceHistoryBatch {
    pub(super) fn apply(&mut self, recorded: &Recorded) -> Result<(), EventError> {
        if let Event::Product(ProductEvent::PriceSet { sku, price }) = &recorded.event {
            let product_id: ProductId = recorded.id()?;
            self.prices.push(&[
                &sku.as_str(),
                &price.currency.code(),
                &recorded.envelope.position,
                &product_id.uuid(),
                &price.amount,
                &recorded.envelope.recorded_at,
            ]);
        }
        Ok(())
    }
}
