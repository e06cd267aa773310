//! `Variant`.

use async_graphql::{Context, Object};
use projections::{products::ProductVariant, value::Currency};

use super::{Money, Price, Stock};
use crate::{argument::parse, error::Result, freshness::Source, reading::Reading};

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
        Ok(found.map(|price| Money(price.price)))
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
