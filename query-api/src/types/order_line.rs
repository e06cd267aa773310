//! `OrderLine`.

use async_graphql::{Context, Object};
use projections::orders;

use super::{Money, Product, Units};
use crate::{error::Result, freshness::Source, reading::Reading};

/// A line of an order.
pub(crate) struct OrderLine(pub(crate) orders::OrderLine);

/// Some units of one SKU, with the name and the price of the moment when the order was placed.
#[Object]
impl OrderLine {
    /// Counts the lines from 1.
    async fn number(&self) -> i32 {
        i32::from(self.0.line)
    }

    /// What was bought.
    async fn sku(&self) -> &str {
        self.0.sku.as_str()
    }

    /// Its name as the customer read it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// How many.
    async fn quantity(&self) -> Units {
        Units(self.0.quantity)
    }

    /// The price of one, tax included.
    async fn unit_price(&self) -> Money {
        Money::from(self.0.unit_price)
    }

    /// The tax that is contained in the price, in basis points: 1900 is 19 %.
    async fn tax_rate_bp(&self) -> i32 {
        self.0.tax_rate_bp
    }

    /// The product as it is today; null when it is not known yet.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Product>> {
        let reading = Reading::below(ctx, Source::Products).await?;
        Ok(reading
            .loaders
            .products
            .load_one(self.0.product_id)
            .await?
            .map(Product))
    }
}
