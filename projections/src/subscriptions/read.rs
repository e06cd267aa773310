//! Reading subscriptions.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::value::{AccountId, CustomerId, Money, PaymentId, SubscriptionId};
use event_store::Position;
use sqlx::{Postgres, QueryBuilder, Row, postgres::PgRow};
use uuid::Uuid;

use super::Subscriptions;
use crate::{
    reading::{Cursor, Page, PageRequest, ReadModelError, Tables, bounded, id, money},
    table::{Schema, TableProjection},
};

/// A subscription without its charges, which are read apart and in pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Identifies it.
    pub id: SubscriptionId,
    /// Who pays.
    pub customer_id: CustomerId,
    /// How much each time.
    pub amount: Money,
    /// `account` or `card`.
    pub method: String,
    /// The account that pays, if one does.
    pub account_id: Option<AccountId>,
    /// `day` or `month`.
    pub period_unit: String,
    /// How many of these are between two charges.
    pub period_count: i32,
    /// `active`, `paused` or `cancelled`.
    pub status: String,
    /// Why it is paused: `by_customer` or `charge_failed`.
    pub pause_reason: Option<String>,
    /// Why it was cancelled, in the customer's own words.
    pub cancel_note: Option<String>,
    /// When the next charge, or the next try, is due; nothing unless it is active.
    pub next_charge_at: Option<DateTime<Utc>>,
    /// How many periods are paid.
    pub paid_periods: i64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// The event that began it.
    pub started_position: Position,
    /// The last event of the subscription.
    pub position: Position,
    /// How many events the subscription has, for `If-Match`.
    pub sequence: i64,
}

/// A charge of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionCharge {
    /// Its payment.
    pub payment_id: PaymentId,
    /// Which period since the beginning, counted from one.
    pub period: i64,
    /// Which try, counted from one.
    pub attempt: i64,
    /// How much.
    pub amount: Money,
    /// `requested`, `charged` or `failed`.
    pub state: String,
    /// Why it failed: a code of the account or of the gateway.
    pub failure_code: Option<String>,
    /// When it is tried again.
    pub retry_at: Option<DateTime<Utc>>,
    /// When it began.
    pub requested_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// The event that began it.
    pub position: Position,
}

/// Which subscriptions are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubscriptionFilter {
    /// Only those of this customer.
    pub customer_id: Option<CustomerId>,
    /// Only those in this state.
    pub status: Option<String>,
}

/// Reads subscriptions.
#[derive(Clone)]
pub struct SubscriptionsReader {
    tables: Tables,
}

const SUBSCRIPTION: &str = "SELECT subscription_id, customer_id, amount, currency, method, account_id, period_unit, \
                            period_count, status, \
                            CASE WHEN status = 'paused' THEN pause_reason END AS pause_reason, cancel_note, \
                            CASE WHEN status = 'active' THEN due_at END AS next_charge_at, paid_periods, \
                            started_at, updated_at, started_position, position, sequence \
                            FROM {schema}.subscriptions";

impl SubscriptionsReader {
    pub(crate) fn new(tables: Tables) -> Self {
        Self { tables }
    }

    /// Subscriptions by their identifiers; those that do not exist are absent.
    ///
    /// # Errors
    ///
    /// When too many are asked for, the read model is not built or the database cannot be reached.
    pub async fn subscriptions_by_id(
        &self,
        ids: &[SubscriptionId],
    ) -> Result<HashMap<SubscriptionId, Subscription>, ReadModelError> {
        let ids: Vec<Uuid> = bounded(ids)?.iter().map(SubscriptionId::uuid).collect();
        let by_id = format!("{SUBSCRIPTION} WHERE subscription_id = ANY ($1)");
        let statement = self.schema().await?.sql(&by_id);
        let rows = sqlx::query(&statement)
            .bind(ids)
            .fetch_all(self.tables.pool())
            .await?;
        let found = rows
            .iter()
            .map(subscription)
            .map(|found| found.map(|found| (found.id, found)));
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The subscriptions that some payments are charges of, by payment; those of an order are absent.
    ///
    /// # Errors
    ///
    /// As for [`Self::subscriptions_by_id`].
    pub async fn subscriptions_by_payment(
        &self,
        ids: &[PaymentId],
    ) -> Result<HashMap<PaymentId, Subscription>, ReadModelError> {
        let payment_ids: Vec<Uuid> = bounded(ids)?.iter().map(PaymentId::uuid).collect();
        let charged = "SELECT payment_id, subscription_id FROM {schema}.charges WHERE payment_id = ANY ($1)";
        let statement = self.schema().await?.sql(charged);
        let rows = sqlx::query(&statement)
            .bind(payment_ids)
            .fetch_all(self.tables.pool())
            .await?;
        let mut pairs = Vec::with_capacity(rows.len());
        for row in &rows {
            let payment_id = id(row, "payment_id", PaymentId::new)?;
            pairs.push((payment_id, id(row, "subscription_id", SubscriptionId::new)?));
        }
        let mut ids: Vec<SubscriptionId> = pairs.iter().map(|(_, id)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        let found = self.subscriptions_by_id(&ids).await?;
        let of_payment = |(payment_id, id)| Some((payment_id, found.get(&id)?.clone()));
        Ok(pairs.into_iter().filter_map(of_payment).collect())
    }

    /// Subscriptions, newest first.
    ///
    /// # Errors
    ///
    /// As for [`Self::subscriptions_by_id`], and when the page is none.
    pub async fn subscriptions(
        &self,
        filter: &SubscriptionFilter,
        page: &PageRequest,
    ) -> Result<Page<Subscription>, ReadModelError> {
        let (limit, (before, _)) = (page.limit()?, page.before_position()?);
        let mut query = QueryBuilder::<Postgres>::new(self.schema().await?.sql(SUBSCRIPTION));
        query.push(" WHERE started_position < ").push_bind(before);
        if let Some(customer_id) = filter.customer_id {
            query.push(" AND customer_id = ").push_bind(customer_id.uuid());
        }
        if let Some(status) = &filter.status {
            query.push(" AND status = ").push_bind(status);
        }
        query
            .push(" ORDER BY started_position DESC LIMIT ")
            .push_bind(limit);
        let rows = query.build().fetch_all(self.tables.pool()).await?;
        let found = rows.iter().map(subscription).collect::<Result<_, _>>()?;
        Ok(Page::new(page, found, |found: &Subscription| {
            Cursor::at(found.started_position, 0)
        }))
    }

    /// The charges of a subscription, newest first.
    ///
    /// # Errors
    ///
    /// As for [`Self::subscriptions`].
    pub async fn charges(
        &self,
        id: SubscriptionId,
        page: &PageRequest,
    ) -> Result<Page<SubscriptionCharge>, ReadModelError> {
        let (limit, (before, _)) = (page.limit()?, page.before_position()?);
        let charges = "SELECT payment_id, period, attempt, amount, currency, coalesce(outcome, 'requested') AS state, \
                       failure_code, retry_at, requested_at, ended_at, position FROM {schema}.charges \
                       WHERE subscription_id = $1 AND position < $2 ORDER BY position DESC LIMIT $3";
        let statement = self.schema().await?.sql(charges);
        let query = sqlx::query(&statement).bind(id.uuid()).bind(before).bind(limit);
        let rows = query.fetch_all(self.tables.pool()).await?;
        let charges = rows.iter().map(charge).collect::<Result<_, _>>()?;
        Ok(Page::new(page, charges, |charge: &SubscriptionCharge| {
            Cursor::at(charge.position, 0)
        }))
    }

    async fn schema(&self) -> Result<Schema, ReadModelError> {
        self.tables.schema(Subscriptions::NAME).await
    }
}

fn subscription(row: &PgRow) -> Result<Subscription, sqlx::Error> {
    Ok(Subscription {
        id: id(row, "subscription_id", SubscriptionId::new)?,
        customer_id: id(row, "customer_id", CustomerId::new)?,
        amount: money(row, "amount", "currency")?,
        method: row.try_get("method")?,
        account_id: row.try_get::<Option<Uuid>, _>("account_id")?.map(AccountId::new),
        period_unit: row.try_get("period_unit")?,
        period_count: row.try_get("period_count")?,
        status: row.try_get("status")?,
        pause_reason: row.try_get("pause_reason")?,
        cancel_note: row.try_get("cancel_note")?,
        next_charge_at: row.try_get("next_charge_at")?,
        paid_periods: row.try_get("paid_periods")?,
        started_at: row.try_get("started_at")?,
        updated_at: row.try_get("updated_at")?,
        started_position: row.try_get("started_position")?,
        position: row.try_get("position")?,
        sequence: row.try_get("sequence")?,
    })
}

fn charge(row: &PgRow) -> Result<SubscriptionCharge, sqlx::Error> {
    Ok(SubscriptionCharge {
        payment_id: id(row, "payment_id", PaymentId::new)?,
        period: row.try_get("period")?,
        attempt: row.try_get("attempt")?,
        amount: money(row, "amount", "currency")?,
        state: row.try_get("state")?,
        failure_code: row.try_get("failure_code")?,
        retry_at: row.try_get("retry_at")?,
        requested_at: row.try_get("requested_at")?,
        ended_at: row.try_get("ended_at")?,
        position: row.try_get("position")?,
    })
}
