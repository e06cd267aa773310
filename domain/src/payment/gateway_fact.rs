//! What the gateway says on its own, and what follows from it in each phase.

use serde::{Deserialize, Serialize};

use super::{OpenPayment, PaymentError, PaymentEvent, PaymentPhase, PaymentSource};
use crate::{
    account::LedgerAccount,
    value::{Money, RefundId, Text},
};

/// What the gateway did, by its own account.
///
/// The gateway delivers late, twice and in any order. So a fact is not an answer to a question: it says
/// where the money is, and the payment catches up with it.
///
/// - A fact that is known already changes nothing.
/// - A fact that comes early brings with it what must have happened before: captured money was authorised.
/// - Where a fact contradicts what was recorded, the money decides: an authorisation or a capture that
///   somebody believes to have failed is recorded, so that whoever gave the payment up can undo it. A failure
///   that comes after the success is old news.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum GatewayFact {
    /// The money is set aside.
    Authorised {
        /// The gateway's name for the payment.
        gateway_reference: Text<200>,
    },
    /// The money was refused.
    Declined {
        /// The code of the gateway.
        code: Text<100>,
    },
    /// The money is ours.
    Captured {
        /// The gateway's name for the payment.
        gateway_reference: Text<200>,
    },
    /// The money could not be had although it was authorised.
    CaptureFailed {
        /// The code of the gateway.
        code: Text<100>,
    },
    /// The authorisation is gone, whoever gave it up.
    Voided,
    /// Money is back with the customer.
    Refunded {
        /// Which refund; one that nobody asked for was made at the gateway itself.
        refund_id: RefundId,
        /// How much.
        amount: Money,
    },
    /// Money could not be given back.
    RefundFailed {
        /// Which refund.
        refund_id: RefundId,
        /// The code of the gateway.
        code: Text<100>,
    },
}

impl OpenPayment {
    /// The events by which the payment catches up with the gateway.
    pub(super) fn catch_up(&self, fact: GatewayFact) -> Result<Vec<PaymentEvent>, PaymentError> {
        if PaymentSource::from(&self.method) != PaymentSource::Card {
            return Err(PaymentError::NotByGateway);
        }
        match fact {
            GatewayFact::Authorised { gateway_reference } => Ok(match self.phase {
                PaymentPhase::Requested | PaymentPhase::Declined => {
                    vec![self.authorised_event(gateway_reference)]
                }
                _ => Vec::new(),
            }),
            GatewayFact::Declined { code } => Ok(self.declined(code)),
            GatewayFact::Captured { gateway_reference } => Ok(self.found_captured(gateway_reference)),
            GatewayFact::CaptureFailed { code } => Ok(self.capture_failed(code)),
            GatewayFact::Voided => Ok(self.found_voided()),
            GatewayFact::Refunded { refund_id, amount } => self.found_refunded(refund_id, amount),
            GatewayFact::RefundFailed { refund_id, code } => self.refund_failed(refund_id, code),
        }
    }

    fn authorised_event(&self, gateway_reference: Text<200>) -> PaymentEvent {
        PaymentEvent::Authorised {
            order_id: self.order_id,
            gateway_reference: Some(gateway_reference),
        }
    }

    fn found_captured(&self, gateway_reference: Text<200>) -> Vec<PaymentEvent> {
        let captured = PaymentEvent::Captured {
            order_id: self.order_id,
            amount: self.amount,
            source: PaymentSource::from(&self.method),
        };
        match self.phase {
            PaymentPhase::Captured => Vec::new(),
            PaymentPhase::Requested | PaymentPhase::Declined => {
                vec![self.authorised_event(gateway_reference), captured]
            }
            _ => vec![captured],
        }
    }

    fn found_voided(&self) -> Vec<PaymentEvent> {
        let order_id = self.order_id;
        let voided = PaymentEvent::Voided { order_id };
        // A text of letters alone is always a code.
        let code = Text::try_from("voided_by_gateway".to_owned());
        match (self.phase, code) {
            (PaymentPhase::Requested, Ok(code)) => vec![PaymentEvent::Declined { order_id, code }],
            (PaymentPhase::Capturing, Ok(code)) => {
                vec![PaymentEvent::CaptureFailed { order_id, code }, voided]
            }
            (PaymentPhase::Authorised | PaymentPhase::CaptureFailed | PaymentPhase::Voiding, _) => {
                vec![voided]
            }
            _ => Vec::new(),
        }
    }

    /// A refund that nobody here asked for was made at the gateway itself. There is no request to record: whoever
    /// read one would ask the gateway for the money a second time.
    fn found_refunded(&self, refund_id: RefundId, amount: Money) -> Result<Vec<PaymentEvent>, PaymentError> {
        if self.refunds.contains_key(&refund_id) {
            return self.refunded(refund_id);
        }
        let borne_by = LedgerAccount::Revenue;
        self.can_refund(amount)?;
        Ok(vec![PaymentEvent::Refunded {
            order_id: self.order_id,
            refund_id,
            amount,
            source: PaymentSource::from(&self.method),
            borne_by,
        }])
    }
}
