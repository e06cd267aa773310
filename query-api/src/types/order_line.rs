//! `OrderLine`.

use async_graphql::{Context, Object};
use projections::{orders, value::Position};

use super::{Money, Product, Units};
use crate::{error::Result, freshness::Source, reading::Reading};

/// A line of an order.
pub(crate) struct OrderLine {
    pub(crate) row: orders::OrderLine,
    /// The last event that counts for what is shown.
    pub(crate) up_to: Position,
}

/// Some units of one SKU, with the name and the price of the moment when the order was placed.
#[Object]
impl OrderLine {
    /// Counts the lines from 1.
    async fn number(&self) -> i32 {
        i32::from(self.row.line)
    }

    /// What was bought.
    async fn sku(&self) -> &str {
        self.row.sku.as_str()
    }

    /// Its name as the customer read it.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// How many.
    async fn quantity(&self) -> Units {
        Units(self.row.quantity)
    }

    /// How many of them came back. Of a SKU on several lines those of the first line come back first.
    async fn returned_quantity(&self, ctx: &Context<'_>) -> Result<Units> {
        let reading = Reading::below(ctx, Source::Orders).await?;
        let key = (self.row.order_id, self.up_to);
        let units = reading.loaders.returned_units.load_one(key).await?;
        let units = units.and_then(|units| units.get(&self.row.sku).copied());
        Ok(Units(self.row.returned(units.unwrap_or_default())))
    }

    /// The price of one, tax included.
    async fn unit_price(&self) -> Money {
        Money::from(self.row.unit_price)
    }

    /// The tax that is contained in the price, in basis points: 1900 is 19 %.
    async fn tax_rate_bp(&self) -> i32 {
        self.row.tax_rate_bp
    }

    /// The product as it is today; null when it is not known yet.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Product>> {
        let reading = Reading::below(ctx, Source::Products).await?;
        Ok(reading
            .loaders
            .products
            .load_one(self.row.product_id)
            .await?
            .map(Product))
    }
}
