//! The other side of a movement.

use serde::{Deserialize, Serialize};

/// An account that belongs to the shop or stands for the world outside.
///
/// Together with the customers' accounts these make the books: per currency all entries sum to zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LedgerAccount {
    /// Cash that customers bring or take: the other side of deposits and withdrawals.
    #[serde(rename = "outside:cash")]
    Cash,
    /// Money that the payment gateway collected for us.
    #[serde(rename = "outside:gateway")]
    Gateway,
    /// What the shop earned.
    #[serde(rename = "merchant:revenue")]
    Revenue,
}

impl LedgerAccount {
    /// The name under which the books carry the account.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cash => "outside:cash",
            Self::Gateway => "outside:gateway",
            Self::Revenue => "merchant:revenue",
        }
    }
}
