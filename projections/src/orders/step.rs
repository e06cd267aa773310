//! What each event says of an order: a stable code, a sentence in English, and the values that the sentence
//! is made of.
//!
//! A front-end chooses its own sentence by the code and fills the values in. A code keeps its meaning and its
//! parameters for ever; new codes and further parameters may be added.

// A new event must be decided on here: `_` would be worth nothing in silence.
#![deny(clippy::wildcard_enum_match_arm)]

use chrono::{DateTime, SecondsFormat, Utc};
use domain::{
    Event,
    account::AccountEvent,
    order::{CancelReason, OrderEvent},
    payment::PaymentEvent,
    stock::StockEvent,
    value::{Money, OrderId},
};

use crate::recorded::{EventError, Recorded};

/// A step of an order.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) order_id: OrderId,
    /// What happened.
    pub(super) code: &'static str,
    pub(super) detail: Option<String>,
    /// Names and values, in the order in which the sentence has them.
    pub(super) parameters: Vec<(&'static str, String)>,
}

impl Step {
    const fn new(order_id: OrderId, code: &'static str) -> Self {
        Self {
            order_id,
            code,
            detail: None,
            parameters: Vec::new(),
        }
    }

    fn saying(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    fn with(mut self, name: &'static str, value: &(impl ToString + ?Sized)) -> Self {
        self.parameters.push((name, value.to_string()));
        self
    }

    /// A sum, in minor units as everywhere.
    fn with_money(self, money: &Money) -> Self {
        self.with("amount", &money.amount)
            .with("currency", money.currency.code())
    }

    /// A step that says one value and nothing else.
    fn of(self, name: &'static str, value: &(impl ToString + ?Sized)) -> Self {
        self.saying(value.to_string()).with(name, value)
    }

    /// A step that says a sum and nothing else.
    fn of_money(self, money: &Money) -> Self {
        self.saying(money.to_string()).with_money(money)
    }
}

/// The steps that an event is: none if it concerns no order.
pub(super) fn steps(recorded: &Recorded) -> Result<Vec<Step>, EventError> {
    let sku = &recorded.envelope.aggregate_id;
    // One event concerns several orders.
    if let Event::Stock(StockEvent::FellShort {
        missing,
        warehouse,
        orders,
        ..
    }) = &recorded.event
    {
        let short = |order_id: &OrderId| {
            Step::new(*order_id, "stock_short")
                .saying(format!("{missing} × {sku} missing in {warehouse} for all orders"))
                .with("missing_in_all", missing)
                .with("sku", sku)
                .with("warehouse", warehouse)
        };
        return Ok(orders.iter().map(short).collect());
    }
    let step = match &recorded.event {
        Event::Order(event) => Some(order(recorded.id()?, event)),
        Event::Payment(event) => Some(payment(event)),
        Event::Stock(event) => stock(sku, event),
        Event::Account(event) => account(event),
        Event::Product(_) | Event::Subscription(_) | Event::Warehouse(_) => None,
    };
    Ok(step.into_iter().collect())
}

fn order(order_id: OrderId, event: &OrderEvent) -> Step {
    let step = |code| Step::new(order_id, code);
    match event {
        OrderEvent::Placed { total, .. } => step("placed").of_money(total),
        OrderEvent::Confirmed {} => step("confirmed"),
        OrderEvent::Paid {} => step("paid"),
        OrderEvent::Cancelled { reason } => {
            let step = step("cancelled")
                .saying(reason.to_string())
                .with("reason_code", reason.code());
            cancelled(step, reason)
        }
        OrderEvent::Shipped {
            carrier,
            tracking_number,
        } => {
            let step = step("shipped").of("tracking_number", tracking_number);
            match carrier {
                Some(carrier) => step.with("carrier", carrier),
                None => step,
            }
        }
        OrderEvent::Delivered {} => step("delivered"),
        OrderEvent::ReturnRequested {
            return_id, reason, ..
        } => step("return_requested")
            .of("reason", reason)
            .with("return_id", return_id),
        OrderEvent::ReturnAccepted {
            return_id, refund, ..
        } => step("return_accepted")
            .of_money(refund)
            .with("return_id", return_id),
        OrderEvent::RefundReduced {
            return_id, refund, ..
        } => step("return_refund_reduced")
            .of_money(refund)
            .with("return_id", return_id),
        OrderEvent::ReturnRejected { return_id, reason } => step("return_rejected")
            .of("reason", reason)
            .with("return_id", return_id),
        OrderEvent::Returned {} => step("returned"),
    }
}

/// What the reason of a cancellation is made of.
fn cancelled(step: Step, reason: &CancelReason) -> Step {
    match reason {
        CancelReason::ByCustomer { note: None } | CancelReason::ReservationExpired => step,
        CancelReason::ByCustomer { note: Some(note) } | CancelReason::ShippingRefused { note } => {
            step.with("note", note)
        }
        CancelReason::OutOfStock { skus } => skus.iter().fold(step, |step, sku| step.with("sku", sku)),
        CancelReason::PaymentDeclined { decline_code } => step.with("decline_code", decline_code),
        CancelReason::CaptureFailed { failure_code } => step.with("failure_code", failure_code),
    }
}

fn payment(event: &PaymentEvent) -> Step {
    let step = |code| Step::new(event.order_id(), code);
    match event {
        PaymentEvent::Requested { amount, method, .. } => step("payment_requested")
            .saying(format!("{amount} by {}", method.name()))
            .with_money(amount)
            .with("method", method.name()),
        PaymentEvent::Authorised { .. } => step("payment_authorised"),
        PaymentEvent::Declined { code, .. } => step("payment_declined").of("decline_code", code),
        PaymentEvent::CaptureRequested { amount, .. } => step("capture_requested").of_money(amount),
        PaymentEvent::Captured { amount, .. } => step("payment_captured").of_money(amount),
        PaymentEvent::CaptureFailed { code, .. } => step("capture_failed").of("failure_code", code),
        PaymentEvent::VoidRequested { .. } => step("void_requested"),
        PaymentEvent::Voided { .. } => step("payment_voided"),
        PaymentEvent::RefundRequested {
            refund_id, amount, ..
        } => step("refund_requested")
            .of_money(amount)
            .with("refund_id", refund_id),
        PaymentEvent::Refunded {
            refund_id, amount, ..
        } => step("payment_refunded")
            .of_money(amount)
            .with("refund_id", refund_id),
        PaymentEvent::RefundIdentified {
            refund_id, amount, ..
        } => step("refund_identified")
            .of_money(amount)
            .with("refund_id", refund_id),
        PaymentEvent::RefundFailed { refund_id, code, .. } => step("refund_failed")
            .of("failure_code", code)
            .with("refund_id", refund_id),
    }
}

fn stock(sku: &str, event: &StockEvent) -> Option<Step> {
    let units = |order_id: &OrderId, code, quantity: &dyn std::fmt::Display| {
        Step::new(*order_id, code)
            .saying(format!("{quantity} × {sku}"))
            .with("quantity", quantity)
            .with("sku", sku)
    };
    Some(match event {
        StockEvent::Reserved {
            order_id, quantity, ..
        } => units(order_id, "stock_reserved", quantity),
        StockEvent::ReservationRefused {
            order_id,
            quantity,
            available,
            ..
        } => units(order_id, "stock_refused", quantity)
            .saying(format!("{quantity} × {sku}, {available} available"))
            .with("available", available),
        StockEvent::Released {
            order_id, quantity, ..
        } => units(order_id, "stock_released", quantity),
        StockEvent::Committed {
            order_id, quantity, ..
        } => units(order_id, "stock_committed", quantity),
        StockEvent::Extended { order_id, expires_at } => {
            let until = time(*expires_at);
            Step::new(*order_id, "reservation_extended")
                .saying(format!("{sku} until {until}"))
                .with("sku", sku)
                .with("until", &until)
        }
        StockEvent::Returned {
            order_id, quantity, ..
        } => units(order_id, "stock_returned", quantity),
        StockEvent::WrittenOff {
            order_id, quantity, ..
        } => units(order_id, "stock_written_off", quantity),
        // What concerns no order, or several.
        StockEvent::Received { .. }
        | StockEvent::Adjusted { .. }
        | StockEvent::FellShort { .. }
        | StockEvent::ShortageEased { .. }
        | StockEvent::ExpiryCorrected { .. }
        | StockEvent::Transferred { .. }
        | StockEvent::ThresholdSet { .. }
        | StockEvent::RanLow { .. } => return None,
    })
}

fn account(event: &AccountEvent) -> Option<Step> {
    Some(match event {
        AccountEvent::FundsHeld { order_id, amount, .. } => {
            Step::new(*order_id, "funds_held").of_money(amount)
        }
        AccountEvent::HoldRefused { order_id, reason, .. } => {
            Step::new(*order_id, "hold_refused").of("reason_code", reason.code())
        }
        AccountEvent::HoldCaptured { order_id, amount, .. } => {
            Step::new(*order_id, "hold_captured").of_money(amount)
        }
        AccountEvent::HoldReleased { order_id, amount, .. } => {
            Step::new(*order_id, "hold_released").of_money(amount)
        }
        AccountEvent::Refunded { order_id, amount, .. } => {
            Step::new(*order_id, "account_refunded").of_money(amount)
        }
        // What moves no money for an order.
        AccountEvent::Opened { .. } | AccountEvent::Deposited { .. } | AccountEvent::Withdrawn { .. } => {
            return None;
        }
    })
}

fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
