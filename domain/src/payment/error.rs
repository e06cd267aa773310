//! Every refusal of a payment.

use super::MAX_REFUNDS;
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
    #[error("a payment has at most {MAX_REFUNDS} refunds")]
    TooManyRefunds,
    #[error("there is no such refund")]
    NoSuchRefund,
    #[error("the payment is none of the gateway's")]
    NotByGateway,
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
            Self::TooManyRefunds => "too_many_refunds",
            Self::NoSuchRefund => "no_such_refund",
            Self::NotByGateway => "not_by_gateway",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown => RefusalKind::Unknown,
            Self::AlreadyRequested => RefusalKind::AlreadyExists,
            _ => RefusalKind::Rule,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotPositive | Self::MoreThanCaptured { .. } => Some("amount"),
            Self::OtherCurrency { .. } => Some("amount.currency"),
            _ => None,
        }
    }
}
