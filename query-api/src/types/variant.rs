//! `Variant`.

use async_graphql::{Context, Object};
use projections::{products::ProductVariant, value::Currency};

use super::{LowestPrice, Money, PastPrice, Price, Stock};
use crate::{
    argument::parse,
    connection::{Connection, Paging},
    error::Result,
    freshness::Source,
    limits::page_cost,
    reading::Reading,
};

/// A variant of a product.
pub(crate) struct Variant(pub(crate) ProductVariant);

/// What a customer puts into the cart: one SKU, with prices of its own.
#[Object]
impl Variant {
    /// The SKU, unique in the shop.
    async fn sku(&self) -> &str {
        self.0.sku.as_str()
    }

    /// What sets it apart from the other variants, such as `XL, blue`.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Today's prices, one for each currency.
    async fn prices(&self) -> Vec<Price> {
        self.0.prices.iter().map(Price::from).collect()
    }

    /// Today's price of one unit in one currency, tax included; null when it is not sold for that.
    async fn price(
        &self,
        #[graphql(desc = "The currency, as three letters of ISO 4217.")] currency: String,
    ) -> Result<Option<Money>> {
        let currency: Currency = parse("currency", &currency)?;
        let found = self
            .0
            .prices
            .iter()
            .find(|price| price.price.currency == currency);
        Ok(found.map(|price| Money::from(price.price)))
    }

    /// The lowest price that it had in a currency within the last days, which a shop has to show beside a
    /// reduced price; null when it had none.
    async fn lowest_price(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The currency, as three letters of ISO 4217.")] currency: String,
        #[graphql(desc = "How many days before now, from 1 to 365; 30 if absent.")] days: Option<i32>,
    ) -> Result<Option<LowestPrice>> {
        let reading = Reading::below(ctx, Source::PriceHistory).await?;
        LowestPrice::find(reading, self.0.sku.clone(), &currency, days).await
    }

    /// Every price that it had in a currency, newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn price_history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The currency, as three letters of ISO 4217.")] currency: String,
        #[graphql(desc = "How many, from 1 to 100; 20 if absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
    ) -> Result<Connection<PastPrice>> {
        let (sku, currency): (_, Currency) = (&self.0.sku, parse("currency", &currency)?);
        let paging = Paging::new("priceHistory", &(sku, currency), first, after)?;
        let reading = Reading::below(ctx, Source::PriceHistory).await?;
        let prices = reading.read_models.price_history();
        let prices = prices.prices(sku, currency, &paging.request).await?;
        Ok(paging.connection(prices))
    }

    /// How many units there are; null when there never were any.
    async fn stock(&self, ctx: &Context<'_>) -> Result<Option<Stock>> {
        let reading = Reading::below(ctx, Source::StockLevels).await?;
        Ok(reading
            .loaders
            .stocks
            .load_one(self.0.sku.clone())
            .await?
            .map(Stock))
    }
}
