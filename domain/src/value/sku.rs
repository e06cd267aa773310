//! The stock keeping unit: what a warehouse counts.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::InvalidValue;

/// A stock keeping unit: 1 to [`Sku::MAX_LEN`] letters, digits, dots, dashes and underscores.
///
/// It is the identifier of its stock, so it must be fit for a path and a topic key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sku(String);

impl Sku {
    /// The longest SKU in characters.
    pub const MAX_LEN: usize = 64;

    /// The text of the SKU.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a client can name it in an address.
    ///
    /// Clients, browsers and proxies remove the segments `.` and `..` from a path before they send it
    /// (RFC 3986, 5.2.4). Such SKUs were listed once, so the type takes them; no new product may have one.
    pub fn is_addressable(&self) -> bool {
        !matches!(self.as_str(), "." | "..")
    }

    /// The form that is the same for two SKUs that differ by case alone.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl TryFrom<String> for Sku {
    type Error = InvalidValue;
    fn try_from(text: String) -> Result<Self, InvalidValue> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        if (1..=Self::MAX_LEN).contains(&text.len()) && text.bytes().all(allowed) {
            return Ok(Self(text));
        }
        Err(InvalidValue::new(format!(
            "must have 1 to {} letters, digits, dots, dashes or underscores",
            Self::MAX_LEN
        )))
    }
}

impl FromStr for Sku {
    type Err = InvalidValue;
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        text.to_owned().try_into()
    }
}

impl From<Sku> for String {
    fn from(sku: Sku) -> Self {
        sku.0
    }
}

impl fmt::Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
