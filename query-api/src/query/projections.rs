//! `projections`.

use async_graphql::{Context, Object};

use crate::{
    error::Result,
    limits::{LIST_COST, ROOT_COST},
    reading::Reading,
    types::Projection,
};

/// The part of the root that is about the read models themselves.
#[derive(Default)]
pub(crate) struct ProjectionQuery;

#[Object]
impl ProjectionQuery {
    /// All generations of all read models: which is live, and how far behind the log each is.
    #[graphql(complexity = "ROOT_COST + LIST_COST * child_complexity")]
    async fn projections(&self, ctx: &Context<'_>) -> Result<Option<Vec<Projection>>> {
        let generations = Reading::find(ctx)?.read_models.status().await?;
        Ok(Some(generations.into_iter().map(Projection).collect()))
    }
}
