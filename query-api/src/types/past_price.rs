//! `PastPrice`.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use projections::price_history;

use super::{Money, Position};

/// A price of one unit, and since when it held.
#[derive(SimpleObject)]
pub(crate) struct PastPrice {
    /// The price, tax included.
    price: Money,
    /// When it was set. It held until the next one was.
    since: DateTime<Utc>,
    /// The event that set it.
    position: Position,
}

impl From<price_history::PastPrice> for PastPrice {
    fn from(price: price_history::PastPrice) -> Self {
        Self {
            price: Money::from(price.price),
            since: price.since,
            position: Position(price.position),
        }
    }
}
