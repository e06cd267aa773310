//! The contract with the payment gateway.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    payment::{PaymentCommand, PaymentEvent},
    value::{CardToken, Money, OrderId, PaymentId, RefundId, Text},
};

/// A question to the payment gateway. It carries everything that the gateway needs to know.
///
/// A call whose answer did not come may have been carried out or not: nobody guesses, it is asked again
/// under the same [`GatewayCall::idempotency_key`], and the gateway answers as it did, or would have done,
/// the first time. Money therefore moves once however often a call is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum GatewayCall {
    /// Set money aside.
    Authorise {
        /// The payment.
        payment_id: PaymentId,
        /// The order that is paid.
        order_id: OrderId,
        /// The card.
        token: CardToken,
        /// How much.
        amount: Money,
    },
    /// Collect money that is set aside.
    Capture {
        /// The payment.
        payment_id: PaymentId,
        /// The gateway's name for it.
        gateway_reference: Text<200>,
        /// How much.
        amount: Money,
    },
    /// Give up money that is set aside.
    Void {
        /// The payment.
        payment_id: PaymentId,
        /// The gateway's name for it.
        gateway_reference: Text<200>,
    },
    /// Give collected money back.
    Refund {
        /// The payment.
        payment_id: PaymentId,
        /// The gateway's name for it.
        gateway_reference: Text<200>,
        /// Which refund.
        refund_id: RefundId,
        /// How much.
        amount: Money,
    },
}

impl GatewayCall {
    /// The payment that the call is about.
    pub const fn payment_id(&self) -> PaymentId {
        match self {
            Self::Authorise { payment_id, .. }
            | Self::Capture { payment_id, .. }
            | Self::Void { payment_id, .. }
            | Self::Refund { payment_id, .. } => *payment_id,
        }
    }

    /// The name of the call at the gateway: the same however often and by whomever it is asked.
    ///
    /// It is derived from what is asked and not from who asks, so that a call which is repeated by a timer, by a
    /// retry or by a person is one call for the gateway.
    pub fn idempotency_key(&self) -> Uuid {
        let name = match self {
            Self::Authorise { .. } => "authorise".to_owned(),
            Self::Capture { .. } => "capture".to_owned(),
            Self::Void { .. } => "void".to_owned(),
            Self::Refund { refund_id, .. } => format!("refund {refund_id}"),
        };
        Uuid::new_v5(&self.payment_id().uuid(), name.as_bytes())
    }

    /// Whether an event of the payment is the outcome that the call waits for.
    pub(super) fn is_answered_by(&self, event: &PaymentEvent) -> bool {
        match (self, event) {
            (Self::Authorise { .. }, PaymentEvent::Authorised { .. } | PaymentEvent::Declined { .. }) => true,
            (
                Self::Capture { .. } | Self::Void { .. },
                PaymentEvent::Captured { .. }
                | PaymentEvent::CaptureFailed { .. }
                | PaymentEvent::Voided { .. },
            ) => true,
            (
                Self::Refund { refund_id, .. },
                PaymentEvent::Refunded {
                    refund_id: answered, ..
                }
                | PaymentEvent::RefundFailed {
                    refund_id: answered, ..
                },
            ) => refund_id == answered,
            _ => false,
        }
    }

    /// What the payment is told when the gateway cannot even be asked, for want of its name for the payment.
    pub(super) fn unaskable(call: Unnamed) -> Option<PaymentCommand> {
        let code = Text::try_from("no_gateway_reference".to_owned()).ok()?;
        Some(match call {
            Unnamed::Capture => PaymentCommand::RecordCaptureFailed { code },
            // What has no name cannot be charged either: it lapses at the gateway by itself.
            Unnamed::Void => PaymentCommand::RecordVoided,
            Unnamed::Refund(refund_id) => PaymentCommand::RecordRefundFailed { refund_id, code },
        })
    }
}

/// A call that would need the gateway's name for the payment.
#[derive(Debug, Clone, Copy)]
pub(super) enum Unnamed {
    Capture,
    Void,
    Refund(RefundId),
}
