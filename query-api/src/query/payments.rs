//! `payment`.

use async_graphql::{Context, ID, Object};

use crate::{
    argument::parse,
    error::Result,
    freshness::Source,
    limits::ROOT_COST,
    reading::Reading,
    types::{Payment, Position},
};

/// The part of the root that is about payments.
#[derive(Default)]
pub(crate) struct PaymentQuery;

#[Object]
impl PaymentQuery {
    /// A payment; null when none with this id was requested.
    #[graphql(complexity = "ROOT_COST + child_complexity")]
    async fn payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The payment's id.")] id: ID,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Payment>> {
        let id = parse("id", &id)?;
        let reading = Reading::at_root(ctx, at_least_position, &[Source::Payments]).await?;
        let row = reading.loaders.payments.load_one(id).await?;
        row.as_ref().map(Payment::new).transpose()
    }
}
