//! Fulfilment: carries an order from placed to paid, and back when that fails.
//!
//! ```text
//! OrderPlaced ──► reserve every line ──► request payment ──► confirm ──► capture ──► mark paid
//!                      │ out of stock        │ declined         │ cancelled, expired, in any state
//!                      └─────────────────────┴──────────────────┴──► undo what was done, cancel
//!
//! shipped ──► commit the units        return accepted ──► restock or write off, refund
//! ```
//!
//! The reserved units are kept for [`RESERVATION`] from the last step forward. The timer rings when the first
//! of these spans is over: an order that moved in the meantime keeps its units longer, any other is given up.
//! Once the money is captured the units are kept until the order ships.
//!
//! What always holds: nothing is undone before its outcome is known, and everything that was done
//! for an order that ends cancelled is undone exactly once.

mod compensation;
mod line;
mod refund;
mod reservation;
mod returns;
#[cfg(test)]
pub(super) mod tests;
mod view;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

pub(super) use self::reservation::after;
use self::{line::LineState, refund::Refunds};
use super::{Action, ProcessManager, TimerName};
use crate::{
    Event,
    order::{CancelReason, OrderCommand, OrderEvent, PaymentMethod, units_by_sku},
    payment::{PaymentCommand, PaymentEvent},
    stock::{StockCommand, StockEvent},
    value::{CustomerId, Money, OrderId, PaymentId, Sku, is_default},
};

/// How long reserved units are kept for an order that does not move.
pub const RESERVATION: TimeDelta = TimeDelta::minutes(15);

/// The minimum wait before asking again for units that other new orders hold; the actual wait is about twice as
/// long at most. After the last try they are out of stock.
pub const STOCK_RETRIES: [TimeDelta; 3] = [
    TimeDelta::milliseconds(250),
    TimeDelta::milliseconds(1_000),
    TimeDelta::milliseconds(3_000),
];

/// How long to wait before a refund that failed is asked for again; after the last try people must look.
pub const REFUND_RETRIES: [TimeDelta; 3] = [TimeDelta::hours(1), TimeDelta::days(1), TimeDelta::days(3)];

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
    #[serde(default)]
    phase: OrderPhase,
    /// What was captured, in minor units, once it is known: at the gateway it may be a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    captured: Option<i64>,
    /// How many times it has given way to others that wanted the same units.
    #[serde(default, skip_serializing_if = "is_default")]
    gave_way: u8,
    /// It is releasing its units, and will ask again once none are left.
    #[serde(default, skip_serializing_if = "is_default")]
    gives_way: bool,
    /// When the order last moved forward.
    #[serde(default)]
    moved_at: Option<DateTime<Utc>>,
}

/// How far the order itself came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OrderPhase {
    #[default]
    Placed,
    Confirmed,
    Paid,
    Shipped,
    Delivered,
    Returned,
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
            // No order waits for the charges of a subscription.
            Event::Payment(event) if event.order_id().is_of_subscription() => None,
            Event::Payment(event) => Some(event.order_id().to_string()),
            Event::Stock(
                StockEvent::Reserved { order_id, .. }
                | StockEvent::ReservationRefused { order_id, .. }
                | StockEvent::Released { order_id, .. }
                | StockEvent::Committed { order_id, .. },
            ) => Some(order_id.to_string()),
            // A count that leaves an order short is for people: its process waits for the parcel to be packed.
            Event::Stock(
                StockEvent::Received { .. }
                | StockEvent::Adjusted { .. }
                | StockEvent::FellShort { .. }
                | StockEvent::ShortageEased { .. }
                | StockEvent::ExpiryCorrected { .. }
                | StockEvent::Transferred { .. }
                | StockEvent::Extended { .. }
                | StockEvent::Returned { .. }
                | StockEvent::WrittenOff { .. }
                | StockEvent::ThresholdSet { .. }
                | StockEvent::RanLow { .. },
            )
            | Event::Account(_)
            | Event::Product(_)
            | Event::Subscription(_)
            | Event::Warehouse(_) => None,
        }
    }

    fn react(&mut self, aggregate_id: &str, event: &Event, recorded_at: DateTime<Utc>) -> Vec<Action> {
        match (&mut *self, event) {
            (Self::Started, Event::Order(placed @ OrderEvent::Placed { .. })) => {
                let Some(mut running) = Running::start(aggregate_id, placed) else {
                    return Vec::new();
                };
                let actions = running.reserve_all(recorded_at);
                *self = Self::Running(Box::new(running));
                actions
            }
            (Self::Running(order), Event::Order(event)) => order.order(event, recorded_at),
            (Self::Running(order), Event::Payment(event)) => order.payment(event, recorded_at),
            (Self::Running(order), Event::Stock(event)) => match Sku::try_from(aggregate_id.to_owned()) {
                Ok(sku) => order.stock(&sku, event, recorded_at),
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

    fn timer(&mut self, _process_id: &str, name: TimerName, due_at: DateTime<Utc>) -> Vec<Action> {
        match (self, name) {
            (Self::Running(order), TimerName::ReservationExpiry) => order.reservations_lapse(due_at),
            (Self::Running(order), TimerName::StockRetry) => order.reserve_in_turn(due_at),
            (Self::Running(order), TimerName::RefundRetry) => order.refund_again(),
            _ => Vec::new(),
        }
    }

    fn step(&self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Running(order) => order.step(),
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
            phase: OrderPhase::Placed,
            captured: None,
            gave_way: 0,
            gives_way: false,
            moved_at: None,
        })
    }

    fn order(&mut self, event: &OrderEvent, at: DateTime<Utc>) -> Vec<Action> {
        match event {
            OrderEvent::Confirmed {} => {
                self.phase = OrderPhase::Confirmed;
                self.moves(at);
                match self.payment {
                    PaymentState::Authorised if self.ending.is_none() => {
                        self.payment = PaymentState::Capturing;
                        vec![self.to_payment(PaymentCommand::RequestCapture)]
                    }
                    // The gateway was faster than we: the order could not be paid before it was confirmed.
                    PaymentState::Captured => vec![self.to_order(OrderCommand::MarkPaid)],
                    PaymentState::NotRequested
                    | PaymentState::Requested
                    | PaymentState::Authorised
                    | PaymentState::Capturing
                    | PaymentState::Voiding
                    | PaymentState::Refunding
                    | PaymentState::Over => Vec::new(),
                }
            }
            OrderEvent::Paid {} => {
                self.phase = OrderPhase::Paid;
                Vec::new()
            }
            OrderEvent::Cancelled { reason } => self.end(reason.clone()),
            OrderEvent::Shipped { .. } => {
                self.phase = OrderPhase::Shipped;
                let command = StockCommand::Commit {
                    order_id: self.order_id,
                };
                self.lines
                    .keys()
                    .map(|sku| (sku.clone(), command.clone()).into())
                    .collect()
            }
            OrderEvent::Delivered {} => {
                self.phase = OrderPhase::Delivered;
                Vec::new()
            }
            OrderEvent::Returned {} => {
                self.phase = OrderPhase::Returned;
                Vec::new()
            }
            OrderEvent::ReturnAccepted {
                return_id,
                lines,
                refund,
                written_off,
            } => self.take_back(*return_id, lines, *refund, *written_off),
            OrderEvent::Placed { .. }
            | OrderEvent::ReturnRequested { .. }
            | OrderEvent::RefundReduced { .. }
            | OrderEvent::ReturnRejected { .. } => Vec::new(),
        }
    }

    fn payment(&mut self, event: &PaymentEvent, at: DateTime<Utc>) -> Vec<Action> {
        match event {
            PaymentEvent::Authorised { .. } => self.authorised(at),
            PaymentEvent::Declined { code, .. } => {
                if self.payment != PaymentState::Requested {
                    return Vec::new();
                }
                self.payment = PaymentState::Over;
                self.end_order(CancelReason::PaymentDeclined {
                    decline_code: code.to_string(),
                })
            }
            PaymentEvent::Captured { amount, .. } => {
                self.captured = Some(amount.amount);
                self.captured()
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
                // Nobody of us gave it up: the gateway did.
                self.end_order(CancelReason::CaptureFailed {
                    failure_code: "authorisation_gone".to_owned(),
                })
            }
            PaymentEvent::RefundRequested {
                refund_id, amount, ..
            } => {
                self.refunds.requested(*refund_id, amount.amount);
                self.claim_back()
            }
            PaymentEvent::RefundFailed { refund_id, .. } => {
                if self.refunds.failed(*refund_id) {
                    return self.retry_refund(at);
                }
                // A refund by people that failed may have been in the way of what we owe.
                self.refund_again()
            }
            PaymentEvent::Refunded {
                refund_id, amount, ..
            } => {
                self.refunds.done(*refund_id, amount.amount);
                self.finish_refunding();
                self.settle_returns()
            }
            PaymentEvent::Requested { .. }
            | PaymentEvent::CaptureRequested { .. }
            | PaymentEvent::VoidRequested { .. }
            | PaymentEvent::RefundIdentified { .. } => Vec::new(),
        }
    }

    fn authorised(&mut self, at: DateTime<Utc>) -> Vec<Action> {
        // A payment that we gave up as declined may be authorised after all; any other news is old.
        if !matches!(self.payment, PaymentState::Requested | PaymentState::Over) {
            return Vec::new();
        }
        self.payment = PaymentState::Authorised;
        if self.ending.is_some() {
            return self.undo_payment();
        }
        self.moves(at);
        vec![self.to_order(OrderCommand::Confirm)]
    }

    fn captured(&mut self) -> Vec<Action> {
        self.payment = PaymentState::Captured;
        if self.ending.is_some() {
            return self.undo_payment();
        }
        vec![
            self.to_order(OrderCommand::MarkPaid),
            Action::CancelTimer {
                name: TimerName::ReservationExpiry,
            },
        ]
    }

    fn stock(&mut self, sku: &Sku, event: &StockEvent, at: DateTime<Utc>) -> Vec<Action> {
        let Some(line) = self.lines.get_mut(sku) else {
            return Vec::new();
        };
        line.observe(event);
        let is_outcome = matches!(
            event,
            StockEvent::Reserved { .. } | StockEvent::ReservationRefused { .. }
        );
        match (is_outcome, &self.ending) {
            (true, None) => self.reserve_on(at),
            (true, Some(_)) => self.release_reserved(),
            (false, None) if self.gives_way => self.wait_for_others(at),
            (false, _) => Vec::new(),
        }
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

    /// What can go back at most, in minor units.
    fn captured_amount(&self) -> i64 {
        self.captured.unwrap_or(self.total.amount)
    }

    fn to_order(&self, command: OrderCommand) -> Action {
        (self.order_id, command).into()
    }

    fn to_payment(&self, command: PaymentCommand) -> Action {
        (self.payment_id, command).into()
    }
}
