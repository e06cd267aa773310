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
}
