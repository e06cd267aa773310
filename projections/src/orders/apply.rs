//! Events into rows, in memory.

// A new event must be decided on here: `_` would be worth nothing in silence.
#![deny(clippy::wildcard_enum_match_arm)]

use std::collections::{BTreeMap, btree_map::Entry};

use chrono::{DateTime, Utc};
use domain::{
    Event,
    order::{Line, OrderEvent, PaymentMethod},
    value::OrderId,
};
use uuid::Uuid;

use super::{
    returns::{ReturnEndRow, ReturnKey, ReturnRow},
    timeline,
};
use crate::{
    copy::CopyRows,
    recorded::{EventError, Recorded},
};

/// What a batch of events changes. What becomes of an order within the batch that placed it is folded
/// into its one row. The order of the maps keeps two transactions from waiting for each other's rows in
/// circles.
#[derive(Debug, Default)]
pub struct OrdersBatch {
    pub(super) placed: BTreeMap<OrderId, OrderRow>,
    pub(super) changed: BTreeMap<OrderId, ChangeRow>,
    pub(super) lines: CopyRows,
    pub(super) timeline: CopyRows,
    pub(super) returns: BTreeMap<ReturnKey, ReturnRow>,
    /// How returns ended that were requested in an earlier batch.
    pub(super) ended_returns: BTreeMap<ReturnKey, ReturnEndRow>,
    pub(super) refund_history: CopyRows,
    pub(super) returned_units: CopyRows,
}

/// A new order.
#[derive(Debug)]
pub(super) struct OrderRow {
    pub(super) customer_id: Uuid,
    pub(super) currency: String,
    pub(super) total: i64,
    pub(super) tax: i64,
    pub(super) payment_id: Uuid,
    pub(super) payment_method: &'static str,
    pub(super) account_id: Option<Uuid>,
    pub(super) shipping_address: String,
    pub(super) placed_at: DateTime<Utc>,
    pub(super) placed_position: i64,
    pub(super) now: ChangeRow,
}

/// What became of an order: an absent field stays as it is.
#[derive(Debug, Default)]
pub(super) struct ChangeRow {
    pub(super) order_id: Uuid,
    pub(super) status: Option<&'static str>,
    pub(super) cancel_code: Option<&'static str>,
    pub(super) cancel_reason: Option<String>,
    pub(super) carrier: Option<String>,
    pub(super) tracking_number: Option<String>,
    pub(super) updated_at: Option<DateTime<Utc>>,
    pub(super) position: Option<i64>,
    /// Of the newest event, also of one that leaves the state as it is.
    pub(super) sequence: i64,
}

impl OrdersBatch {
    pub(super) fn apply(&mut self, recorded: &Recorded) -> Result<(), EventError> {
        if let Event::Order(event) = &recorded.event {
            let order_id: OrderId = recorded.id()?;
            if let OrderEvent::Placed { lines, .. } = event {
                self.place(order_id, event, recorded)?;
                for (line, number) in lines.iter().zip(1_i16..) {
                    self.line(order_id, number, line);
                }
            }
            self.change(order_id, event, recorded);
            self.apply_return(order_id, event, recorded)?;
        }
        timeline::add(&mut self.timeline, recorded)
    }

    fn place(
        &mut self,
        order_id: OrderId,
        event: &OrderEvent,
        recorded: &Recorded,
    ) -> Result<(), EventError> {
        let OrderEvent::Placed {
            customer_id,
            total,
            tax,
            payment_id,
            payment,
            shipping_address,
            ..
        } = event
        else {
            return Err(recorded.refuse("only a placed order has these fields"));
        };
        let account_id = match payment {
            PaymentMethod::Account { account_id } => Some(account_id.uuid()),
            PaymentMethod::Card { .. } => None,
        };
        let shipping_address =
            serde_json::to_string(shipping_address).map_err(|error| recorded.refuse(error))?;
        match self.placed.entry(order_id) {
            Entry::Occupied(_) => return Err(recorded.refuse("the order was placed before")),
            Entry::Vacant(entry) => entry.insert(OrderRow {
                customer_id: customer_id.uuid(),
                currency: total.currency.to_string(),
                total: total.amount,
                tax: tax.amount,
                payment_id: payment_id.uuid(),
                payment_method: payment.name(),
                account_id,
                shipping_address,
                placed_at: recorded.envelope.recorded_at,
                placed_position: recorded.envelope.position,
                now: ChangeRow::default(),
            }),
        };
        Ok(())
    }

    fn line(&mut self, order_id: OrderId, number: i16, line: &Line) {
        self.lines.push(&[
            &order_id.uuid(),
            &number,
            &line.sku.as_str(),
            &line.product_id.uuid(),
            &line.name,
            &i64::from(line.quantity),
            &line.unit_price.amount,
            &line.unit_price.currency.code(),
            &i32::from(line.tax_rate_bp),
        ]);
    }

    fn change(&mut self, order_id: OrderId, event: &OrderEvent, recorded: &Recorded) {
        let change = match self.placed.get_mut(&order_id) {
            Some(placed) => &mut placed.now,
            None => self.changed.entry(order_id).or_default(),
        };
        change.order_id = order_id.uuid();
        change.sequence = recorded.envelope.sequence;
        if let Some(status) = status(event) {
            change.status = Some(status);
            change.updated_at = Some(recorded.envelope.recorded_at);
            change.position = Some(recorded.envelope.position);
        }
        match event {
            OrderEvent::Cancelled { reason } => {
                change.cancel_code = Some(reason.code());
                change.cancel_reason = Some(reason.to_string());
            }
            OrderEvent::Shipped {
                carrier,
                tracking_number,
            } => {
                change.carrier = carrier.as_ref().map(ToString::to_string);
                change.tracking_number = Some(tracking_number.to_string());
            }
            OrderEvent::Placed { .. }
            | OrderEvent::Confirmed {}
            | OrderEvent::Paid {}
            | OrderEvent::Delivered {}
            | OrderEvent::ReturnRequested { .. }
            | OrderEvent::ReturnAccepted { .. }
            | OrderEvent::RefundReduced { .. }
            | OrderEvent::ReturnRejected { .. }
            | OrderEvent::Returned {} => {}
        }
    }
}

/// The state that an event takes its order to; nothing if it stays in its state.
pub(super) fn status(event: &OrderEvent) -> Option<&'static str> {
    Some(match event {
        OrderEvent::Placed { .. } => "placed",
        OrderEvent::Confirmed {} => "confirmed",
        OrderEvent::Paid {} => "paid",
        OrderEvent::Cancelled { .. } => "cancelled",
        OrderEvent::Shipped { .. } => "shipped",
        OrderEvent::Delivered {} => "delivered",
        OrderEvent::Returned {} => "returned",
        OrderEvent::ReturnRequested { .. }
        | OrderEvent::ReturnAccepted { .. }
        | OrderEvent::RefundReduced { .. }
        | OrderEvent::ReturnRejected { .. } => return None,
    })
}
