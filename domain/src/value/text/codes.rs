//! Texts that programs read: small letters, digits and inner dashes.
//!
//! None of them needs to be escaped in an address, and none is a segment such as `..` that clients fold.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::super::InvalidValue;

macro_rules! codes {
    ($($(#[$doc:meta])+ $name:ident up to $max:literal),+ $(,)?) => { $(
        $(#[$doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidValue;
            fn try_from(text: String) -> Result<Self, InvalidValue> {
                let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
                let sound = (1..=$max).contains(&text.len())
                    && text.bytes().all(inner)
                    && !text.starts_with('-')
                    && !text.ends_with('-');
                if sound {
                    return Ok(Self(text));
                }
                Err(InvalidValue::new(concat!(
                    "must have 1 to ", $max, " small letters, digits and inner dashes"
                )))
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidValue;
            fn from_str(text: &str) -> Result<Self, InvalidValue> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+ };
}

codes! {
    /// The part of a product's address that people read.
    Slug up to 200,
    /// Identifies a warehouse.
    WarehouseCode up to 40,
}
