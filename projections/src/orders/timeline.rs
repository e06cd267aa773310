//! What happened for an order, wherever it happened.

use chrono::{DateTime, Utc};
use domain::{
    Event, account::AccountEvent, order::OrderEvent, payment::PaymentEvent, stock::StockEvent, value::OrderId,
};
use uuid::Uuid;

use crate::recorded::{EventError, Recorded};

/// One step of an order's timeline.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) order_id: Uuid,
    pub(super) position: i64,
    pub(super) step: &'static str,
    pub(super) detail: Option<String>,
    pub(super) aggregate_type: String,
    pub(super) aggregate_id: String,
    pub(super) at: DateTime<Utc>,
    pub(super) actor: String,
    pub(super) correlation_id: String,
    pub(super) causation_id: Option<String>,
}

/// The order, the step's name, and what there is to say of it.
type Told = (OrderId, &'static str, Option<String>);

impl Step {
    /// The step that an event is, if it concerns an order.
    pub(super) fn of(recorded: &Recorded) -> Result<Option<Self>, EventError> {
        let told = match &recorded.event {
            Event::Order(event) => Some(order(recorded.id()?, event)),
            Event::Payment(event) => Some(payment(event)),
            Event::Stock(event) => stock(&recorded.envelope.aggregate_id, event),
            Event::Account(event) => account(event),
            Event::Product(_) => None,
        };
        Ok(told.map(|told| Self::new(told, recorded)))
    }

    fn new((order_id, step, detail): Told, recorded: &Recorded) -> Self {
        let (envelope, metadata) = (&recorded.envelope, recorded.envelope.metadata());
        Self {
            order_id: order_id.uuid(),
            position: envelope.position,
            step,
            detail,
            aggregate_type: envelope.aggregate_type.clone(),
            aggregate_id: envelope.aggregate_id.clone(),
            at: envelope.recorded_at,
            actor: metadata.actor,
            correlation_id: metadata.correlation_id,
            causation_id: metadata.causation_id,
        }
    }
}

fn order(order_id: OrderId, event: &OrderEvent) -> Told {
    match event {
        OrderEvent::Placed { total, .. } => (order_id, "placed", Some(total.to_string())),
        OrderEvent::Confirmed {} => (order_id, "confirmed", None),
        OrderEvent::Paid {} => (order_id, "paid", None),
        OrderEvent::Cancelled { reason } => (order_id, "cancelled", Some(reason.to_string())),
        OrderEvent::Shipped { tracking_number, .. } => {
            (order_id, "shipped", Some(tracking_number.to_string()))
        }
        OrderEvent::Delivered {} => (order_id, "delivered", None),
    }
}

fn payment(event: &PaymentEvent) -> Told {
    let (step, detail) = match event {
        PaymentEvent::Requested { amount, method, .. } => (
            "payment_requested",
            Some(format!("{amount} by {}", method.name())),
        ),
        PaymentEvent::Authorised { .. } => ("payment_authorised", None),
        PaymentEvent::Declined { code, .. } => ("payment_declined", Some(code.to_string())),
        PaymentEvent::CaptureRequested { amount, .. } => ("capture_requested", Some(amount.to_string())),
        PaymentEvent::Captured { amount, .. } => ("payment_captured", Some(amount.to_string())),
        PaymentEvent::CaptureFailed { code, .. } => ("capture_failed", Some(code.to_string())),
        PaymentEvent::VoidRequested { .. } => ("void_requested", None),
        PaymentEvent::Voided { .. } => ("payment_voided", None),
        PaymentEvent::RefundRequested { amount, .. } => ("refund_requested", Some(amount.to_string())),
        PaymentEvent::Refunded { amount, .. } => ("payment_refunded", Some(amount.to_string())),
        PaymentEvent::RefundFailed { code, .. } => ("refund_failed", Some(code.to_string())),
    };
    (event.order_id(), step, detail)
}

fn stock(sku: &str, event: &StockEvent) -> Option<Told> {
    let units = |quantity: &dyn std::fmt::Display| Some(format!("{quantity} × {sku}"));
    match event {
        StockEvent::Reserved {
            order_id, quantity, ..
        } => Some((*order_id, "stock_reserved", units(quantity))),
        StockEvent::ReservationRefused {
            order_id,
            quantity,
            available,
            ..
        } => {
            let detail = format!("{quantity} × {sku}, {available} available");
            Some((*order_id, "stock_refused", Some(detail)))
        }
        StockEvent::Released {
            order_id, quantity, ..
        } => Some((*order_id, "stock_released", units(quantity))),
        StockEvent::Committed {
            order_id, quantity, ..
        } => Some((*order_id, "stock_committed", units(quantity))),
        StockEvent::Received { .. } | StockEvent::Adjusted { .. } | StockEvent::Transferred { .. } => None,
    }
}

fn account(event: &AccountEvent) -> Option<Told> {
    match event {
        AccountEvent::FundsHeld { order_id, amount, .. } => {
            Some((*order_id, "funds_held", Some(amount.to_string())))
        }
        AccountEvent::HoldRefused { order_id, reason, .. } => {
            Some((*order_id, "hold_refused", Some(reason.code().to_owned())))
        }
        AccountEvent::HoldCaptured { order_id, amount, .. } => {
            Some((*order_id, "hold_captured", Some(amount.to_string())))
        }
        AccountEvent::HoldReleased { order_id, amount, .. } => {
            Some((*order_id, "hold_released", Some(amount.to_string())))
        }
        AccountEvent::Refunded { order_id, amount, .. } => {
            Some((*order_id, "account_refunded", Some(amount.to_string())))
        }
        AccountEvent::Opened { .. } | AccountEvent::Deposited { .. } | AccountEvent::Withdrawn { .. } => None,
    }
}
