//! Values that are right by construction: whoever holds one need not check it again.
//!
//! Every constructor says in its error which rule was broken; the caller knows which field it read.

mod address;
mod card_token;
mod id;
mod money;
mod quantity;
mod shares;
mod sku;
mod sum;
#[cfg(test)]
mod tests;
mod text;
mod web_address;

pub use address::{Address, CountryCode};
pub use card_token::CardToken;
pub use id::{AccountId, CustomerId, OrderId, PaymentId, ProductId, RefundId, ReturnId, SubscriptionId};
pub use money::{Currency, Money};
pub use quantity::Quantity;
pub use shares::shares;
pub use sku::Sku;
pub use sum::Sum;
pub use text::{
    Code, Kind, Line, Lines, Lot, Reason, Reference, Slug, Text, TrackingNumber, WarehouseCode, fold,
};
pub(crate) use text::{is_blank, lift, plain};
pub use web_address::{Web, WebAddress};

/// Whether a field has the value that it has when nothing is written of it.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A value that breaks a rule, with the rule as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rule}")]
pub struct InvalidValue {
    /// The rule that was broken, as the end of the sentence "the field …".
    pub rule: String,
}

impl InvalidValue {
    /// A broken rule.
    pub fn new(rule: impl Into<String>) -> Self {
        Self { rule: rule.into() }
    }
}
