//! What happened to a subscription, as stored for ever.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Period;
use crate::{
    aggregate::stored_names,
    order::PaymentMethod,
    value::{CustomerId, Money, PaymentId, Reason, Text},
};

/// An event of one subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubscriptionEvent {
    /// It began.
    #[serde(rename = "SubscriptionStarted")]
    Started {
        /// Who pays.
        customer_id: CustomerId,
        /// How much each time.
        amount: Money,
        /// From where.
        method: PaymentMethod,
        /// How often.
        period: Period,
        /// When for the first time.
        first_charge_at: DateTime<Utc>,
    },
    /// The charge of a period began.
    #[serde(rename = "SubscriptionChargeRequested")]
    ChargeRequested {
        /// Its payment.
        payment_id: PaymentId,
        /// Which period since the beginning, counted from one.
        number: u32,
        /// Which try, counted from one.
        attempt: u32,
        /// How much.
        amount: Money,
    },
    /// The charge arrived.
    #[serde(rename = "SubscriptionCharged")]
    Charged {
        /// Its payment.
        payment_id: PaymentId,
        /// Which period.
        number: u32,
        /// When the next one is due.
        next_charge_at: DateTime<Utc>,
    },
    /// The charge did not arrive.
    #[serde(rename = "SubscriptionChargeFailed")]
    ChargeFailed {
        /// Its payment.
        payment_id: PaymentId,
        /// Which period.
        number: u32,
        /// Which try.
        attempt: u32,
        /// The code of the account or of the gateway.
        code: Text<100>,
        /// When it is tried again; nothing when it is not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_at: Option<DateTime<Utc>>,
    },
    /// Nothing is charged until it is resumed.
    #[serde(rename = "SubscriptionPaused")]
    Paused {
        /// Why.
        reason: PauseReason,
    },
    /// It is charged again.
    #[serde(rename = "SubscriptionResumed")]
    Resumed {
        /// When for the next time.
        next_charge_at: DateTime<Utc>,
    },
    /// It ended for good.
    #[serde(rename = "SubscriptionCancelled")]
    Cancelled {
        /// In the customer's own words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Reason>,
    },
}

/// Why a subscription is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseReason {
    /// The customer asked for it.
    ByCustomer,
    /// A charge failed as often as it is tried.
    ChargeFailed,
}

stored_names!(SubscriptionEvent {
    Started => ("SubscriptionStarted", "1"),
    ChargeRequested => ("SubscriptionChargeRequested", "1"),
    Charged => ("SubscriptionCharged", "1"),
    ChargeFailed => ("SubscriptionChargeFailed", "1"),
    Paused => ("SubscriptionPaused", "1"),
    Resumed => ("SubscriptionResumed", "1"),
    Cancelled => ("SubscriptionCancelled", "1"),
});
