//! What of Stripe's JSON is read. Everything else is left alone, and so are fields that come later.

use std::collections::BTreeMap;

use domain::{
    payment::gateway_amount::from_gateway,
    value::{Currency, Money},
};
use serde::Deserialize;

/// A PaymentIntent.
#[derive(Debug, Deserialize)]
pub(in crate::gateway) struct Intent {
    pub(in crate::gateway) id: String,
    pub(in crate::gateway) status: IntentStatus,
    #[serde(default, deserialize_with = "or_empty")]
    pub(in crate::gateway) metadata: BTreeMap<String, String>,
    #[serde(default)]
    pub(in crate::gateway) last_payment_error: Option<ApiError>,
    /// What was captured; absent in what is not Stripe.
    #[serde(default)]
    amount_received: Option<i64>,
    #[serde(default)]
    currency: Option<String>,
}

/// An amount that cannot be written in the minor unit of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::gateway) struct Uncountable;

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
    #[serde(default)]
    pub(in crate::gateway) id: String,
    /// The PaymentIntent that it belongs to.
    #[serde(default)]
    pub(in crate::gateway) payment_intent: Option<Reference>,
    pub(in crate::gateway) status: RefundStatus,
    #[serde(default)]
    pub(in crate::gateway) amount: i64,
    #[serde(default)]
    pub(in crate::gateway) currency: String,
    #[serde(default)]
    pub(in crate::gateway) failure_reason: Option<String>,
    #[serde(default, deserialize_with = "or_empty")]
    pub(in crate::gateway) metadata: BTreeMap<String, String>,
}

/// A Charge: the sum of its refunds is all that is read of them.
#[derive(Debug, Deserialize)]
pub(in crate::gateway) struct Charge {
    #[serde(default)]
    pub(in crate::gateway) id: String,
    #[serde(default)]
    pub(in crate::gateway) payment_intent: Option<Reference>,
    #[serde(default)]
    amount_refunded: i64,
    #[serde(default)]
    currency: String,
    #[serde(default, deserialize_with = "or_empty")]
    pub(in crate::gateway) metadata: BTreeMap<String, String>,
}

/// A Dispute: money that the bank of the customer claims back.
#[derive(Debug, Deserialize)]
pub(in crate::gateway) struct Dispute {
    #[serde(default)]
    pub(in crate::gateway) payment_intent: Option<Reference>,
}

/// The name of another object, or that object when the sender put it in.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(in crate::gateway) enum Reference {
    Name(String),
    Object { id: String },
}

impl Reference {
    pub(in crate::gateway) fn name(&self) -> &str {
        match self {
            Self::Name(name) | Self::Object { id: name } => name,
        }
    }
}

/// A field that may be absent or null, which are the same.
fn or_empty<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// An amount of Stripe in a currency as it writes it, or nothing when this shop cannot count it.
fn money(amount: i64, currency: &str) -> Option<Money> {
    let currency = Currency::try_from(currency.to_uppercase()).ok()?;
    from_gateway(amount, currency)
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
    /// The amount as this shop counts it.
    pub(in crate::gateway) fn money(&self) -> Option<Money> {
        money(self.amount, &self.currency)
    }
}

impl Charge {
    /// The sum of its refunds as this shop counts it.
    pub(in crate::gateway) fn refunded(&self) -> Option<Money> {
        money(self.amount_refunded, &self.currency)
    }
}

impl Intent {
    /// What was captured: nothing when Stripe does not say, an error when this shop cannot count it.
    pub(in crate::gateway) fn captured(&self) -> Result<Option<Money>, Uncountable> {
        match (self.amount_received, &self.currency) {
            (Some(amount), Some(currency)) => money(amount, currency).map(Some).ok_or(Uncountable),
            _ => Ok(None),
        }
    }

    /// Why the card was declined.
    pub(in crate::gateway) fn failure(&self) -> &str {
        let error = self.last_payment_error.as_ref();
        error.map_or("card_declined", ApiError::reason)
    }
}
