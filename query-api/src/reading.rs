//! What the fields of one request share.

use std::sync::Arc;

use async_graphql::Context;
use projections::{ReadModels, value};

use crate::{
    error::{QueryError, Result},
    freshness::{Freshness, Source},
    loaders::Loaders,
    types::{AsOf, Position},
};

/// What the fields of one request share.
pub(crate) struct Reading {
    pub(crate) read_models: ReadModels,
    pub(crate) freshness: Arc<Freshness>,
    pub(crate) loaders: Loaders,
}

impl Reading {
    /// For a field at the root: notes the position that it and all below it ask for, and waits until
    /// `sources` have it.
    pub(crate) async fn at_root<'c>(
        ctx: &'c Context<'_>,
        at_least: Option<Position>,
        sources: &[Source],
    ) -> Result<&'c Self> {
        let reading = Self::find(ctx)?;
        reading.freshness.demand(ctx, at_least)?;
        for source in sources {
            reading.freshness.ensure(ctx, *source).await?;
        }
        Ok(reading)
    }

    /// For a field at the root that shows the past: the position to show, once `source` has it. Whatever is
    /// below the field has seen that much, too.
    pub(crate) async fn in_the_past<'c>(
        ctx: &'c Context<'_>,
        at_least: Option<Position>,
        as_of: AsOf,
        source: Source,
    ) -> Result<(&'c Self, value::Position)> {
        let reading = Self::find(ctx)?;
        let position = as_of.resolve(reading).await?;
        let at_least = at_least.map_or(position, |Position(at_least)| at_least.max(position));
        let reading = Self::at_root(ctx, Some(Position(at_least)), &[source]).await?;
        Ok((reading, position))
    }

    /// For a field below the root: waits until `source` has what the root asks for.
    pub(crate) async fn below<'c>(ctx: &'c Context<'_>, source: Source) -> Result<&'c Self> {
        let reading = Self::find(ctx)?;
        reading.freshness.ensure(ctx, source).await?;
        Ok(reading)
    }

    pub(crate) fn find<'c>(ctx: &'c Context<'_>) -> Result<&'c Self> {
        ctx.data().map_err(|_| QueryError::NoContext)
    }
}
