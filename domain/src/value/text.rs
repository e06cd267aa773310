//! Texts with a purpose and a bound.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::InvalidValue;

/// A text without control characters that is not blank and has at most `MAX` characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text<const MAX: usize>(String);

/// The caller's own name for a movement of money; the same reference moves it once.
pub type Reference = Text<100>;
/// Why something was done, in the words of the person who did it.
pub type Reason = Text<500>;
/// The batch number of a delivery of goods.
pub type Lot = Text<50>;
/// The number under which a carrier knows a parcel.
pub type TrackingNumber = Text<100>;

impl<const MAX: usize> Text<MAX> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> TryFrom<String> for Text<MAX> {
    type Error = InvalidValue;
    fn try_from(text: String) -> Result<Self, InvalidValue> {
        let control = |c: char| c.is_control() && c != '\n' && c != '\t';
        if text.trim().is_empty() || text.chars().count() > MAX || text.chars().any(control) {
            return Err(InvalidValue::new(format!(
                "must have 1 to {MAX} characters, not all blank and none of them a control character"
            )));
        }
        Ok(Self(text))
    }
}

impl<const MAX: usize> From<Text<MAX>> for String {
    fn from(text: Text<MAX>) -> Self {
        text.0
    }
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

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
