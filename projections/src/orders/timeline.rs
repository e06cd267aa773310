//! What happened for an order, wherever it happened.

// A new event must be decided on here: `_` would be worth nothing in silence.
#![deny(clippy::wildcard_enum_match_arm)]

use std::borrow::Cow;

use domain::{
    Event, account::AccountEvent, order::OrderEvent, payment::PaymentEvent, stock::StockEvent, value::OrderId,
};
use serde::Deserialize;

use super::apply::status;
use crate::{
    copy::CopyRows,
    recorded::{EventError, Recorded},
};

/// The order, the step's name, and what there is to say of it.
type Told = (OrderId, &'static str, Option<String>);

/// The fields of the metadata that a step shows, without a copy of each.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Cause<'json> {
    #[serde(borrow)]
    actor: Cow<'json, str>,
    #[serde(borrow)]
    correlation_id: Cow<'json, str>,
    #[serde(borrow)]
    causation_id: Option<Cow<'json, str>>,
}

/// Adds the step that an event is, if it concerns an order.
pub(super) fn add(rows: &mut CopyRows, recorded: &Recorded) -> Result<(), EventError> {
    if let Event::Stock(StockEvent::FellShort {
        missing,
        warehouse,
        orders,
        ..
    }) = &recorded.event
    {
        // One event concerns several orders.
        let detail = format!(
            "{missing} × {} missing in {warehouse}",
            recorded.envelope.aggregate_id
        );
        for order_id in orders {
            push(rows, recorded, (*order_id, "stock_short", Some(detail.clone())));
        }
        return Ok(());
    }
    let told = match &recorded.event {
        Event::Order(event) => Some(order(recorded.id()?, event)),
        Event::Payment(event) => Some(payment(event)),
        Event::Stock(event) => stock(&recorded.envelope.aggregate_id, event),
        Event::Account(event) => account(event),
        Event::Product(_) | Event::Subscription(_) => None,
    };
    // The charges of a subscription belong to no order.
    if let Some(told) = told.filter(|(order_id, _, _)| !order_id.is_of_subscription()) {
        push(rows, recorded, told);
    }
    Ok(())
}

fn push(rows: &mut CopyRows, recorded: &Recorded, (order_id, step, detail): Told) {
    let (status, cancel_code, carrier) = state(&recorded.event);
    let envelope = &recorded.envelope;
    // Metadata of another shape than ours reads as empty fields, as everywhere.
    let cause: Cause<'_> = serde_json::from_str(&envelope.metadata).unwrap_or_default();
    rows.push(&[
        &order_id.uuid(),
        &envelope.position,
        &step,
        &detail,
        &status,
        &cancel_code,
        &carrier,
        &envelope.aggregate_type,
        &envelope.aggregate_id,
        &envelope.recorded_at,
        &cause.actor,
        &cause.correlation_id,
        &cause.causation_id,
    ]);
}

/// What a step of the order itself says of its state.
fn state(event: &Event) -> (Option<&'static str>, Option<&'static str>, Option<String>) {
    let Event::Order(event) = event else {
        return (None, None, None);
    };
    let (cancel_code, carrier) = match event {
        OrderEvent::Cancelled { reason } => (Some(reason.code()), None),
        OrderEvent::Shipped { carrier, .. } => (None, carrier.as_ref().map(ToString::to_string)),
        OrderEvent::Placed { .. }
        | OrderEvent::Confirmed {}
        | OrderEvent::Paid {}
        | OrderEvent::Delivered {}
        | OrderEvent::ReturnRequested { .. }
        | OrderEvent::ReturnAccepted { .. }
        | OrderEvent::RefundReduced { .. }
        | OrderEvent::ReturnRejected { .. }
        | OrderEvent::Returned {} => (None, None),
    };
    (status(event), cancel_code, carrier)
}

fn order(order_id: OrderId, event: &OrderEvent) -> Told {
    let (step, detail) = match event {
        OrderEvent::Placed { total, .. } => ("placed", Some(total.to_string())),
        OrderEvent::Confirmed {} => ("confirmed", None),
        OrderEvent::Paid {} => ("paid", None),
        OrderEvent::Cancelled { reason } => ("cancelled", Some(reason.to_string())),
        OrderEvent::Shipped { tracking_number, .. } => ("shipped", Some(tracking_number.to_string())),
        OrderEvent::Delivered {} => ("delivered", None),
        OrderEvent::ReturnRequested { reason, .. } => ("return_requested", Some(reason.to_string())),
        OrderEvent::ReturnAccepted { refund, .. } => ("return_accepted", Some(refund.to_string())),
        OrderEvent::RefundReduced { refund, .. } => ("return_refund_reduced", Some(refund.to_string())),
        OrderEvent::ReturnRejected { reason, .. } => ("return_rejected", Some(reason.to_string())),
        OrderEvent::Returned {} => ("returned", None),
    };
    (order_id, step, detail)
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
        PaymentEvent::RefundIdentified { amount, .. } => ("refund_identified", Some(amount.to_string())),
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
        StockEvent::Extended { order_id, expires_at } => {
            let until = expires_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
            Some((
                *order_id,
                "reservation_extended",
                Some(format!("{sku} until {until}")),
            ))
        }
        StockEvent::Returned {
            order_id, quantity, ..
        } => Some((*order_id, "stock_returned", units(quantity))),
        StockEvent::WrittenOff {
            order_id, quantity, ..
        } => Some((*order_id, "stock_written_off", units(quantity))),
        StockEvent::Received { .. }
        | StockEvent::Adjusted { .. }
        | StockEvent::FellShort { .. }
        | StockEvent::ShortageEased { .. }
        | StockEvent::ExpiryCorrected { .. }
        | StockEvent::Transferred { .. }
        | StockEvent::ThresholdSet { .. }
        | StockEvent::RanLow { .. } => None,
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
        // What moves no money for an order.
        AccountEvent::Opened { .. } | AccountEvent::Deposited { .. } | AccountEvent::Withdrawn { .. } => None,
    }
}
