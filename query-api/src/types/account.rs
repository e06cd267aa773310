//! `Account`.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use projections::balances;

use super::{Entry, Money, Position, Sequence};
use crate::{
    connection::{Connection, Paging},
    error::Result,
    freshness::Source,
    limits::page_cost,
    reading::Reading,
};

/// An account.
pub(crate) struct Account {
    row: balances::Account,
    /// The position that it is shown as of; none shows it as it is.
    as_of: Option<projections::value::Position>,
}

impl Account {
    /// An account as it was.
    pub(crate) const fn as_of(row: balances::Account, position: projections::value::Position) -> Self {
        Self {
            row,
            as_of: Some(position),
        }
    }
}

impl From<balances::Account> for Account {
    fn from(row: balances::Account) -> Self {
        Self { row, as_of: None }
    }
}

/// The money of one customer in one currency.
#[Object]
impl Account {
    /// The account's id.
    pub(crate) async fn id(&self) -> ID {
        ID::from(self.row.id)
    }

    /// The id of the customer who owns the money.
    async fn owner_id(&self) -> ID {
        ID::from(self.row.owner_id)
    }

    /// The currency of all its amounts, as three letters of ISO 4217.
    async fn currency(&self) -> &str {
        self.row.currency.code()
    }

    /// The money that is booked, whether or not it is set aside.
    async fn booked(&self) -> Money {
        Money::from(self.row.booked)
    }

    /// The money that may be spent: what is booked without what is held.
    async fn available(&self) -> Money {
        Money::from(self.row.available)
    }

    /// The money that is set aside for payments.
    async fn held(&self) -> Money {
        Money::from(self.row.held)
    }

    /// Every movement of the account, newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, from 1 to 100; 20 if absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
    ) -> Result<Connection<Entry>> {
        // Not to the moment: a time may lie at another position when it is asked for again.
        let paging = Paging::new("entries", &self.row.id, first, after)?;
        let wanted = match self.as_of {
            Some(position) => paging.request.clone().up_to(position)?,
            None => paging.request.clone(),
        };
        let reading = Reading::below(ctx, Source::Balances).await?;
        let entries = reading
            .read_models
            .balances()
            .entries(&self.row.id.to_string(), &wanted)
            .await?;
        Ok(paging.connection(entries))
    }

    /// When the account was opened.
    async fn opened_at(&self) -> DateTime<Utc> {
        self.row.opened_at
    }

    /// When its balance changed last.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }

    /// How many events it has, for `If-Match`; null in the past, which cannot be changed.
    async fn sequence(&self) -> Option<Sequence> {
        self.row.sequence.map(Sequence)
    }

    /// The last event that changed it.
    async fn position(&self) -> Position {
        Position(self.row.position)
    }
}
