//! What happened to a warehouse, as stored for ever.

use serde::{Deserialize, Serialize};

use crate::{aggregate::stored_names, value::Text};

/// An event of one warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum WarehouseEvent {
    /// It was opened for the first time.
    #[serde(rename = "WarehouseOpened")]
    Opened {
        /// What people call it.
        name: Text<200>,
        /// Where it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        location: Option<Text<300>>,
    },
    /// People call it something else.
    #[serde(rename = "WarehouseRenamed")]
    Renamed {
        /// What.
        name: Text<200>,
    },
    /// It moved.
    #[serde(rename = "WarehouseRelocated")]
    Relocated {
        /// Where to.
        location: Text<300>,
    },
    /// It takes no more goods in.
    #[serde(rename = "WarehouseClosed")]
    Closed {},
    /// It takes goods in again.
    #[serde(rename = "WarehouseReopened")]
    Reopened {},
}

stored_names!(WarehouseEvent {
    Opened => ("WarehouseOpened", "1"),
    Renamed => ("WarehouseRenamed", "1"),
    Relocated => ("WarehouseRelocated", "1"),
    Closed => ("WarehouseClosed", "1"),
    Reopened => ("WarehouseReopened", "1"),
});
