//! Reading the books.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::value::{AccountId, Currency, CustomerId, Money, OrderId, PaymentId, Sum};
use event_store::Position;
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use super::Balances;
use crate::{
    reading::{
        Cursor, MAX_FIRST, Page, PageRequest, ReadModelError, Tables, bounded, currency, id, money, sum,
    },
    table::{Schema, TableProjection},
};

/// An account with its balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Identifies it.
    pub id: AccountId,
    /// Who owns the money.
    pub owner_id: CustomerId,
    /// The currency of all its amounts.
    pub currency: Currency,
    /// Booked money, holds included.
    pub booked: Money,
    /// What is set aside for payments.
    pub held: Money,
    /// What may be spent.
    pub available: Money,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When its balance changed last.
    pub updated_at: DateTime<Utc>,
    /// The last event that changed its balance.
    pub position: Position,
    /// How many events the account has, for `If-Match`; nothing in the past, which cannot be changed.
    pub sequence: Option<i64>,
}

/// One leg of a movement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// The event that moved the money.
    pub position: Position,
    /// 1 is where the money came to, 2 is where it came from.
    pub leg: i16,
    /// Whose entry it is: an account's id, or a name such as `merchant:revenue`.
    pub ledger: String,
    /// The other side.
    pub counter: String,
    /// How much: above zero came in, below zero went out.
    pub amount: Money,
    /// What the ledger account was worth after it.
    pub balance: Sum,
    /// The name of the event.
    pub event_type: String,
    /// The order that it was for.
    pub order_id: Option<OrderId>,
    /// The payment that it was part of.
    pub payment_id: Option<PaymentId>,
    /// The caller's name for the movement.
    pub reference: Option<String>,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

/// The books of one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialBalance {
    /// The currency.
    pub currency: Currency,
    /// The sum of all balances above zero.
    pub debit: Sum,
    /// The sum of all balances below zero.
    pub credit: Sum,
    /// The sum of everything: zero, or the books are wrong.
    pub difference: Sum,
    /// How many entries there are.
    pub entries: i64,
}

/// Reads accounts and entries.
#[derive(Clone)]
pub struct BalancesReader {
    pub(super) tables: Tables,
}

const ACCOUNT: &str = "SELECT account_id, owner_id, currency, booked, held, available, opened_at, updated_at, \
                       position, sequence FROM {schema}.accounts";

impl BalancesReader {
    pub(crate) fn new(tables: Tables) -> Self {
        Self { tables }
    }

    /// An account by its identifier.
    ///
    /// # Errors
    ///
    /// When the read model is not built or the database cannot be reached.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>, ReadModelError> {
        Ok(self.accounts_by_id(&[id]).await?.remove(&id))
    }

    /// Accounts by their identifiers; those that do not exist are absent.
    ///
    /// # Errors
    ///
    /// As for [`Self::account`], and when too many are asked for.
    pub async fn accounts_by_id(
        &self,
        ids: &[AccountId],
    ) -> Result<HashMap<AccountId, Account>, ReadModelError> {
        let ids: Vec<Uuid> = bounded(ids)?.iter().map(AccountId::uuid).collect();
        let statement = self
            .schema()
            .await?
            .sql(&format!("{ACCOUNT} WHERE account_id = ANY ($1)"));
        let rows = sqlx::query(&statement)
            .bind(ids)
            .fetch_all(self.tables.pool())
            .await?;
        let accounts = rows
            .iter()
            .map(account)
            .map(|account| account.map(|account| (account.id, account)));
        Ok(accounts.collect::<Result<_, _>>()?)
    }

    /// The accounts of an owner, at most one for each currency.
    ///
    /// # Errors
    ///
    /// As for [`Self::account`].
    pub async fn accounts(&self, owner_id: CustomerId) -> Result<Vec<Account>, ReadModelError> {
        let of_owner = format!("{ACCOUNT} WHERE owner_id = $1 ORDER BY currency LIMIT $2");
        let statement = self.schema().await?.sql(&of_owner);
        // There are more currencies than a page has rows, but nobody has that many accounts.
        let query = sqlx::query(&statement)
            .bind(owner_id.uuid())
            .bind(i64::from(MAX_FIRST));
        let rows = query.fetch_all(self.tables.pool()).await?;
        Ok(rows.iter().map(account).collect::<Result<_, _>>()?)
    }

    /// The entries of an account (its identifier as text) or of a ledger account such as
    /// `outside:cash`, newest first.
    ///
    /// # Errors
    ///
    /// As for [`Self::account`], and when the page is none.
    pub async fn entries(
        &self,
        ledger: &str,
        page: &PageRequest,
    ) -> Result<Page<LedgerEntry>, ReadModelError> {
        let (limit, (position, leg)) = (page.limit()?, page.before_position()?);
        let entries = "SELECT position, leg, ledger, counter, currency, amount, balance::text AS balance, event_type, \
                       order_id, payment_id, reference, recorded_at FROM {schema}.entries \
                       WHERE ledger = $1 AND (position, leg) < ($2, $3) \
                       ORDER BY position DESC, leg DESC LIMIT $4";
        let statement = self.schema().await?.sql(entries);
        let query = sqlx::query(&statement)
            .bind(ledger)
            .bind(position)
            .bind(leg)
            .bind(limit);
        let rows = query.fetch_all(self.tables.pool()).await?;
        let entries = rows.iter().map(entry).collect::<Result<_, _>>()?;
        Ok(Page::new(page, entries, |entry: &LedgerEntry| {
            Cursor::at(entry.position, entry.leg)
        }))
    }

    /// The books of every currency.
    ///
    /// # Errors
    ///
    /// As for [`Self::account`].
    pub async fn trial_balance(&self) -> Result<Vec<TrialBalance>, ReadModelError> {
        let statement = self.schema().await?.sql(include_str!("trial_balance.sql"));
        let rows = sqlx::query(&statement).fetch_all(self.tables.pool()).await?;
        Ok(rows.iter().map(trial_balance).collect::<Result<_, _>>()?)
    }

    pub(super) async fn schema(&self) -> Result<Schema, ReadModelError> {
        self.tables.schema(Balances::NAME).await
    }
}

pub(super) fn account(row: &PgRow) -> Result<Account, sqlx::Error> {
    Ok(Account {
        id: id(row, "account_id", AccountId::new)?,
        owner_id: id(row, "owner_id", CustomerId::new)?,
        currency: currency(row, "currency")?,
        booked: money(row, "booked", "currency")?,
        held: money(row, "held", "currency")?,
        available: money(row, "available", "currency")?,
        opened_at: row.try_get("opened_at")?,
        updated_at: row.try_get("updated_at")?,
        position: row.try_get("position")?,
        sequence: row.try_get("sequence")?,
    })
}

fn entry(row: &PgRow) -> Result<LedgerEntry, sqlx::Error> {
    Ok(LedgerEntry {
        position: row.try_get("position")?,
        leg: row.try_get("leg")?,
        ledger: row.try_get("ledger")?,
        counter: row.try_get("counter")?,
        amount: money(row, "amount", "currency")?,
        balance: sum(row, "balance", "currency")?,
        event_type: row.try_get("event_type")?,
        order_id: row.try_get::<Option<Uuid>, _>("order_id")?.map(OrderId::new),
        payment_id: row.try_get::<Option<Uuid>, _>("payment_id")?.map(PaymentId::new),
        reference: row.try_get("reference")?,
        recorded_at: row.try_get("recorded_at")?,
    })
}

pub(super) fn trial_balance(row: &PgRow) -> Result<TrialBalance, sqlx::Error> {
    Ok(TrialBalance {
        currency: currency(row, "currency")?,
        debit: sum(row, "debit", "currency")?,
        credit: sum(row, "credit", "currency")?,
        difference: sum(row, "difference", "currency")?,
        entries: row.try_get("entries")?,
    })
}
