//! What happened to an account, as stored for ever.

use serde::{Deserialize, Serialize};

use super::LedgerAccount;
use crate::{
    aggregate::{Claim, stored_names},
    value::{Currency, CustomerId, Money, OrderId, PaymentId, Reference, RefundId},
};

/// An event of one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountEvent {
    /// The account exists from here on.
    #[serde(rename = "AccountOpened")]
    Opened {
        /// Who owns the money.
        owner_id: CustomerId,
        /// The currency of every amount of this account.
        currency: Currency,
    },
    /// Money came in.
    #[serde(rename = "AccountDeposited")]
    Deposited {
        /// How much.
        amount: Money,
        /// The caller's name for the movement.
        reference: Reference,
        /// Where it came from.
        counter_account: LedgerAccount,
    },
    /// Money went out.
    #[serde(rename = "AccountWithdrawn")]
    Withdrawn {
        /// How much.
        amount: Money,
        /// The caller's name for the movement.
        reference: Reference,
        /// Where it went.
        counter_account: LedgerAccount,
    },
    /// Money was set aside for a payment.
    #[serde(rename = "FundsHeld")]
    FundsHeld {
        /// The payment that holds it.
        payment_id: PaymentId,
        /// The order that is paid.
        order_id: OrderId,
        /// How much.
        amount: Money,
    },
    /// A payment asked for money that could not be set aside.
    ///
    /// A fact and not an error: whoever waits for the hold learns the outcome from the log.
    #[serde(rename = "HoldRefused")]
    HoldRefused {
        /// The payment that asked.
        payment_id: PaymentId,
        /// The order that was to be paid.
        order_id: OrderId,
        /// How much was asked for.
        amount: Money,
        /// Why not.
        reason: HoldRefusal,
    },
    /// Held money moved to the shop.
    #[serde(rename = "HoldCaptured")]
    HoldCaptured {
        /// The payment whose hold it was.
        payment_id: PaymentId,
        /// The order that is paid.
        order_id: OrderId,
        /// How much.
        amount: Money,
        /// Where it went.
        counter_account: LedgerAccount,
    },
    /// What was still held for a payment is free again.
    #[serde(rename = "HoldReleased")]
    HoldReleased {
        /// The payment whose hold it was.
        payment_id: PaymentId,
        /// The order that was to be paid.
        order_id: OrderId,
        /// How much.
        amount: Money,
    },
    /// Captured money came back.
    #[serde(rename = "AccountRefunded")]
    Refunded {
        /// The payment that had captured it.
        payment_id: PaymentId,
        /// The order that was paid.
        order_id: OrderId,
        /// Names the refund.
        refund_id: RefundId,
        /// How much.
        amount: Money,
        /// Where it came from.
        counter_account: LedgerAccount,
    },
}

/// Why money could not be set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldRefusal {
    /// There is no such account.
    UnknownAccount,
    /// The account holds another currency.
    OtherCurrency,
    /// Less is available than was asked for.
    InsufficientFunds,
}

impl HoldRefusal {
    /// The stable code, as stored and as shown to the customer.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownAccount => "unknown_account",
            Self::OtherCurrency => "other_currency",
            Self::InsufficientFunds => "insufficient_funds",
        }
    }
}

stored_names!(AccountEvent {
    Opened => ("AccountOpened", "1"),
    Deposited => ("AccountDeposited", "1"),
    Withdrawn => ("AccountWithdrawn", "1"),
    FundsHeld => ("FundsHeld", "1"),
    HoldRefused => ("HoldRefused", "1"),
    HoldCaptured => ("HoldCaptured", "1"),
    HoldReleased => ("HoldReleased", "1"),
    Refunded => ("AccountRefunded", "1"),
});

impl AccountEvent {
    /// One account for each owner and currency.
    pub fn claims(&self) -> Vec<Claim> {
        match self {
            Self::Opened { owner_id, currency } => vec![Self::owner_claim(*owner_id, *currency)],
            Self::Deposited { .. }
            | Self::Withdrawn { .. }
            | Self::FundsHeld { .. }
            | Self::HoldRefused { .. }
            | Self::HoldCaptured { .. }
            | Self::HoldReleased { .. }
            | Self::Refunded { .. } => Vec::new(),
        }
    }

    /// The claim by which the account of an owner is found.
    pub fn owner_claim(owner_id: CustomerId, currency: Currency) -> Claim {
        Claim::new("account.owner", format!("{owner_id}:{currency}"))
    }
}
