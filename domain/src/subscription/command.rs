//! What may be asked of a subscription.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Period;
use crate::{
    order::PaymentMethod,
    value::{CustomerId, Money, PaymentId, Reason, Text},
};

/// A command to one subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubscriptionCommand {
    /// Begins it.
    Start {
        /// Who pays.
        customer_id: CustomerId,
        /// How much each time.
        amount: Money,
        /// From where; a card by a token that may be charged again.
        method: PaymentMethod,
        /// How often.
        period: Period,
        /// When for the first time.
        first_charge_at: DateTime<Utc>,
    },
    /// Begins the charge that is due.
    Charge {
        /// The time that has come.
        at: DateTime<Utc>,
        /// The identifier of the payment to come.
        payment_id: PaymentId,
    },
    /// The charge arrived.
    RecordCharged {
        /// Its payment.
        payment_id: PaymentId,
    },
    /// The charge did not arrive.
    RecordChargeFailed {
        /// Its payment.
        payment_id: PaymentId,
        /// The code of the account or of the gateway.
        code: Text<100>,
        /// When that was known.
        at: DateTime<Utc>,
    },
    /// Charges nothing until it is resumed.
    Pause,
    /// Charges again; a charge that failed is tried at once.
    Resume {
        /// Now.
        at: DateTime<Utc>,
    },
    /// Ends it for good.
    Cancel {
        /// In the customer's own words.
        note: Option<Reason>,
    },
}
