//! `subscription` and `subscriptions`.

use async_graphql::{Context, ID, Object};
use projections::subscriptions::SubscriptionFilter;

use crate::{
    argument::{parse, parse_optional},
    connection::{Connection, Paging},
    error::Result,
    freshness::Source,
    limits::{ROOT_COST, page_cost},
    reading::Reading,
    types::{CustomerSubscription, Position, SubscriptionStatus},
};

/// The part of the root that is about subscriptions of customers.
#[derive(Default)]
pub(crate) struct SubscriptionQuery;

#[Object]
impl SubscriptionQuery {
    /// What a customer pays every period; null when there is no subscription with this id.
    #[graphql(complexity = "ROOT_COST + child_complexity")]
    async fn subscription(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The subscription's id.")] id: ID,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<CustomerSubscription>> {
        let id = parse("id", &id)?;
        let reading = Reading::at_root(ctx, at_least_position, &[Source::Subscriptions]).await?;
        let found = reading.loaders.subscriptions.load_one(id).await?;
        Ok(found.map(CustomerSubscription))
    }

    /// What customers pay every period, newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn subscriptions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of the customer with this id; of all customers if absent.")]
        customer_id: Option<ID>,
        #[graphql(desc = "Only those in this state; in any state if absent.")] status: Option<
            SubscriptionStatus,
        >,
        #[graphql(desc = "How many, from 1 to 100; 20 if absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Connection<CustomerSubscription>>> {
        let filter = SubscriptionFilter {
            customer_id: parse_optional("customerId", customer_id.as_deref().map(String::as_str))?,
            status: status.map(SubscriptionStatus::stored),
        };
        let paging = Paging::new("subscriptions", &filter, first, after)?;
        let reading = Reading::at_root(ctx, at_least_position, &[Source::Subscriptions]).await?;
        let subscriptions = reading.read_models.subscriptions();
        let found = subscriptions.subscriptions(&filter, &paging.request).await?;
        Ok(Some(paging.connection(found)))
    }
}
