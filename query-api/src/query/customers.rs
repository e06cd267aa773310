//! `customer` and `customers`.

use async_graphql::{Context, ID, Object};

use crate::{
    argument::parse,
    connection::{Connection, Paging},
    error::Result,
    freshness::Source,
    limits::{ROOT_COST, page_cost},
    reading::Reading,
    types::{Customer, Position},
};

/// The part of the root that is about customers.
#[derive(Default)]
pub(crate) struct CustomerQuery;

#[Object]
impl CustomerQuery {
    /// A customer; null when nobody with this id ever ordered.
    #[graphql(complexity = "ROOT_COST + child_complexity")]
    async fn customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The customer's id.")] id: ID,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Customer>> {
        let id = parse("id", &id)?;
        let reading = Reading::at_root(ctx, at_least_position, &[Source::Customers]).await?;
        Ok(reading.loaders.customers.load_one(id).await?.map(Customer))
    }

    /// Customers, those who ordered last first. Whoever orders while the list is read moves to its front.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn customers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, from 1 to 100; 20 if absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Connection<Customer>>> {
        let paging = Paging::new("customers", &(), first, after)?;
        let reading = Reading::at_root(ctx, at_least_position, &[Source::Customers]).await?;
        let customers = reading.read_models.customers();
        let customers = customers.customers(&paging.request).await?;
        Ok(Some(paging.connection(customers)))
    }
}
