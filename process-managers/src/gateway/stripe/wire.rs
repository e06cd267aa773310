//! What of Stripe's JSON is read. Everything else is left alone, and so are fields that come later.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Currencies that Stripe counts in hundredths although they have none any more.
pub(super) const HUNDREDTHS: [&str; 2] = ["ISK", "UGX"];

/// A PaymentIntent.
#[derive(Debug, Deserialize)]
pub(in crate::gateway) struct Intent {
    pub(in crate::gateway) id: String,
    pub(in crate::gateway) status: IntentStatus,
    #[serde(default)]
    pub(in crate::gateway) metadata: BTreeMap<String, String>,
    #[serde(default)]
    pub(in crate::gateway) last_payment_error: Option<ApiError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::gateway) enum IntentStatus {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    RequiresCapture,
    Processing,
    Succeeded,
    Canceled,
    #[serde(other)]
    Unknown,
}

/// A Refund.
#[derive(Debug, Deserialize)]
pub(in crate::gateway) struct Refund {
    pub(in crate::gateway) status: RefundStatus,
    #[serde(default)]
    pub(in crate::gateway) amount: i64,
    #[serde(default)]
    pub(in crate::gateway) currency: String,
    #[serde(default)]
    pub(in crate::gateway) failure_reason: Option<String>,
    #[serde(default)]
    pub(in crate::gateway) metadata: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::gateway) enum RefundStatus {
    Pending,
    RequiresAction,
    Succeeded,
    Failed,
    Canceled,
    #[serde(other)]
    Unknown,
}

/// A page of a list.
#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
}

/// The body of an answer that is no success.
#[derive(Debug, Deserialize)]
pub(super) struct ErrorBody {
    pub(super) error: ApiError,
}

#[derive(Debug, Default, Deserialize)]
pub(in crate::gateway) struct ApiError {
    #[serde(default, rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) code: Option<String>,
    #[serde(default)]
    pub(super) decline_code: Option<String>,
}

impl ApiError {
    /// The most exact reason that is given.
    pub(in crate::gateway) fn reason(&self) -> &str {
        let reason = self.decline_code.as_deref().or(self.code.as_deref());
        reason.unwrap_or("card_declined")
    }
}

impl Refund {
    /// The amount as this shop counts it; see [`HUNDREDTHS`].
    pub(in crate::gateway) fn minor_units(&self) -> i64 {
        let currency = self.currency.to_uppercase();
        if HUNDREDTHS.contains(&currency.as_str()) {
            self.amount / 100
        } else {
            self.amount
        }
    }
}

impl Intent {
    /// Why the card was declined.
    pub(in crate::gateway) fn failure(&self) -> &str {
        let error = self.last_payment_error.as_ref();
        error.map_or("card_declined", ApiError::reason)
    }
}
