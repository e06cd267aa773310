//! `priceHistory` and `lowestPrice`.

use async_graphql::{Context, Object};
use projections::value::{Currency, Sku};

use crate::{
    argument::parse,
    connection::{Connection, Paging},
    error::Result,
    freshness::Source,
    limits::{ROOT_COST, page_cost},
    reading::Reading,
    types::{LowestPrice, PastPrice, Position},
};

/// The part of the root that is about prices of the past.
#[derive(Default)]
pub(crate) struct PriceQuery;

#[Object]
impl PriceQuery {
    /// Every price that a SKU had in a currency, newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn price_history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The SKU.")] sku: String,
        #[graphql(desc = "The currency, as three letters of ISO 4217.")] currency: String,
        #[graphql(desc = "How many, from 1 to 100; 20 if absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Connection<PastPrice>>> {
        let (sku, currency): (Sku, Currency) = (parse("sku", &sku)?, parse("currency", &currency)?);
        let paging = Paging::new("priceHistory", &(&sku, currency), first, after)?;
        let reading = Reading::at_root(ctx, at_least_position, &[Source::PriceHistory]).await?;
        let prices = reading.read_models.price_history();
        let prices = prices.prices(&sku, currency, &paging.request).await?;
        Ok(Some(paging.connection(prices)))
    }

    /// The lowest price that a SKU had in a currency within the last days, which a shop has to show beside
    /// a reduced price; null when it had none.
    #[graphql(complexity = "ROOT_COST + child_complexity")]
    async fn lowest_price(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The SKU.")] sku: String,
        #[graphql(desc = "The currency, as three letters of ISO 4217.")] currency: String,
        #[graphql(desc = "How many days before now, from 1 to 365; 30 if absent.")] days: Option<i32>,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<LowestPrice>> {
        let sku = parse("sku", &sku)?;
        let reading = Reading::at_root(ctx, at_least_position, &[Source::PriceHistory]).await?;
        LowestPrice::find(reading, sku, &currency, days).await
    }
}
