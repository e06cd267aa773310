//! Every refusal of an account.

use crate::{
    refusal::{Refusal, RefusalKind},
    value::{Currency, Money},
};

/// Why an account did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the sentence of each variant is its documentation")]
pub enum AccountError {
    #[error("there is no such account")]
    Unknown,
    #[error("the account exists already")]
    AlreadyOpen,
    #[error("the account holds {expected}, not {actual}")]
    OtherCurrency { expected: Currency, actual: Currency },
    #[error("the amount must be above zero")]
    NotPositive,
    #[error("only {available} is available")]
    InsufficientFunds { available: Money },
    #[error("the account cannot hold that much")]
    BalanceTooLarge,
    #[error("another movement has this reference")]
    ReferenceTaken,
    #[error("nothing is held for this payment")]
    NoSuchHold,
    #[error("only {held} is held for this payment")]
    MoreThanHeld { held: Money },
}

impl Refusal for AccountError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown_account",
            Self::AlreadyOpen => "account_already_open",
            Self::OtherCurrency { .. } => "other_currency",
            Self::NotPositive => "amount_not_positive",
            Self::InsufficientFunds { .. } => "insufficient_funds",
            Self::BalanceTooLarge => "balance_too_large",
            Self::ReferenceTaken => "reference_taken",
            Self::NoSuchHold => "no_such_hold",
            Self::MoreThanHeld { .. } => "more_than_held",
        }
    }

    fn kind(&self) -> RefusalKind {
        if matches!(self, Self::Unknown) {
            RefusalKind::Unknown
        } else if matches!(self, Self::AlreadyOpen) {
            RefusalKind::AlreadyExists
        } else {
            RefusalKind::Rule
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::OtherCurrency { .. } => Some("amount.currency"),
            Self::NotPositive
            | Self::InsufficientFunds { .. }
            | Self::BalanceTooLarge
            | Self::MoreThanHeld { .. } => Some("amount"),
            Self::ReferenceTaken => Some("reference"),
            Self::Unknown | Self::AlreadyOpen | Self::NoSuchHold => None,
        }
    }
}
