//! `SubscriptionStatus` and `PauseReason`.

use async_graphql::{Enum, EnumType as _};

/// How a customer's subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum SubscriptionStatus {
    /// It is charged every period.
    Active,
    /// Nothing is charged until it is resumed.
    Paused,
    /// It ended for good.
    Cancelled,
}

impl SubscriptionStatus {
    /// The status as the read model writes it.
    pub(crate) fn stored(self) -> String {
        let item = Self::items().iter().find(|item| item.value == self);
        item.map_or_else(String::new, |item| item.name.to_ascii_lowercase())
    }
}

/// Why a customer's subscription is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum PauseReason {
    /// The customer asked for it.
    ByCustomer,
    /// A charge failed as often as it is tried.
    ChargeFailed,
}
