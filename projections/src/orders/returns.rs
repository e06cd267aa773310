//! Returns into rows: what was requested, and how it ended.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    order::{OrderEvent, TakenBack},
    value::{Money, OrderId, ReturnId},
};
use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::apply::OrdersBatch;
use crate::{
    copy::{CopyRows, Jsonb},
    recorded::{EventError, Recorded},
    table::Schema,
};

const RETURNS: &str = "returns (order_id, return_id, reason, requested, exchange_order_id, requested_at, \
                       requested_position, outcome, rejection, taken_back, refund, written_off, currency, \
                       ended_at, ended_position)";
const REFUND_HISTORY: &str = "refund_history (order_id, return_id, position, refund, written_off)";
const RETURNED_UNITS: &str = "returned_units (order_id, sku, units, position)";

/// An order and one of its returns.
pub(super) type ReturnKey = (OrderId, ReturnId);

/// A new return, with its end if that is in the same batch.
#[derive(Debug)]
pub(super) struct ReturnRow {
    reason: String,
    requested: String,
    exchange_order_id: Option<Uuid>,
    at: DateTime<Utc>,
    position: i64,
    end: Option<ReturnEndRow>,
}

/// How a return ended: an absent field stays as it is.
#[derive(Debug, Default)]
pub(super) struct ReturnEndRow {
    order_id: Uuid,
    return_id: Uuid,
    outcome: Option<&'static str>,
    rejection: Option<String>,
    taken_back: Option<String>,
    refund: Option<i64>,
    written_off: Option<i64>,
    currency: Option<String>,
    at: Option<DateTime<Utc>>,
    position: Option<i64>,
}

impl OrdersBatch {
    pub(super) fn apply_return(
        &mut self,
        order_id: OrderId,
        event: &OrderEvent,
        recorded: &Recorded,
    ) -> Result<(), EventError> {
        match event {
            OrderEvent::ReturnRequested {
                return_id,
                lines,
                reason,
                exchange_order_id,
            } => {
                let row = ReturnRow {
                    reason: reason.to_string(),
                    requested: json(lines, recorded)?,
                    exchange_order_id: exchange_order_id.map(|id| id.uuid()),
                    at: recorded.envelope.recorded_at,
                    position: recorded.envelope.position,
                    end: None,
                };
                if self.returns.insert((order_id, *return_id), row).is_some() {
                    return Err(recorded.refuse("the return was requested before"));
                }
            }
            OrderEvent::ReturnAccepted {
                return_id,
                lines,
                refund,
                written_off,
                ..
            } => {
                self.take_back(order_id, lines, recorded);
                let end = ReturnEndRow {
                    taken_back: Some(json(lines, recorded)?),
                    refund: Some(refund.amount),
                    written_off: Some(written_off.amount),
                    currency: Some(refund.currency.to_string()),
                    ..end(order_id, *return_id, "accepted", recorded)
                };
                let key = (order_id, *return_id);
                self.end_return(key, end);
                self.date_refund(key, refund, written_off, recorded);
            }
            OrderEvent::RefundReduced {
                return_id,
                refund,
                written_off,
            } => {
                let key = (order_id, *return_id);
                self.reduce_refund(key, refund, written_off);
                self.date_refund(key, refund, written_off, recorded);
            }
            OrderEvent::ReturnRejected { return_id, reason } => {
                let end = ReturnEndRow {
                    rejection: Some(reason.to_string()),
                    ..end(order_id, *return_id, "rejected", recorded)
                };
                self.end_return((order_id, *return_id), end);
            }
            OrderEvent::Placed { .. }
            | OrderEvent::Confirmed {}
            | OrderEvent::Paid {}
            | OrderEvent::Cancelled { .. }
            | OrderEvent::Shipped { .. }
            | OrderEvent::Delivered {}
            | OrderEvent::Returned {} => {}
        }
        Ok(())
    }

    /// The refund and what is written off become less; how and when the return ended stays.
    fn reduce_refund(&mut self, key: ReturnKey, refund: &Money, written_off: &Money) {
        let of_batch = self.returns.get_mut(&key).and_then(|row| row.end.as_mut());
        let end = match of_batch {
            Some(end) => end,
            None => self.ended_returns.entry(key).or_insert_with(|| ReturnEndRow {
                order_id: key.0.uuid(),
                return_id: key.1.uuid(),
                ..ReturnEndRow::default()
            }),
        };
        end.refund = Some(refund.amount);
        end.written_off = Some(written_off.amount);
    }

    /// Keeps what is refunded from this event on, for those who read the past.
    fn date_refund(
        &mut self,
        (order_id, return_id): ReturnKey,
        refund: &Money,
        written_off: &Money,
        recorded: &Recorded,
    ) {
        self.refund_history.push(&[
            &order_id.uuid(),
            &return_id.uuid(),
            &recorded.envelope.position,
            &refund.amount,
            &written_off.amount,
        ]);
    }

    fn take_back(&mut self, order_id: OrderId, lines: &[TakenBack], recorded: &Recorded) {
        let mut units: BTreeMap<&str, i64> = BTreeMap::new();
        for line in lines {
            let sum = units.entry(line.sku.as_str()).or_default();
            *sum = sum.saturating_add(i64::from(line.quantity));
        }
        for (sku, units) in units {
            self.returned_units
                .push(&[&order_id.uuid(), &sku, &units, &recorded.envelope.position]);
        }
    }

    fn end_return(&mut self, key: ReturnKey, end: ReturnEndRow) {
        match self.returns.get_mut(&key) {
            Some(row) => row.end = Some(end),
            None => {
                self.ended_returns.insert(key, end);
            }
        }
    }

    pub(super) async fn flush_returns(
        &mut self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        self.new_returns().copy_into(RETURNS, schema, connection).await?;
        self.refund_history
            .copy_into(REFUND_HISTORY, schema, connection)
            .await?;
        self.returned_units
            .copy_into(RETURNED_UNITS, schema, connection)
            .await?;
        if self.ended_returns.is_empty() {
            return Ok(());
        }
        let rows: Vec<ReturnEndRow> = std::mem::take(&mut self.ended_returns).into_values().collect();
        let statement = schema.sql(include_str!("end_returns.sql"));
        let query = bind_columns!(
            sqlx::query(&statement),
            rows,
            [
                order_id,
                return_id,
                outcome,
                rejection,
                taken_back,
                refund,
                written_off,
                currency,
                at,
                position,
            ]
        );
        query.execute(connection).await?;
        Ok(())
    }

    fn new_returns(&self) -> CopyRows {
        let mut rows = CopyRows::default();
        for ((order_id, return_id), row) in &self.returns {
            let end = row.end.as_ref();
            rows.push(&[
                &order_id.uuid(),
                &return_id.uuid(),
                &row.reason,
                &Jsonb(&row.requested),
                &row.exchange_order_id,
                &row.at,
                &row.position,
                &end.and_then(|end| end.outcome),
                &end.and_then(|end| end.rejection.as_deref()),
                &end.and_then(|end| end.taken_back.as_deref()).map(Jsonb),
                &end.and_then(|end| end.refund),
                &end.and_then(|end| end.written_off),
                &end.and_then(|end| end.currency.as_deref()),
                &end.and_then(|end| end.at),
                &end.and_then(|end| end.position),
            ]);
        }
        rows
    }
}

fn end(order_id: OrderId, return_id: ReturnId, outcome: &'static str, recorded: &Recorded) -> ReturnEndRow {
    ReturnEndRow {
        order_id: order_id.uuid(),
        return_id: return_id.uuid(),
        outcome: Some(outcome),
        at: Some(recorded.envelope.recorded_at),
        position: Some(recorded.envelope.position),
        ..ReturnEndRow::default()
    }
}

fn json<T: Serialize + ?Sized>(value: &T, recorded: &Recorded) -> Result<String, EventError> {
    serde_json::to_string(value).map_err(|error| recorded.refuse(error))
}
