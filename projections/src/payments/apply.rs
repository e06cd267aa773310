//! Events into rows, in memory.

// A new event must be decided on here: `_` would be worth nothing in silence.
#![deny(clippy::wildcard_enum_match_arm)]

use std::collections::{BTreeMap, btree_map::Entry};

use chrono::{DateTime, Utc};
use domain::{
    Event,
    account::LedgerAccount,
    order::PaymentMethod,
    payment::PaymentEvent,
    value::{Money, PaymentId, RefundId},
};
use uuid::Uuid;

use crate::recorded::{EventError, Recorded};

/// What a batch of events changes. What becomes of a payment within the batch that requested it is folded
/// into its one row. The order of the maps keeps two transactions from waiting for each other's rows in
/// circles.
#[derive(Debug, Default)]
pub struct PaymentsBatch {
    pub(super) requested: BTreeMap<PaymentId, RequestRow>,
    pub(super) changed: BTreeMap<PaymentId, ChangeRow>,
    pub(super) refunds: BTreeMap<(PaymentId, RefundId), RefundRow>,
    /// Failures of refunds that were asked for in an earlier batch.
    pub(super) failed_refunds: BTreeMap<(PaymentId, RefundId), FailureRow>,
}

/// A new payment.
#[derive(Debug)]
pub(super) struct RequestRow {
    pub(super) order_id: Uuid,
    pub(super) customer_id: Uuid,
    pub(super) amount: Money,
    pub(super) method: &'static str,
    pub(super) account_id: Option<Uuid>,
    pub(super) at: DateTime<Utc>,
    pub(super) now: ChangeRow,
}

/// What became of a payment: an absent field stays as it is, and sums are added.
#[derive(Debug, Default)]
pub(super) struct ChangeRow {
    pub(super) payment_id: Uuid,
    pub(super) state: Option<&'static str>,
    pub(super) failure_code: Option<String>,
    pub(super) gateway_reference: Option<String>,
    pub(super) authorised: bool,
    pub(super) captured: i64,
    pub(super) refunded: i64,
    pub(super) at: DateTime<Utc>,
    pub(super) position: i64,
    pub(super) sequence: i64,
}

/// A refund as it is at the end of the batch.
#[derive(Debug)]
pub(super) struct RefundRow {
    pub(super) payment_id: Uuid,
    pub(super) refund_id: Uuid,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) reason: Option<String>,
    pub(super) state: &'static str,
    pub(super) failure_code: Option<String>,
    pub(super) borne_by: &'static str,
    pub(super) asked_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) asked: i64,
}

/// The failure of a refund.
#[derive(Debug)]
pub(super) struct FailureRow {
    pub(super) payment_id: Uuid,
    pub(super) refund_id: Uuid,
    pub(super) failure_code: String,
    pub(super) at: DateTime<Utc>,
}

impl PaymentsBatch {
    pub(super) fn apply(&mut self, recorded: &Recorded) -> Result<(), EventError> {
        let Event::Payment(event) = &recorded.event else {
            return Ok(());
        };
        let id: PaymentId = recorded.id()?;
        if let PaymentEvent::Requested {
            order_id,
            customer_id,
            amount,
            method,
        } = event
        {
            let row = RequestRow {
                order_id: order_id.uuid(),
                customer_id: customer_id.uuid(),
                amount: *amount,
                method: method.name(),
                account_id: match method {
                    PaymentMethod::Account { account_id } => Some(account_id.uuid()),
                    PaymentMethod::Card { .. } => None,
                },
                at: recorded.envelope.recorded_at,
                now: ChangeRow::default(),
            };
            match self.requested.entry(id) {
                Entry::Occupied(_) => return Err(recorded.refuse("the payment was requested before")),
                Entry::Vacant(entry) => entry.insert(row),
            };
        }
        self.change(id, event, recorded)?;
        self.apply_refund(id, event, recorded);
        Ok(())
    }

    fn change(&mut self, id: PaymentId, event: &PaymentEvent, recorded: &Recorded) -> Result<(), EventError> {
        let change = match self.requested.get_mut(&id) {
            Some(requested) => &mut requested.now,
            None => self.changed.entry(id).or_default(),
        };
        change.payment_id = id.uuid();
        change.at = recorded.envelope.recorded_at;
        change.position = recorded.envelope.position;
        change.sequence = recorded.envelope.sequence;
        if let Some(state) = state(event) {
            change.state = Some(state);
        }
        match event {
            PaymentEvent::Authorised {
                gateway_reference, ..
            } => {
                change.authorised = true;
                if let Some(reference) = gateway_reference {
                    change.gateway_reference = Some(reference.to_string());
                }
            }
            PaymentEvent::Declined { code, .. } | PaymentEvent::CaptureFailed { code, .. } => {
                change.failure_code = Some(code.to_string());
            }
            PaymentEvent::Captured { amount, .. } => {
                change.captured = sum(change.captured, amount, recorded)?;
            }
            PaymentEvent::Refunded { amount, .. } => {
                change.refunded = sum(change.refunded, amount, recorded)?;
            }
            PaymentEvent::Requested { .. }
            | PaymentEvent::CaptureRequested { .. }
            | PaymentEvent::VoidRequested { .. }
            | PaymentEvent::Voided { .. }
            | PaymentEvent::RefundRequested { .. }
            | PaymentEvent::RefundIdentified { .. }
            | PaymentEvent::RefundFailed { .. } => {}
        }
        Ok(())
    }

    fn apply_refund(&mut self, id: PaymentId, event: &PaymentEvent, recorded: &Recorded) {
        let at = recorded.envelope.recorded_at;
        match event {
            PaymentEvent::RefundRequested {
                refund_id,
                amount,
                reason,
                borne_by,
                ..
            } => {
                let row = RefundRow {
                    reason: Some(reason.to_string()),
                    ..refund(id, *refund_id, amount, *borne_by, recorded)
                };
                self.refund(row);
            }
            PaymentEvent::Refunded {
                refund_id,
                amount,
                borne_by,
                ..
            } => {
                let row = RefundRow {
                    state: "refunded",
                    ..refund(id, *refund_id, amount, *borne_by, recorded)
                };
                self.refund(row);
            }
            PaymentEvent::RefundFailed { refund_id, code, .. } => {
                if let Some(row) = self.refunds.get_mut(&(id, *refund_id)) {
                    (row.state, row.updated_at) = ("failed", at);
                    row.failure_code = Some(code.to_string());
                } else {
                    let row = FailureRow {
                        payment_id: id.uuid(),
                        refund_id: refund_id.uuid(),
                        failure_code: code.to_string(),
                        at,
                    };
                    self.failed_refunds.insert((id, *refund_id), row);
                }
            }
            // What is identified is a part of a sum that is in the list already.
            PaymentEvent::RefundIdentified { .. }
            | PaymentEvent::Requested { .. }
            | PaymentEvent::Authorised { .. }
            | PaymentEvent::Declined { .. }
            | PaymentEvent::CaptureRequested { .. }
            | PaymentEvent::Captured { .. }
            | PaymentEvent::CaptureFailed { .. }
            | PaymentEvent::VoidRequested { .. }
            | PaymentEvent::Voided { .. } => {}
        }
    }

    /// Adds a refund or replaces what was known of it, as the statement does with that of an earlier batch.
    fn refund(&mut self, row: RefundRow) {
        let key = (PaymentId::new(row.payment_id), RefundId::new(row.refund_id));
        self.failed_refunds.remove(&key);
        match self.refunds.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(row);
            }
            Entry::Occupied(entry) => {
                let before = entry.into_mut();
                before.amount = row.amount;
                before.borne_by = row.borne_by;
                before.state = row.state;
                before.failure_code = None;
                before.updated_at = row.updated_at;
                if row.reason.is_some() {
                    before.reason = row.reason;
                }
            }
        }
    }
}

fn refund(
    payment_id: PaymentId,
    refund_id: RefundId,
    amount: &Money,
    borne_by: LedgerAccount,
    recorded: &Recorded,
) -> RefundRow {
    let at = recorded.envelope.recorded_at;
    RefundRow {
        payment_id: payment_id.uuid(),
        refund_id: refund_id.uuid(),
        amount: amount.amount,
        currency: amount.currency.to_string(),
        reason: None,
        state: "requested",
        failure_code: None,
        borne_by: borne_by.name(),
        asked_at: at,
        updated_at: at,
        asked: recorded.envelope.position,
    }
}

/// The state that an event takes its payment to; nothing if it stays in its state.
fn state(event: &PaymentEvent) -> Option<&'static str> {
    Some(match event {
        PaymentEvent::Requested { .. } => "requested",
        PaymentEvent::Authorised { .. } => "authorised",
        PaymentEvent::Declined { .. } => "declined",
        PaymentEvent::CaptureRequested { .. } => "capturing",
        PaymentEvent::Captured { .. } => "captured",
        PaymentEvent::CaptureFailed { .. } => "capture_failed",
        PaymentEvent::VoidRequested { .. } => "voiding",
        PaymentEvent::Voided { .. } => "voided",
        PaymentEvent::RefundRequested { .. }
        | PaymentEvent::Refunded { .. }
        | PaymentEvent::RefundIdentified { .. }
        | PaymentEvent::RefundFailed { .. } => return None,
    })
}

fn sum(before: i64, more: &Money, recorded: &Recorded) -> Result<i64, EventError> {
    before
        .checked_add(more.amount)
        .ok_or_else(|| recorded.refuse("a sum of money leaves 64 bits"))
}
