//! `LowestPrice`.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use projections::price_history;

use super::Money;
use crate::{
    argument::parse,
    error::{QueryError, Result},
    reading::Reading,
};

/// The days that are looked at when nobody says how many: those that a shop has to show (Directive
/// 98/6/EC, article 6a).
const DAYS: i32 = 30;

/// The most days that are looked at.
const MAX_DAYS: i32 = 365;

/// The lowest price of one unit within some days.
#[derive(SimpleObject)]
pub(crate) struct LowestPrice {
    /// The lowest price that held at any moment of these days, tax included.
    price: Money,
    /// When that price was set; before these days if it held already when they began.
    since: DateTime<Utc>,
}

impl LowestPrice {
    /// The lowest price of a SKU in the days before now, as arguments ask for it.
    pub(crate) async fn find(
        reading: &Reading,
        sku: projections::value::Sku,
        currency: &str,
        days: Option<i32>,
    ) -> Result<Option<Self>> {
        let currency = parse("currency", currency)?;
        let days = days.unwrap_or(DAYS);
        let Some(days) = u32::try_from(days)
            .ok()
            .filter(|_| (1..=MAX_DAYS).contains(&days))
        else {
            return Err(QueryError::invalid(
                "days",
                format!("must be between 1 and {MAX_DAYS}"),
            ));
        };
        let lowest = reading
            .loaders
            .lowest_prices
            .load_one((sku, currency, days))
            .await?;
        Ok(lowest.map(Self::from))
    }
}

impl From<price_history::LowestPrice> for LowestPrice {
    fn from(lowest: price_history::LowestPrice) -> Self {
        Self {
            price: Money::from(lowest.price),
            since: lowest.since,
        }
    }
}
