//! Every refusal of a subscription.

use super::Period;
use crate::{
    payment::gateway_amount::NotChargeable,
    refusal::{Refusal, RefusalKind},
};

/// Why a subscription did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the sentence of each variant is its documentation")]
pub enum SubscriptionError {
    #[error("there is no such subscription")]
    Unknown,
    #[error("the subscription exists already")]
    AlreadyStarted,
    #[error("the amount must be above zero")]
    NotPositive,
    #[error(transparent)]
    NotChargeable(#[from] NotChargeable),
    #[error("a period has 1 to {max} days or months", max = Period::MAX)]
    Period,
    #[error("the subscription was cancelled")]
    AlreadyCancelled,
}

impl Refusal for SubscriptionError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown_subscription",
            Self::AlreadyStarted => "subscription_already_started",
            Self::NotPositive => "amount_not_positive",
            Self::NotChargeable(_) => "not_chargeable",
            Self::Period => "period",
            Self::AlreadyCancelled => "already_cancelled",
        }
    }

    fn kind(&self) -> RefusalKind {
        if matches!(self, Self::Unknown) {
            RefusalKind::Unknown
        } else if matches!(self, Self::AlreadyStarted) {
            RefusalKind::AlreadyExists
        } else {
            RefusalKind::Rule
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotPositive | Self::NotChargeable(_) => Some("amount"),
            Self::Period => Some("period"),
            Self::Unknown | Self::AlreadyStarted | Self::AlreadyCancelled => None,
        }
    }
}
