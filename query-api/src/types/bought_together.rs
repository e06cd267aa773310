//! `BoughtTogether`.

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use projections::{recommendations, value::ProductId};

use super::{Product, Units};
use crate::{error::Result, freshness::Source, reading::Reading};

/// A product that is bought together with another one.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct BoughtTogether {
    #[graphql(skip)]
    id: ProductId,
    /// In how many orders both products stand.
    orders: Units,
    /// In how many orders the product that was asked for stands, with this one or without.
    of_orders: Units,
}

#[ComplexObject]
impl BoughtTogether {
    /// The product's id.
    async fn product_id(&self) -> ID {
        ID::from(self.id)
    }

    /// The product; null when it is not known yet.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Product>> {
        let reading = Reading::below(ctx, Source::Products).await?;
        Ok(reading.loaders.products.load_one(self.id).await?.map(Product))
    }
}

impl From<recommendations::BoughtTogether> for BoughtTogether {
    fn from(other: recommendations::BoughtTogether) -> Self {
        Self {
            id: other.product_id,
            orders: Units(other.orders),
            of_orders: Units(other.of_orders),
        }
    }
}
