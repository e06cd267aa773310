//! Every refusal of a subscription.

use super::Period;
use crate::refusal::{Refusal, RefusalKind};

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
            Self::Period => "period",
            Self::AlreadyCancelled => "already_cancelled",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown => RefusalKind::Unknown,
            Self::AlreadyStarted => RefusalKind::AlreadyExists,
            _ => RefusalKind::Rule,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotPositive => Some("amount"),
            Self::Period => Some("period"),
            _ => None,
        }
    }
}
