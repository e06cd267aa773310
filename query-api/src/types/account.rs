//! `Account`.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use projections::balances;

use super::{Entry, Money, Position};
use crate::{
    connection::{Connection, connection, page_request},
    error::Result,
    freshness::Source,
    limits::page_cost,
    reading::Reading,
};

/// An account.
pub(crate) struct Account(pub(crate) balances::Account);

/// The money of one customer in one currency.
#[Object]
impl Account {
    /// The account's id.
    pub(crate) async fn id(&self) -> ID {
        ID::from(self.0.id)
    }

    /// The id of the customer who owns the money.
    async fn owner_id(&self) -> ID {
        ID::from(self.0.owner_id)
    }

    /// The currency of all its amounts, as three letters of ISO 4217.
    async fn currency(&self) -> &str {
        self.0.currency.code()
    }

    /// The money that is booked, whether or not it is set aside.
    async fn booked(&self) -> Money {
        Money(self.0.booked)
    }

    /// The money that may be spent: what is booked without what is held.
    async fn available(&self) -> Money {
        Money(self.0.available)
    }

    /// The money that is set aside for payments.
    async fn held(&self) -> Money {
        Money(self.0.held)
    }

    /// Every movement of the account, newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, from 1 to 100; 20 if absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
    ) -> Result<Connection<Entry>> {
        let page = page_request(first, after)?;
        let reading = Reading::below(ctx, Source::Balances).await?;
        let entries = reading
            .read_models
            .balances()
            .entries(&self.0.id.to_string(), &page)
            .await?;
        Ok(connection(&page, entries))
    }

    /// When the account was opened.
    async fn opened_at(&self) -> DateTime<Utc> {
        self.0.opened_at
    }

    /// When its balance changed last.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// The last event that changed it.
    async fn position(&self) -> Position {
        Position(self.0.position)
    }
}
