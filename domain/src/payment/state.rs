//! The state of a payment, and how events change it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{GOODS_CAME_BACK, PaymentEvent};
use crate::{
    account::LedgerAccount,
    aggregate::aggregate,
    order::PaymentMethod,
    value::{CustomerId, Money, OrderId, RefundId},
};

/// A payment, requested or not yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Payment {
    /// It was not requested yet.
    #[default]
    Unrequested,
    /// It was requested.
    Open(OpenPayment),
}

/// A payment that was requested.
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
    /// What was captured, in minor units: less than the amount when a part was let go.
    #[serde(default)]
    pub captured: i64,
    /// Every refund that was requested or made at the gateway, and did not fail.
    pub refunds: BTreeMap<RefundId, Refund>,
    /// What the gateway gave back by its own sum and has not named yet, in minor units.
    #[serde(default)]
    pub unnamed: i64,
}

/// How far a payment came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentPhase {
    /// The authorisation was requested.
    Requested,
    /// The money is set aside.
    Authorised,
    /// The authorisation was declined.
    Declined,
    /// The capture was requested.
    Capturing,
    /// The money was captured.
    Captured,
    /// The capture failed.
    CaptureFailed,
    /// The authorisation is being given up.
    Voiding,
    /// The authorisation was given up.
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
    /// Whether it is for goods that came back.
    #[serde(default)]
    pub for_goods: bool,
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
        self.captured.saturating_sub(self.given_back(|_| true))
    }

    /// What all refunds for goods that come back may be together: what was captured and is given back for no
    /// other reason.
    ///
    /// Refunds for goods are left out because the order knows what it promised, also before the payment does.
    pub fn left_for_goods(&self) -> Money {
        let captured = match self.phase {
            PaymentPhase::Captured => self.captured,
            PaymentPhase::Requested
            | PaymentPhase::Authorised
            | PaymentPhase::Declined
            | PaymentPhase::Capturing
            | PaymentPhase::CaptureFailed
            | PaymentPhase::Voiding
            | PaymentPhase::Voided => 0,
        };
        Money {
            amount: captured.saturating_sub(self.given_back(|refund| !refund.for_goods)),
            ..self.amount
        }
    }

    /// The sum of some refunds, in minor units.
    pub(super) fn given_back(&self, counts: impl Fn(&Refund) -> bool) -> i64 {
        let refunds = self.refunds.values().filter(|refund| counts(refund));
        refunds.map(|refund| refund.amount).fold(0, i64::saturating_add)
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
                captured: 0,
                refunds,
                unnamed: 0,
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
            PaymentEvent::Captured { amount, .. } => {
                self.phase = PaymentPhase::Captured;
                self.captured = amount.amount;
            }
            PaymentEvent::CaptureFailed { .. } => self.phase = PaymentPhase::CaptureFailed,
            PaymentEvent::VoidRequested { .. } => self.phase = PaymentPhase::Voiding,
            PaymentEvent::Voided { .. } => self.phase = PaymentPhase::Voided,
            PaymentEvent::RefundRequested {
                refund_id,
                amount,
                reason,
                borne_by,
                return_id,
                ..
            } => {
                // Before refunds named their return, their reason and who bears them told.
                let for_goods = return_id.is_some()
                    || *borne_by == LedgerAccount::WriteOffs
                    || reason.as_str() == GOODS_CAME_BACK;
                self.refunds.insert(
                    *refund_id,
                    Refund {
                        amount: amount.amount,
                        done: false,
                        borne_by: *borne_by,
                        for_goods,
                    },
                );
            }
            PaymentEvent::Refunded {
                refund_id,
                amount,
                borne_by,
                unnamed,
                ..
            } => {
                if *unnamed {
                    self.unnamed = self.unnamed.saturating_add(amount.amount);
                }
                self.note_done(*refund_id, amount.amount, *borne_by);
            }
            PaymentEvent::RefundIdentified {
                refund_id, amount, ..
            } => {
                self.unnamed = self.unnamed.saturating_sub(amount.amount);
                // The money is counted where the sum was recorded.
                self.note_done(*refund_id, 0, LedgerAccount::Revenue);
            }
            PaymentEvent::RefundFailed { refund_id, .. } => {
                self.refunds.remove(refund_id);
            }
        }
    }

    /// A refund that was made at the gateway itself was never asked for. One that was done before has grown: each
    /// event moved money of its own.
    fn note_done(&mut self, refund_id: RefundId, amount: i64, borne_by: LedgerAccount) {
        match self.refunds.get_mut(&refund_id) {
            Some(refund) if refund.done => refund.amount = refund.amount.saturating_add(amount),
            Some(refund) => refund.done = true,
            None => {
                self.refunds.insert(
                    refund_id,
                    Refund {
                        amount,
                        done: true,
                        borne_by,
                        for_goods: false,
                    },
                );
            }
        }
    }
}
