//! `warehouse` and `warehouses`.

use async_graphql::{Context, Object};

use crate::{
    connection::{Connection, Paging},
    error::Result,
    freshness::Source,
    limits::{ROOT_COST, page_cost},
    reading::Reading,
    types::{Position, Warehouse},
};

/// The part of the root that is about warehouses.
#[derive(Default)]
pub(crate) struct WarehouseQuery;

#[Object]
impl WarehouseQuery {
    /// A warehouse; null when none with this code was opened.
    #[graphql(complexity = "ROOT_COST + child_complexity")]
    async fn warehouse(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the warehouse.")] code: String,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Warehouse>> {
        let reading = Reading::at_root(ctx, at_least_position, &[Source::Warehouses]).await?;
        let found = reading.loaders.warehouses.load_one(code).await?;
        Ok(found.map(Warehouse))
    }

    /// Warehouses, those that were opened last first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn warehouses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, from 1 to 100; 20 if absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Connection<Warehouse>>> {
        let paging = Paging::new("warehouses", &(), first, after)?;
        let reading = Reading::at_root(ctx, at_least_position, &[Source::Warehouses]).await?;
        let warehouses = reading.read_models.warehouses();
        let found = warehouses.warehouses(&paging.request).await?;
        Ok(Some(paging.connection(found)))
    }
}
