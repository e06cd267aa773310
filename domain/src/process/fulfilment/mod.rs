//! Fulfilment: carries an order from placed to paid, and back when that fails.
//!
//! ```text
//! OrderPlaced ──► reserve every line ──► request payment ──► confirm ──► capture ──► mark paid
//!                      │ out of stock        │ declined         │ cancelled, in any state
//!                      └─────────────────────┴──────────────────┴──► undo what was done, cancel
//! ```
//!
//! What always holds: nothing is undone before its outcome is known, and everything that was done
//! for an order that ends cancelled is undone exactly once.

mod compensation;
mod line;
mod refund;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use self::{line::LineState, refund::Refunds};
use super::{Action, ProcessManager};
use crate::{
    Event,
    order::{CancelReason, OrderCommand, OrderEvent, PaymentMethod, units_by_sku},
    payment::{PaymentCommand, PaymentEvent},
    stock::{StockCommand, StockEvent},
    value::{CustomerId, Money, OrderId, PaymentId, Sku},
};

/// How long reserved units are kept for an order that does not move.
const RESERVATION: TimeDelta = TimeDelta::minutes(15);

/// The process of one order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fulfilment {
    /// The order was not placed yet.
    #[default]
    Started,
    /// The order is on its way.
    Running(Box<Running>),
}

/// An order on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    order_id: OrderId,
    customer_id: CustomerId,
    total: Money,
    method: PaymentMethod,
    payment_id: PaymentId,
    lines: BTreeMap<Sku, LineState>,
    payment: PaymentState,
    refunds: Refunds,
    /// Set as soon as the order is to end cancelled; never taken back.
    ending: Option<CancelReason>,
}

/// How far the payment came, as far as the order needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PaymentState {
    NotRequested,
    Requested,
    Authorised,
    Capturing,
    Captured,
    Voiding,
    Refunding,
    /// Declined, voided or refunded: there is nothing (any more) to undo.
    Over,
}

impl ProcessManager for Fulfilment {
    const NAME: &'static str = "fulfilment";

    fn route(aggregate_id: &str, event: &Event) -> Option<String> {
        match event {
            Event::Order(_) => Some(aggregate_id.to_owned()),
            Event::Payment(event) => Some(event.order_id().to_string()),
            Event::Stock(
                StockEvent::Reserved { order_id, .. }
                | StockEvent::ReservationRefused { order_id, .. }
                | StockEvent::Released { order_id, .. }
                | StockEvent::Committed { order_id, .. },
            ) => Some(order_id.to_string()),
            _ => None,
        }
    }

    fn react(&mut self, aggregate_id: &str, event: &Event, recorded_at: DateTime<Utc>) -> Vec<Action> {
        match (&mut *self, event) {
            (Self::Started, Event::Order(placed @ OrderEvent::Placed { .. })) => {
                let Some(running) = Running::start(aggregate_id, placed) else {
                    return Vec::new();
                };
                let actions = running.reserve_all(recorded_at);
                *self = Self::Running(Box::new(running));
                actions
            }
            (Self::Running(order), Event::Order(event)) => order.order(event),
            (Self::Running(order), Event::Payment(event)) => order.payment(event),
            (Self::Running(order), Event::Stock(event)) => match Sku::try_from(aggregate_id.to_owned()) {
                Ok(sku) => order.stock(&sku, event),
                Err(_) => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn status(&self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Running(order) => order.status(),
        }
    }
}

impl Running {
    fn start(aggregate_id: &str, placed: &OrderEvent) -> Option<Self> {
        let OrderEvent::Placed {
            customer_id,
            lines,
            total,
            payment_id,
            payment,
            ..
        } = placed
        else {
            return None;
        };
        Some(Self {
            order_id: aggregate_id.parse().ok()?,
            customer_id: *customer_id,
            total: *total,
            method: payment.clone(),
            payment_id: *payment_id,
            // The same SKU on two lines is one reservation: a stock knows one for each order.
            lines: units_by_sku(lines)
                .ok()?
                .into_iter()
                .map(|(sku, units)| (sku, LineState::new(units)))
                .collect(),
            payment: PaymentState::NotRequested,
            refunds: Refunds::default(),
            ending: None,
        })
    }

    /// All lines at once: they do not depend on each other.
    fn reserve_all(&self, at: DateTime<Utc>) -> Vec<Action> {
        let order_id = self.order_id;
        let expires_at = at
            .checked_add_signed(RESERVATION)
            .unwrap_or(DateTime::<Utc>::MAX_UTC);
        let reserve = |(sku, line): (&Sku, &LineState)| {
            let command = StockCommand::Reserve {
                order_id,
                quantity: line.wanted,
                at,
                expires_at,
            };
            (sku.clone(), command).into()
        };
        self.lines.iter().map(reserve).collect()
    }

    fn order(&mut self, event: &OrderEvent) -> Vec<Action> {
        match event {
            OrderEvent::Confirmed {} => {
                self.payment = PaymentState::Capturing;
                vec![self.to_payment(PaymentCommand::RequestCapture)]
            }
            OrderEvent::Cancelled { reason } => self.end(reason.clone()),
            OrderEvent::Shipped { .. } => {
                let command = StockCommand::Commit {
                    order_id: self.order_id,
                };
                self.lines
                    .keys()
                    .map(|sku| (sku.clone(), command.clone()).into())
                    .collect()
            }
            OrderEvent::Placed { .. } | OrderEvent::Paid {} | OrderEvent::Delivered {} => Vec::new(),
        }
    }

    fn payment(&mut self, event: &PaymentEvent) -> Vec<Action> {
        match event {
            PaymentEvent::Authorised { .. } => {
                self.payment = PaymentState::Authorised;
                if self.ending.is_some() {
                    return self.undo_payment();
                }
                vec![self.to_order(OrderCommand::Confirm)]
            }
            PaymentEvent::Declined { code, .. } => {
                self.payment = PaymentState::Over;
                self.end_order(CancelReason::PaymentDeclined {
                    decline_code: code.to_string(),
                })
            }
            PaymentEvent::Captured { .. } => {
                self.payment = PaymentState::Captured;
                if self.ending.is_some() {
                    return self.undo_payment();
                }
                vec![self.to_order(OrderCommand::MarkPaid)]
            }
            PaymentEvent::CaptureFailed { code, .. } => {
                // The authorisation may still stand, so there is something to void.
                self.payment = PaymentState::Authorised;
                if self.ending.is_some() {
                    return self.undo_payment();
                }
                self.end_order(CancelReason::CaptureFailed {
                    failure_code: code.to_string(),
                })
            }
            PaymentEvent::Voided { .. } => {
                self.payment = PaymentState::Over;
                Vec::new()
            }
            PaymentEvent::RefundRequested {
                refund_id, amount, ..
            } => {
                self.refunds.requested(*refund_id, amount.amount);
                self.claim_back()
            }
            PaymentEvent::RefundFailed { refund_id, .. } => {
                self.refunds.failed(*refund_id);
                // A refund of our own that failed is left to people: asking again would not end.
                if self.refunds.is_own(*refund_id) {
                    return Vec::new();
                }
                self.claim_back()
            }
            PaymentEvent::Refunded { refund_id, .. } => {
                self.refunds.done(*refund_id);
                self.finish_refunding();
                Vec::new()
            }
            PaymentEvent::Requested { .. }
            | PaymentEvent::CaptureRequested { .. }
            | PaymentEvent::VoidRequested { .. } => Vec::new(),
        }
    }

    fn stock(&mut self, sku: &Sku, event: &StockEvent) -> Vec<Action> {
        let Some(line) = self.lines.get_mut(sku) else {
            return Vec::new();
        };
        line.observe(event);
        if !matches!(
            event,
            StockEvent::Reserved { .. } | StockEvent::ReservationRefused { .. }
        ) {
            return Vec::new();
        }
        if self.ending.is_some() {
            return self.release_reserved();
        }
        if self.lines.values().any(LineState::is_open) {
            return Vec::new();
        }
        let refused = self.lines.iter().filter(|(_, line)| line.is_refused());
        let skus: Vec<Sku> = refused.map(|(sku, _)| sku.clone()).collect();
        if skus.is_empty() {
            return self.request_payment();
        }
        self.end_order(CancelReason::OutOfStock { skus })
    }

    fn request_payment(&mut self) -> Vec<Action> {
        self.payment = PaymentState::Requested;
        vec![self.to_payment(PaymentCommand::Request {
            order_id: self.order_id,
            customer_id: self.customer_id,
            amount: self.total,
            method: self.method.clone(),
        })]
    }

    fn status(&self) -> &'static str {
        if self.ending.is_some() {
            let undone = self.payment == PaymentState::Over || self.payment == PaymentState::NotRequested;
            let released = !self
                .lines
                .values()
                .any(|line| line.is_open() || line.holds_units());
            return if undone && released {
                "failed"
            } else {
                "compensating"
            };
        }
        match self.payment {
            PaymentState::NotRequested => "awaiting_stock",
            PaymentState::Captured => "completed",
            _ => "awaiting_payment",
        }
    }

    fn to_order(&self, command: OrderCommand) -> Action {
        (self.order_id, command).into()
    }

    fn to_payment(&self, command: PaymentCommand) -> Action {
        (self.payment_id, command).into()
    }
}
