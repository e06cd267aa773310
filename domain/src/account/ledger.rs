//! The other side of a movement.

use serde::{Deserialize, Serialize};

/// An account that belongs to the shop or stands for the world outside.
///
/// Together with the customers' accounts these make the books: per currency all entries sum to zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
    /// What the shop lost: refunds for goods that came back and could not be sold again.
    #[serde(rename = "merchant:write-offs")]
    WriteOffs,
}

/// What the shop earned: the side of a refund that names no other.
impl Default for LedgerAccount {
    fn default() -> Self {
        Self::Revenue
    }
}

impl LedgerAccount {
    /// Whether it is what the shop earned; a refund is booked against that unless it says otherwise.
    pub(crate) fn is_revenue(&self) -> bool {
        *self == Self::Revenue
    }

    /// The name under which the books carry the account.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cash => "outside:cash",
            Self::Gateway => "outside:gateway",
            Self::Revenue => "merchant:revenue",
            Self::WriteOffs => "merchant:write-offs",
        }
    }
}
