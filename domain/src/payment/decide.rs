//! Command in, events or a refusal out.

use super::{
    MAX_REFUNDS, OpenPayment, Payment, PaymentCommand, PaymentError, PaymentEvent, PaymentPhase,
    PaymentSource, gateway_amount::check_chargeable,
};
use crate::{
    Decide,
    account::LedgerAccount,
    order::PaymentMethod,
    value::{Money, Reason, RefundId, ReturnId, Text},
};

type Decision = Result<Vec<PaymentEvent>, PaymentError>;

impl Decide for Payment {
    fn decide(&self, command: PaymentCommand) -> Decision {
        if let PaymentCommand::Request {
            order_id,
            customer_id,
            amount,
            method,
        } = command
        {
            if matches!(self, Self::Open(_)) {
                return Err(PaymentError::AlreadyRequested);
            }
            if amount.amount <= 0 {
                return Err(PaymentError::NotPositive);
            }
            return Ok(vec![PaymentEvent::Requested {
                order_id,
                customer_id,
                amount,
                method,
            }]);
        }
        let payment = self.open()?;
        match command {
            PaymentCommand::Request { .. } => Err(PaymentError::AlreadyRequested),
            PaymentCommand::RecordAuthorised { gateway_reference } => {
                Ok(payment.authorised(gateway_reference))
            }
            PaymentCommand::RecordDeclined { code } => Ok(payment.declined(code)),
            PaymentCommand::RequestCapture => payment.capture(),
            PaymentCommand::RecordCaptured => Ok(payment.captured(payment.amount)),
            PaymentCommand::RecordPartCaptured { amount } => {
                payment.can_capture(amount)?;
                Ok(payment.captured(amount))
            }
            PaymentCommand::RecordCaptureFailed { code } => Ok(payment.capture_failed(code)),
            PaymentCommand::RequestVoid => payment.void(),
            PaymentCommand::RecordVoided => Ok(payment.voided()),
            PaymentCommand::RequestRefund {
                refund_id,
                amount,
                reason,
            } => {
                payment.can_move(amount)?;
                payment.refund(refund_id, amount, reason, LedgerAccount::Revenue, None)
            }
            PaymentCommand::RefundAtMost {
                refund_id,
                amount,
                reason,
                borne_by,
                return_id,
            } => {
                let amount = Money {
                    amount: amount.amount.min(payment.refundable()),
                    ..amount
                };
                if amount.amount <= 0 {
                    return Ok(Vec::new());
                }
                payment.refund(refund_id, amount, reason, borne_by, return_id)
            }
            PaymentCommand::RecordGatewayFact { fact } => payment.catch_up(fact),
            PaymentCommand::RecordRefunded { refund_id } => payment.refunded(refund_id),
            PaymentCommand::RecordRefundFailed { refund_id, code } => payment.refund_failed(refund_id, code),
        }
    }
}

impl Payment {
    /// The payment, if it was asked for.
    ///
    /// # Errors
    ///
    /// [`PaymentError::Unknown`] when nobody asked for it.
    pub const fn open(&self) -> Result<&OpenPayment, PaymentError> {
        match self {
            Self::Open(payment) => Ok(payment),
            Self::Unrequested => Err(PaymentError::Unknown),
        }
    }
}

/// An answer counts only in the phase that waits for it: a second one is no second event.
impl OpenPayment {
    fn answer(&self, awaited: PaymentPhase, event: PaymentEvent) -> Vec<PaymentEvent> {
        if self.phase == awaited {
            vec![event]
        } else {
            Vec::new()
        }
    }

    fn authorised(&self, gateway_reference: Option<Text<200>>) -> Vec<PaymentEvent> {
        let event = PaymentEvent::Authorised {
            order_id: self.order_id,
            gateway_reference,
        };
        self.answer(PaymentPhase::Requested, event)
    }

    pub(super) fn declined(&self, code: Text<100>) -> Vec<PaymentEvent> {
        let event = PaymentEvent::Declined {
            order_id: self.order_id,
            code,
        };
        self.answer(PaymentPhase::Requested, event)
    }

    fn captured(&self, amount: Money) -> Vec<PaymentEvent> {
        self.answer(PaymentPhase::Capturing, self.captured_event(amount))
    }

    pub(super) fn captured_event(&self, amount: Money) -> PaymentEvent {
        PaymentEvent::Captured {
            order_id: self.order_id,
            amount,
            source: PaymentSource::from(&self.method),
        }
    }

    /// At most what was set aside can be captured.
    pub(super) fn can_capture(&self, amount: Money) -> Result<(), PaymentError> {
        self.is_in_currency(amount)?;
        if amount.amount <= 0 {
            return Err(PaymentError::NotPositive);
        }
        if amount.amount > self.amount.amount {
            let (recorded, actual) = (self.amount, amount);
            return Err(PaymentError::OtherCapture { recorded, actual });
        }
        Ok(())
    }

    /// A card is charged, and refunded, in amounts that the gateway can count.
    fn can_move(&self, amount: Money) -> Result<(), PaymentError> {
        match self.method {
            PaymentMethod::Account { .. } => Ok(()),
            PaymentMethod::Card { .. } => Ok(check_chargeable(amount)?),
        }
    }

    pub(super) fn is_in_currency(&self, amount: Money) -> Result<(), PaymentError> {
        if amount.currency == self.amount.currency {
            return Ok(());
        }
        let (expected, actual) = (self.amount.currency, amount.currency);
        Err(PaymentError::OtherCurrency { expected, actual })
    }

    pub(super) fn capture_failed(&self, code: Text<100>) -> Vec<PaymentEvent> {
        let event = PaymentEvent::CaptureFailed {
            order_id: self.order_id,
            code,
        };
        self.answer(PaymentPhase::Capturing, event)
    }

    fn voided(&self) -> Vec<PaymentEvent> {
        let event = PaymentEvent::Voided {
            order_id: self.order_id,
        };
        self.answer(PaymentPhase::Voiding, event)
    }

    fn capture(&self) -> Decision {
        match self.phase {
            PaymentPhase::Authorised => Ok(vec![PaymentEvent::CaptureRequested {
                order_id: self.order_id,
                amount: self.amount,
            }]),
            PaymentPhase::Capturing | PaymentPhase::Captured => Ok(Vec::new()),
            // Whoever asks learns from the log that the authorisation is gone.
            PaymentPhase::Voiding | PaymentPhase::Voided | PaymentPhase::CaptureFailed => Ok(Vec::new()),
            PaymentPhase::Requested | PaymentPhase::Declined => Err(PaymentError::NotAuthorised),
        }
    }

    fn void(&self) -> Decision {
        match self.phase {
            // A capture that failed leaves the authorisation behind.
            PaymentPhase::Authorised | PaymentPhase::CaptureFailed => Ok(vec![PaymentEvent::VoidRequested {
                order_id: self.order_id,
            }]),
            PaymentPhase::Voiding | PaymentPhase::Voided => Ok(Vec::new()),
            // The gateway may say so on its own; whoever asks learns it from the log and refunds.
            PaymentPhase::Captured => Ok(Vec::new()),
            PaymentPhase::Capturing => Err(PaymentError::AlreadyCaptured),
            PaymentPhase::Requested | PaymentPhase::Declined => Err(PaymentError::NotAuthorised),
        }
    }

    fn refund(
        &self,
        refund_id: RefundId,
        amount: Money,
        reason: Reason,
        borne_by: LedgerAccount,
        return_id: Option<ReturnId>,
    ) -> Decision {
        if self.refunds.contains_key(&refund_id) {
            return Ok(Vec::new());
        }
        self.can_refund(amount)?;
        // The rest can always go back: a cancelled order must not keep money over a count.
        if self.refunds.len() >= MAX_REFUNDS && amount.amount < self.refundable() {
            return Err(PaymentError::TooManyRefunds);
        }
        Ok(vec![PaymentEvent::RefundRequested {
            order_id: self.order_id,
            refund_id,
            amount,
            reason,
            borne_by,
            return_id,
        }])
    }

    fn can_refund(&self, amount: Money) -> Result<(), PaymentError> {
        self.is_in_currency(amount)?;
        if amount.amount <= 0 {
            return Err(PaymentError::NotPositive);
        }
        if self.phase != PaymentPhase::Captured {
            return Err(PaymentError::NotCaptured);
        }
        if amount.amount > self.refundable() {
            let refundable = Money {
                amount: self.refundable(),
                ..self.amount
            };
            return Err(PaymentError::MoreThanCaptured { refundable });
        }
        Ok(())
    }

    pub(super) fn refunded(&self, refund_id: RefundId) -> Decision {
        let refund = self.refunds.get(&refund_id).ok_or(PaymentError::NoSuchRefund)?;
        if refund.done {
            return Ok(Vec::new());
        }
        let amount = Money {
            amount: refund.amount,
            ..self.amount
        };
        let (order_id, source) = (self.order_id, PaymentSource::from(&self.method));
        let borne_by = refund.borne_by;
        Ok(vec![PaymentEvent::Refunded {
            order_id,
            refund_id,
            amount,
            source,
            borne_by,
            unnamed: false,
        }])
    }

    pub(super) fn refund_failed(&self, refund_id: RefundId, code: Text<100>) -> Decision {
        let pending = self.refunds.get(&refund_id).is_some_and(|refund| !refund.done);
        let event = PaymentEvent::RefundFailed {
            order_id: self.order_id,
            refund_id,
            code,
        };
        Ok(if pending { vec![event] } else { Vec::new() })
    }
}
