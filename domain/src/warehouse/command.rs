//! What may be asked of a warehouse.

use serde::{Deserialize, Serialize};

use crate::value::Text;

/// A command to one warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum WarehouseCommand {
    /// Opens it for the first time.
    Open {
        /// What people call it.
        name: Text<200>,
        /// Where it is, if that matters to anyone.
        location: Option<Text<300>>,
    },
    /// Gives it another name or another location; what is absent stays as it is.
    Change {
        /// What people call it from here on.
        name: Option<Text<200>>,
        /// Where it is from here on.
        location: Option<Text<300>>,
    },
    /// Takes no more goods in.
    Close,
    /// Takes goods in again.
    Reopen,
}
