//! `stock`.

use async_graphql::{Context, Object};

use crate::{
    argument::parse,
    error::Result,
    freshness::Source,
    limits::ROOT_COST,
    reading::Reading,
    types::{Position, Stock},
};

/// The part of the root that is about stock.
#[derive(Default)]
pub(crate) struct StockQuery;

#[Object]
impl StockQuery {
    /// How many units of a SKU there are; null when there never were any.
    #[graphql(complexity = "ROOT_COST + child_complexity")]
    async fn stock(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The SKU.")] sku: String,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Stock>> {
        let sku = parse("sku", &sku)?;
        let reading = Reading::at_root(ctx, at_least_position, &[Source::StockLevels]).await?;
        Ok(reading.loaders.stocks.load_one(sku).await?.map(Stock))
    }
}
