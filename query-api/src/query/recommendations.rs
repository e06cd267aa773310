//! `boughtTogether`.

use async_graphql::{Context, ID, Object};
use projections::value::ProductId;

use crate::{
    argument::parse,
    connection::page_size,
    error::{QueryError, Result},
    freshness::Source,
    limits::page_cost,
    reading::Reading,
    types::{BoughtTogether, Position},
};

/// The part of the root that is about recommendations.
#[derive(Default)]
pub(crate) struct RecommendationQuery;

#[Object]
impl RecommendationQuery {
    /// What is bought together with a product most often; empty when it was always bought alone. The
    /// product is named by its id or by the SKU of one of its variants.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn bought_together(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The product's id.")] product_id: Option<ID>,
        #[graphql(desc = "The SKU of one of its variants.")] sku: Option<String>,
        #[graphql(desc = "How many, from 1 to 100; 20 if absent.")] first: Option<i32>,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Vec<BoughtTogether>>> {
        let first = page_size(first)?;
        let found: Option<ProductId> = match (product_id, sku) {
            (Some(id), None) => {
                let id = parse("productId", &id)?;
                Reading::at_root(ctx, at_least_position, &[Source::Recommendations]).await?;
                Some(id)
            }
            (None, Some(sku)) => {
                let sku = parse("sku", &sku)?;
                let sources = [Source::Products, Source::Recommendations];
                let reading = Reading::at_root(ctx, at_least_position, &sources).await?;
                let product = reading.read_models.products().product_by_sku(&sku).await?;
                product.map(|product| product.id)
            }
            _ => {
                let rule = "must be given, or \"sku\", and not both";
                return Err(QueryError::invalid("productId", rule));
            }
        };
        let Some(id) = found else {
            return Ok(Some(Vec::new()));
        };
        let recommendations = Reading::find(ctx)?.read_models.recommendations();
        let mut together = recommendations.bought_together(&[id], first).await?;
        let together = together.remove(&id).unwrap_or_default();
        Ok(Some(together.into_iter().map(BoughtTogether::from).collect()))
    }
}
