//! How many units of something.

use serde::{Deserialize, Serialize};

use super::InvalidValue;

/// A number of units, between 1 and [`Quantity::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Quantity(u32);

impl Quantity {
    /// The most units that one command may move: a bound against slips of the keyboard.
    pub const MAX: u32 = 10_000_000;

    /// The number of units.
    pub const fn units(self) -> u32 {
        self.0
    }

    /// The sum, or nothing when it exceeds [`Quantity::MAX`].
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0
            .checked_add(other.0)
            .filter(|units| *units <= Self::MAX)
            .map(Self)
    }
}

impl TryFrom<i64> for Quantity {
    type Error = InvalidValue;
    fn try_from(units: i64) -> Result<Self, InvalidValue> {
        match u32::try_from(units) {
            Ok(units @ 1..=Self::MAX) => Ok(Self(units)),
            _ => Err(InvalidValue::new(format!(
                "must be between 1 and {} units",
                Self::MAX
            ))),
        }
    }
}

impl From<Quantity> for i64 {
    fn from(quantity: Quantity) -> Self {
        Self::from(quantity.0)
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
