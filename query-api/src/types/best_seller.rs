//! `BestSeller`.

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use projections::{sales, value::ProductId};

use super::{Money, Product, Units};
use crate::{error::Result, freshness::Source, reading::Reading};

/// What was sold of a product in some days and in one currency.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct BestSeller {
    #[graphql(skip)]
    id: ProductId,
    /// The product's name of today; empty if it was never listed.
    name: String,
    /// In how many orders of each day it stood, added up.
    orders: Units,
    /// How many units were paid for. Those of orders that were cancelled later, and those that came back, count as
    /// well; what went back of their money is in `refunded`.
    units: Units,
    /// What was captured for them, tax included.
    revenue: Money,
    /// What was given back of it, spread over the lines of each order by their price.
    refunded: Money,
    /// The revenue less what was given back.
    net_revenue: Money,
}

#[ComplexObject]
impl BestSeller {
    /// The product's id.
    async fn product_id(&self) -> ID {
        ID::from(self.id)
    }

    /// The product as it is today; null when it is not known yet.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Product>> {
        let reading = Reading::below(ctx, Source::Products).await?;
        Ok(reading.loaders.products.load_one(self.id).await?.map(Product))
    }
}

impl From<sales::BestSeller> for BestSeller {
    fn from(seller: sales::BestSeller) -> Self {
        Self {
            id: seller.product_id,
            refunded: Money::from(seller.refunded),
            net_revenue: Money::from(seller.net_revenue()),
            name: seller.name,
            orders: Units(seller.orders),
            units: Units(seller.units),
            revenue: Money::from(seller.revenue),
        }
    }
}
