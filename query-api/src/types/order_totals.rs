//! What a list of orders says beside its orders.

use async_graphql::{Context, Object};
use projections::orders::OrderFilter;

use super::Units;
use crate::{error::Result, limits::ROOT_COST, reading::Reading};

/// The totals of a list of orders, counted when they are asked for.
pub(crate) struct OrderTotals(pub(crate) OrderFilter);

#[Object]
impl OrderTotals {
    /// How many orders the list has on all its pages: exact up to 10000, null when there are more.
    #[graphql(complexity = "ROOT_COST")]
    async fn total_count(&self, ctx: &Context<'_>) -> Result<Option<Units>> {
        let reading = Reading::find(ctx)?;
        Ok(reading.read_models.orders().count(&self.0).await?.map(Units))
    }
}
