//! Where a parcel goes.

use serde::{Deserialize, Serialize};

use super::{InvalidValue, Lines, Text};

/// A postal address, as it was when the order was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Who receives the parcel.
    pub name: Text<200>,
    /// Street, house number, and whatever else the carrier needs.
    pub street: Text<300, Lines>,
    /// City or place.
    pub city: Text<100>,
    /// Postal code; some countries have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<Text<20>>,
    /// Two capitals of ISO 3166-1.
    pub country: CountryCode,
}

/// A country as two capitals (ISO 3166-1 alpha-2); only the form is checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CountryCode(String);

impl TryFrom<String> for CountryCode {
    type Error = InvalidValue;
    fn try_from(text: String) -> Result<Self, InvalidValue> {
        if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Ok(Self(text));
        }
        Err(InvalidValue::new(
            "must be a country of ISO 3166-1 in two capitals, such as DE",
        ))
    }
}

impl From<CountryCode> for String {
    fn from(code: CountryCode) -> Self {
        code.0
    }
}
