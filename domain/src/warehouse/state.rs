//! The state of a warehouse, and how events change it.

use serde::{Deserialize, Serialize};

use super::WarehouseEvent;
use crate::{aggregate::aggregate, value::Text};

/// A warehouse, opened or not yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Warehouse {
    /// It was never opened.
    #[default]
    Unopened,
    /// It was opened, and may be closed by now.
    Opened(OpenedWarehouse),
}

/// A warehouse that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedWarehouse {
    /// What people call it.
    pub name: Text<200>,
    /// Where it is.
    pub location: Option<Text<300>>,
    /// Whether it takes goods in.
    pub status: WarehouseStatus,
}

/// Whether a warehouse takes goods in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarehouseStatus {
    /// It does.
    Open,
    /// It does not.
    Closed,
}

aggregate!(
    Warehouse,
    "warehouse",
    super::WarehouseCommand,
    WarehouseEvent,
    super::WarehouseError
);

impl Warehouse {
    /// Folds one event into the state.
    pub(crate) fn evolve(&mut self, event: WarehouseEvent) {
        match (self, event) {
            (this, WarehouseEvent::Opened { name, location }) => {
                *this = Self::Opened(OpenedWarehouse {
                    name,
                    location,
                    status: WarehouseStatus::Open,
                });
            }
            (Self::Opened(warehouse), WarehouseEvent::Renamed { name }) => warehouse.name = name,
            (Self::Opened(warehouse), WarehouseEvent::Relocated { location }) => {
                warehouse.location = Some(location);
            }
            (Self::Opened(warehouse), WarehouseEvent::Closed {}) => {
                warehouse.status = WarehouseStatus::Closed;
            }
            (Self::Opened(warehouse), WarehouseEvent::Reopened {}) => {
                warehouse.status = WarehouseStatus::Open;
            }
            // A log that was tampered with must still fold, so that the auditor can report it.
            (Self::Unopened, _) => {}
        }
    }
}
