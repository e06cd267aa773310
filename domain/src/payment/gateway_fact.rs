//! What the gateway says on its own, and what follows from it in each phase.
//!
//! The gateway reports a refund twice: by its name, and as the new sum of all refunds. Either may arrive first or
//! alone. A sum that exceeds what is recorded is recorded as an unnamed refund; a name that arrives later takes
//! its part of the unnamed sum, and no money moves twice.

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
        /// How much of it; all of it when the gateway does not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
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
    /// The sum of all that is back with the customer, without a name for each refund.
    RefundedInAll {
        /// Names the difference to what is recorded.
        refund_id: RefundId,
        /// How much in all.
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
                PaymentPhase::Authorised
                | PaymentPhase::Capturing
                | PaymentPhase::Captured
                | PaymentPhase::CaptureFailed
                | PaymentPhase::Voiding
                | PaymentPhase::Voided => Vec::new(),
            }),
            GatewayFact::Declined { code } => Ok(self.declined(code)),
            GatewayFact::Captured {
                gateway_reference,
                amount,
            } => self.found_captured(gateway_reference, amount),
            GatewayFact::CaptureFailed { code } => Ok(self.capture_failed(code)),
            GatewayFact::Voided => Ok(self.found_voided()),
            GatewayFact::Refunded { refund_id, amount } => self.found_refunded(refund_id, amount),
            GatewayFact::RefundedInAll { refund_id, amount } => self.found_sum(refund_id, amount),
            GatewayFact::RefundFailed { refund_id, code } => {
                // The gateway can take a refund back after it was done: the books say otherwise by then.
                if self.refunds.get(&refund_id).is_some_and(|refund| refund.done) {
                    return Err(PaymentError::RefundDoneBefore);
                }
                self.refund_failed(refund_id, code)
            }
        }
    }

    fn authorised_event(&self, gateway_reference: Text<200>) -> PaymentEvent {
        PaymentEvent::Authorised {
            order_id: self.order_id,
            gateway_reference: Some(gateway_reference),
        }
    }

    /// A part that was captured at the gateway is all that will ever be: the gateway lets the rest go.
    fn found_captured(
        &self,
        gateway_reference: Text<200>,
        amount: Option<Money>,
    ) -> Result<Vec<PaymentEvent>, PaymentError> {
        if self.phase == PaymentPhase::Captured {
            let recorded = Money {
                amount: self.captured,
                ..self.amount
            };
            return match amount.filter(|actual| *actual != recorded) {
                Some(actual) => Err(PaymentError::OtherCapture { recorded, actual }),
                None => Ok(Vec::new()),
            };
        }
        let amount = amount.unwrap_or(self.amount);
        self.can_capture(amount)?;
        let captured = self.captured_event(amount);
        Ok(match self.phase {
            PaymentPhase::Requested | PaymentPhase::Declined => {
                vec![self.authorised_event(gateway_reference), captured]
            }
            PaymentPhase::Authorised
            | PaymentPhase::Capturing
            | PaymentPhase::Captured
            | PaymentPhase::CaptureFailed
            | PaymentPhase::Voiding
            | PaymentPhase::Voided => vec![captured],
        })
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

    /// A refund that was not asked for here was made at the gateway itself. There is no request to record: the
    /// settlement would read it and ask the gateway for the money a second time.
    fn found_refunded(&self, refund_id: RefundId, amount: Money) -> Result<Vec<PaymentEvent>, PaymentError> {
        if self.refunds.contains_key(&refund_id) {
            return self.refunded(refund_id);
        }
        self.is_in_currency(amount)?;
        if amount.amount <= 0 {
            return Err(PaymentError::NotPositive);
        }
        let named = amount.amount.min(self.unnamed);
        let more = Money {
            amount: amount.amount.saturating_sub(named),
            ..amount
        };
        let mut events = Vec::new();
        if named > 0 {
            events.push(PaymentEvent::RefundIdentified {
                order_id: self.order_id,
                refund_id,
                amount: Money {
                    amount: named,
                    ..amount
                },
            });
        }
        if more.amount > 0 {
            self.fits(more.amount)?;
            events.push(self.refunded_at_gateway(refund_id, more, false));
        }
        Ok(events)
    }

    /// The gateway's sum of refunds, of which the recorded ones are a part.
    fn found_sum(&self, refund_id: RefundId, sum: Money) -> Result<Vec<PaymentEvent>, PaymentError> {
        self.is_in_currency(sum)?;
        let difference = sum.amount.saturating_sub(self.given_back(|refund| refund.done));
        if difference <= 0 && self.phase == PaymentPhase::Captured {
            return Ok(Vec::new());
        }
        // A refund under way may be a part of the sum or not: only its end tells.
        if self.given_back(|refund| !refund.done) > 0 {
            return Err(PaymentError::RefundUnderWay);
        }
        // What has the name already is recorded, and nothing else may be recorded under it.
        if self.refunds.contains_key(&refund_id) {
            return Err(PaymentError::RefundDoneBefore);
        }
        self.fits(difference)?;
        let amount = Money {
            amount: difference,
            ..sum
        };
        Ok(vec![self.refunded_at_gateway(refund_id, amount, true)])
    }

    /// Whether the gateway can have given back so much more than is recorded as done.
    ///
    /// A refund of ours that is under way and does not fit beside it will fail at the gateway: until it has, the
    /// payment asks for the delivery to be repeated.
    fn fits(&self, amount: i64) -> Result<(), PaymentError> {
        if self.phase != PaymentPhase::Captured {
            return Err(PaymentError::NotCaptured);
        }
        let left = self
            .captured
            .saturating_sub(self.given_back(|refund| refund.done));
        if amount > left {
            let refundable = Money {
                amount: left,
                ..self.amount
            };
            return Err(PaymentError::MoreThanCaptured { refundable });
        }
        if amount > self.refundable() {
            return Err(PaymentError::RefundUnderWay);
        }
        Ok(())
    }

    fn refunded_at_gateway(&self, refund_id: RefundId, amount: Money, unnamed: bool) -> PaymentEvent {
        PaymentEvent::Refunded {
            order_id: self.order_id,
            refund_id,
            amount,
            source: PaymentSource::from(&self.method),
            borne_by: LedgerAccount::Revenue,
            unnamed,
        }
    }
}
