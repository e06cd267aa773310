//! Identifiers: one type for each thing, so that an order's id cannot be passed as a payment's.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::InvalidValue;

macro_rules! identifiers {
    ($($(#[$doc:meta])+ $name:ident),+ $(,)?) => { $(
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes any UUID; new ones are version 7, so that they sort by the time of their making.
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }
            /// The UUID inside.
            pub const fn uuid(&self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidValue;
            fn from_str(text: &str) -> Result<Self, InvalidValue> {
                // The hyphenated form alone: the `uuid` crate would also take braces and URNs,
                // and one thing should have one spelling in logs and links.
                match Uuid::try_parse(text) {
                    Ok(id) if text.len() == 36 => Ok(Self(id)),
                    _ => Err(InvalidValue::new("must be a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057")),
                }
            }
        }
    )+ };
}

identifiers! {
    /// Identifies an account.
    AccountId,
    /// Identifies a customer, who owns accounts and places orders.
    CustomerId,
    /// Identifies an order.
    OrderId,
    /// Identifies a payment; chosen when the order is placed.
    PaymentId,
    /// Identifies a product.
    ProductId,
    /// Identifies one refund of a payment.
    RefundId,
    /// Identifies one return of goods of an order.
    ReturnId,
    /// Identifies a subscription.
    SubscriptionId,
}

/// Where a UUID carries its version, and the version of those that an application makes up (RFC 9562, 4.2).
const VERSION_BITS: u128 = 0xf << 76;
const CUSTOM_VERSION: u128 = 0x8 << 76;

impl OrderId {
    /// The name under which the charges of a subscription are booked, where an order would be named.
    ///
    /// It is the identifier of the subscription with another version, so that everybody who reads a
    /// payment can tell from its identifiers alone that no order waits for it.
    pub const fn of_subscription(id: SubscriptionId) -> Self {
        let bits = (id.uuid().as_u128() & !VERSION_BITS) | CUSTOM_VERSION;
        Self(Uuid::from_u128(bits))
    }

    /// Whether the charges of a subscription are booked under it.
    pub const fn is_of_subscription(&self) -> bool {
        self.0.as_u128() & VERSION_BITS == CUSTOM_VERSION
    }
}
