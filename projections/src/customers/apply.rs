//! Events into rows and differences, in memory.

// A new event must be decided on here: `_` would be worth nothing in silence.
#![deny(clippy::wildcard_enum_match_arm)]

use chrono::{DateTime, Utc};
use domain::{
    Event,
    order::OrderEvent,
    payment::PaymentEvent,
    value::{Money, OrderId},
};
use uuid::Uuid;

use crate::{
    copy::CopyRows,
    recorded::{EventError, Recorded},
};

/// What a batch of events changes.
#[derive(Debug, Default)]
pub struct CustomersBatch {
    pub(super) orders: CopyRows,
    pub(super) placed: Vec<PlacedRow>,
    pub(super) changes: Vec<ChangeRow>,
}

/// An order that was placed.
#[derive(Debug)]
pub(super) struct PlacedRow {
    pub(super) customer_id: Uuid,
    pub(super) at: DateTime<Utc>,
    pub(super) position: i64,
}

/// What became of an order, in numbers that are added up.
#[derive(Debug, Default)]
pub(super) struct ChangeRow {
    pub(super) order_id: Uuid,
    pub(super) cancelled: i64,
    pub(super) paid: i64,
    pub(super) spent: i64,
    pub(super) refunded: i64,
    /// Absent where the order's own currency counts.
    pub(super) currency: Option<String>,
}

impl CustomersBatch {
    pub(super) fn apply(&mut self, recorded: &Recorded) -> Result<(), EventError> {
        match &recorded.event {
            Event::Order(event) => self.apply_order(recorded.id()?, event, recorded),
            Event::Payment(PaymentEvent::Refunded { order_id, amount, .. })
                if !order_id.is_of_subscription() =>
            {
                self.changes.push(ChangeRow {
                    refunded: amount.amount,
                    ..of_payment(*order_id, *amount)
                });
            }
            Event::Payment(PaymentEvent::Captured { order_id, amount, .. })
                if !order_id.is_of_subscription() =>
            {
                self.changes.push(ChangeRow {
                    spent: amount.amount,
                    ..of_payment(*order_id, *amount)
                });
            }
            Event::Payment(_)
            | Event::Account(_)
            | Event::Product(_)
            | Event::Stock(_)
            | Event::Subscription(_)
            | Event::Warehouse(_) => {}
        }
        Ok(())
    }

    fn apply_order(&mut self, order_id: OrderId, event: &OrderEvent, recorded: &Recorded) {
        let change = ChangeRow {
            order_id: order_id.uuid(),
            ..ChangeRow::default()
        };
        match event {
            OrderEvent::Placed {
                customer_id, total, ..
            } => {
                self.orders
                    .push(&[&order_id.uuid(), &customer_id.uuid(), &total.currency.code()]);
                self.placed.push(PlacedRow {
                    customer_id: customer_id.uuid(),
                    at: recorded.envelope.recorded_at,
                    position: recorded.envelope.position,
                });
            }
            OrderEvent::Cancelled { .. } => self.changes.push(ChangeRow {
                cancelled: 1,
                ..change
            }),
            OrderEvent::Paid {} => self.changes.push(ChangeRow { paid: 1, ..change }),
            OrderEvent::Confirmed {}
            | OrderEvent::Shipped { .. }
            | OrderEvent::Delivered {}
            | OrderEvent::ReturnRequested { .. }
            | OrderEvent::ReturnAccepted { .. }
            | OrderEvent::RefundReduced { .. }
            | OrderEvent::ReturnRejected { .. }
            | OrderEvent::Returned {} => {}
        }
    }
}

/// What the payment of an order says is in the currency of the payment.
fn of_payment(order_id: OrderId, amount: Money) -> ChangeRow {
    ChangeRow {
        order_id: order_id.uuid(),
        currency: Some(amount.currency.to_string()),
        ..ChangeRow::default()
    }
}
