//! The state of a payment, and how events change it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::PaymentEvent;
use crate::{
    account::LedgerAccount,
    aggregate::aggregate,
    order::PaymentMethod,
    value::{CustomerId, Money, OrderId, RefundId},
};

/// A payment, requested or not yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Payment {
    /// Nobody has asked for it.
    #[default]
    Unrequested,
    /// It is on its way.
    Open(OpenPayment),
}

/// A payment that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPayment {
    /// The order to be paid.
    pub order_id: OrderId,
    /// Who pays.
    pub customer_id: CustomerId,
    /// How much.
    pub amount: Money,
    /// From where.
    pub method: PaymentMethod,
    /// How far it came.
    pub phase: PaymentPhase,
    /// Every refund that was asked for and did not fail.
    pub refunds: BTreeMap<RefundId, Refund>,
}

/// How far a payment came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentPhase {
    /// Asked for.
    Requested,
    /// Set aside.
    Authorised,
    /// Refused.
    Declined,
    /// Asked for, after it was set aside.
    Capturing,
    /// Ours.
    Captured,
    /// Not to be had.
    CaptureFailed,
    /// Being given up.
    Voiding,
    /// Given up.
    Voided,
}

/// Captured money on its way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// How much, in minor units.
    pub amount: i64,
    /// Whether it arrived.
    pub done: bool,
    /// Which account of the shop bears it.
    #[serde(default)]
    pub borne_by: LedgerAccount,
}

aggregate!(
    Payment,
    "payment",
    super::PaymentCommand,
    PaymentEvent,
    super::PaymentError
);

impl OpenPayment {
    /// What was captured and is neither refunded nor about to be.
    pub fn refundable(&self) -> i64 {
        if self.phase != PaymentPhase::Captured {
            return 0;
        }
        let refunds = self.refunds.values().map(|refund| refund.amount);
        self.amount
            .amount
            .saturating_sub(refunds.fold(0, i64::saturating_add))
    }
}

impl Payment {
    /// Folds one event into the state.
    pub(crate) fn evolve(&mut self, event: PaymentEvent) {
        if let PaymentEvent::Requested {
            order_id,
            customer_id,
            amount,
            method,
        } = event
        {
            let (phase, refunds) = (PaymentPhase::Requested, BTreeMap::new());
            *self = Self::Open(OpenPayment {
                order_id,
                customer_id,
                amount,
                method,
                phase,
                refunds,
            });
            return;
        }
        if let Self::Open(payment) = self {
            payment.evolve(&event);
        }
    }
}

impl OpenPayment {
    fn evolve(&mut self, event: &PaymentEvent) {
        match event {
            PaymentEvent::Requested { .. } => {}
            PaymentEvent::Authorised { .. } => self.phase = PaymentPhase::Authorised,
            PaymentEvent::Declined { .. } => self.phase = PaymentPhase::Declined,
            PaymentEvent::CaptureRequested { .. } => self.phase = PaymentPhase::Capturing,
            PaymentEvent::Captured { .. } => self.phase = PaymentPhase::Captured,
            PaymentEvent::CaptureFailed { .. } => self.phase = PaymentPhase::CaptureFailed,
            PaymentEvent::VoidRequested { .. } => self.phase = PaymentPhase::Voiding,
            PaymentEvent::Voided { .. } => self.phase = PaymentPhase::Voided,
            PaymentEvent::RefundRequested {
                refund_id,
                amount,
                borne_by,
                ..
            } => {
                self.refunds.insert(
                    *refund_id,
                    Refund {
                        amount: amount.amount,
                        done: false,
                        borne_by: *borne_by,
                    },
                );
            }
            PaymentEvent::Refunded {
                refund_id,
                amount,
                borne_by,
                ..
            } => {
                // A refund that was made at the gateway itself was never asked for.
                let refund = self.refunds.entry(*refund_id).or_insert(Refund {
                    amount: amount.amount,
                    done: true,
                    borne_by: *borne_by,
                });
                refund.done = true;
            }
            PaymentEvent::RefundFailed { refund_id, .. } => {
                self.refunds.remove(refund_id);
            }
        }
    }
}
