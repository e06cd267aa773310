//! `Price`.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};

use super::Money;

/// Today's price of one unit in one currency.
#[derive(SimpleObject)]
pub(crate) struct Price {
    /// The price, tax included.
    price: Money,
    /// Since when.
    since: DateTime<Utc>,
}

impl From<&projections::products::Price> for Price {
    fn from(price: &projections::products::Price) -> Self {
        Self {
            price: Money::from(price.price),
            since: price.since,
        }
    }
}
