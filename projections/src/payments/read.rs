//! Reading payments.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::value::{AccountId, CustomerId, Money, OrderId, PaymentId, RefundId};
use event_store::Position;
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use super::Payments;
use crate::{
    reading::{ReadModelError, Tables, bounded, id, money},
    table::{Schema, TableProjection},
};

/// How many refunds of one payment are listed: the newest. There may be more, because
/// [`MAX_REFUNDS`](domain::payment::MAX_REFUNDS) does not count failed refunds and does not limit those that are made
/// at the gateway itself.
pub const MAX_LISTED_REFUNDS: i64 = 200;

/// A payment without its refunds, which are loaded apart and in batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Identifies it.
    pub id: PaymentId,
    /// The order that it is for. For a charge of a subscription the id is derived from that of the subscription, and
    /// there is no such order.
    pub order_id: OrderId,
    /// Who pays.
    pub customer_id: CustomerId,
    /// How much was requested.
    pub amount: Money,
    /// `account` or `card`.
    pub method: String,
    /// The account that pays, if one does.
    pub account_id: Option<AccountId>,
    /// `requested`, `authorised`, `declined`, `capturing`, `captured`, `capture_failed`, `voiding` or `voided`.
    pub state: String,
    /// Why it was declined or could not be captured: a code of the account or of the gateway.
    pub failure_code: Option<String>,
    /// The gateway's name for the payment; nothing until the gateway gave one.
    pub gateway_reference: Option<String>,
    /// How much was set aside: everything or nothing.
    pub authorised: Money,
    /// How much was captured.
    pub captured: Money,
    /// How much was given back.
    pub refunded: Money,
    /// When it was requested.
    pub requested_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// The last event of the payment.
    pub position: Position,
    /// How many events the payment has, for `If-Match`.
    pub sequence: i64,
}

/// A refund of a payment. Refunds that the gateway reported as one sum are one refund here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Identifies it.
    pub id: RefundId,
    /// The payment.
    pub payment_id: PaymentId,
    /// How much is given back.
    pub amount: Money,
    /// Why; nothing when the refund was made at the gateway itself.
    pub reason: Option<String>,
    /// `requested`, `refunded` or `failed`.
    pub state: String,
    /// Why it failed: a code of the gateway. Nothing unless it failed.
    pub failure_code: Option<String>,
    /// The account of the shop that bears it, such as `merchant:revenue`.
    pub borne_by: String,
    /// When it was requested, or reported if it was made at the gateway itself.
    pub asked_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// The event that requested it, or that reported it if it was made at the gateway itself.
    pub position: Position,
}

/// Reads payments.
#[derive(Clone)]
pub struct PaymentsReader {
    tables: Tables,
}

const PAYMENT: &str = "SELECT payment_id, order_id, customer_id, amount, currency, method, account_id, state, \
                       CASE WHEN state IN ('declined', 'capture_failed') THEN failure_code END AS failure_code, \
                       gateway_reference, \
                       CASE WHEN authorised THEN amount ELSE 0 END AS authorised, captured, refunded, \
                       requested_at, updated_at, position, sequence FROM {schema}.payments";

impl PaymentsReader {
    pub(crate) fn new(tables: Tables) -> Self {
        Self { tables }
    }

    /// Payments by their identifiers; those that were not requested are absent.
    ///
    /// # Errors
    ///
    /// When too many are asked for, the read model is not built or the database cannot be reached.
    pub async fn payments_by_id(
        &self,
        ids: &[PaymentId],
    ) -> Result<HashMap<PaymentId, Payment>, ReadModelError> {
        let ids: Vec<Uuid> = bounded(ids)?.iter().map(PaymentId::uuid).collect();
        let by_id = format!("{PAYMENT} WHERE payment_id = ANY ($1)");
        let statement = self.schema().await?.sql(&by_id);
        let rows = sqlx::query(&statement)
            .bind(ids)
            .fetch_all(self.tables.pool())
            .await?;
        let payments = rows
            .iter()
            .map(payment)
            .map(|payment| payment.map(|payment| (payment.id, payment)));
        Ok(payments.collect::<Result<_, _>>()?)
    }

    /// The refunds of some payments, oldest first: the newest [`MAX_LISTED_REFUNDS`] of each.
    ///
    /// # Errors
    ///
    /// As for [`Self::payments_by_id`].
    pub async fn refunds_of(
        &self,
        ids: &[PaymentId],
    ) -> Result<HashMap<PaymentId, Vec<Refund>>, ReadModelError> {
        let ids: Vec<Uuid> = bounded(ids)?.iter().map(PaymentId::uuid).collect();
        let statement = self.schema().await?.sql(include_str!("refunds_of.sql"));
        let query = sqlx::query(&statement).bind(ids).bind(MAX_LISTED_REFUNDS);
        let rows = query.fetch_all(self.tables.pool()).await?;
        let mut refunds: HashMap<PaymentId, Vec<Refund>> = HashMap::new();
        for row in &rows {
            let refund = refund(row)?;
            refunds.entry(refund.payment_id).or_default().push(refund);
        }
        Ok(refunds)
    }

    async fn schema(&self) -> Result<Schema, ReadModelError> {
        self.tables.schema(Payments::NAME).await
    }
}

fn payment(row: &PgRow) -> Result<Payment, sqlx::Error> {
    Ok(Payment {
        id: id(row, "payment_id", PaymentId::new)?,
        order_id: id(row, "order_id", OrderId::new)?,
        customer_id: id(row, "customer_id", CustomerId::new)?,
        amount: money(row, "amount", "currency")?,
        method: row.try_get("method")?,
        account_id: row.try_get::<Option<Uuid>, _>("account_id")?.map(AccountId::new),
        state: row.try_get("state")?,
        failure_code: row.try_get("failure_code")?,
        gateway_reference: row.try_get("gateway_reference")?,
        authorised: money(row, "authorised", "currency")?,
        captured: money(row, "captured", "currency")?,
        refunded: money(row, "refunded", "currency")?,
        requested_at: row.try_get("requested_at")?,
        updated_at: row.try_get("updated_at")?,
        position: row.try_get("position")?,
        sequence: row.try_get("sequence")?,
    })
}

fn refund(row: &PgRow) -> Result<Refund, sqlx::Error> {
    Ok(Refund {
        id: id(row, "refund_id", RefundId::new)?,
        payment_id: id(row, "payment_id", PaymentId::new)?,
        amount: money(row, "amount", "currency")?,
        reason: row.try_get("reason")?,
        state: row.try_get("state")?,
        failure_code: row.try_get("failure_code")?,
        borne_by: row.try_get("borne_by")?,
        asked_at: row.try_get("asked_at")?,
        updated_at: row.try_get("updated_at")?,
        position: row.try_get("asked")?,
    })
}
