//! Every refusal of a payment.

use super::{MAX_REFUNDS, gateway_amount::NotChargeable};
use crate::{
    refusal::{Refusal, RefusalKind},
    value::{Currency, Money},
};

/// Why a payment did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the sentence of each variant is its documentation")]
pub enum PaymentError {
    #[error("there is no such payment")]
    Unknown,
    #[error("the payment exists already")]
    AlreadyRequested,
    #[error("the amount must be above zero")]
    NotPositive,
    #[error("the payment is in {expected}, not in {actual}")]
    OtherCurrency { expected: Currency, actual: Currency },
    #[error("the payment is not authorised")]
    NotAuthorised,
    #[error("the payment is not captured")]
    NotCaptured,
    #[error("the payment is captured already, or about to be")]
    AlreadyCaptured,
    #[error("at most {refundable} can be refunded")]
    MoreThanCaptured { refundable: Money },
    #[error(transparent)]
    NotChargeable(#[from] NotChargeable),
    #[error("a refund under way must end before this one can be recorded")]
    RefundUnderWay,
    #[error("{recorded} is recorded as captured, not {actual}")]
    OtherCapture { recorded: Money, actual: Money },
    #[error("the refund is recorded as done already")]
    RefundDoneBefore,
    #[error("a payment has at most {MAX_REFUNDS} refunds")]
    TooManyRefunds,
    #[error("there is no such refund")]
    NoSuchRefund,
    #[error("the payment was not made through the gateway")]
    NotByGateway,
}

impl PaymentError {
    /// Whether the same fact of the gateway may be recorded later, because something that comes before it is still
    /// on its way.
    pub const fn may_pass_later(&self) -> bool {
        matches!(self, Self::Unknown | Self::NotCaptured | Self::RefundUnderWay)
    }
}

impl Refusal for PaymentError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown_payment",
            Self::AlreadyRequested => "payment_already_requested",
            Self::NotPositive => "amount_not_positive",
            Self::OtherCurrency { .. } => "other_currency",
            Self::NotAuthorised => "not_authorised",
            Self::NotCaptured => "not_captured",
            Self::AlreadyCaptured => "already_captured",
            Self::MoreThanCaptured { .. } => "more_than_captured",
            Self::NotChargeable(_) => "not_chargeable",
            Self::RefundUnderWay => "refund_under_way",
            Self::OtherCapture { .. } => "other_capture",
            Self::RefundDoneBefore => "refund_done_before",
            Self::TooManyRefunds => "too_many_refunds",
            Self::NoSuchRefund => "no_such_refund",
            Self::NotByGateway => "not_by_gateway",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown => RefusalKind::Unknown,
            Self::AlreadyRequested => RefusalKind::AlreadyExists,
            Self::NotPositive
            | Self::OtherCurrency { .. }
            | Self::NotAuthorised
            | Self::NotCaptured
            | Self::AlreadyCaptured
            | Self::MoreThanCaptured { .. }
            | Self::NotChargeable(_)
            | Self::RefundUnderWay
            | Self::OtherCapture { .. }
            | Self::RefundDoneBefore
            | Self::TooManyRefunds
            | Self::NoSuchRefund
            | Self::NotByGateway => RefusalKind::Rule,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotPositive | Self::MoreThanCaptured { .. } | Self::NotChargeable(_) => Some("amount"),
            Self::OtherCurrency { .. } => Some("amount.currency"),
            Self::Unknown
            | Self::AlreadyRequested
            | Self::NotAuthorised
            | Self::NotCaptured
            | Self::AlreadyCaptured
            | Self::RefundUnderWay
            | Self::OtherCapture { .. }
            | Self::RefundDoneBefore
            | Self::TooManyRefunds
            | Self::NoSuchRefund
            | Self::NotByGateway => None,
        }
    }
}
