//! Events into rows, in memory.

use std::collections::{BTreeMap, btree_map::Entry};

use chrono::{DateTime, Utc};
use domain::{Event, value::WarehouseCode, warehouse::WarehouseEvent};

use crate::recorded::{EventError, Recorded};

/// What a batch of events changes. What becomes of a warehouse within the batch that opened it is folded into its
/// one row. The order of the maps keeps two transactions from waiting for each other's rows in circles.
#[derive(Debug, Default)]
pub struct WarehousesBatch {
    pub(super) opened: BTreeMap<WarehouseCode, OpenedRow>,
    pub(super) changed: BTreeMap<WarehouseCode, ChangeRow>,
}

/// A new warehouse.
#[derive(Debug)]
pub(super) struct OpenedRow {
    pub(super) at: DateTime<Utc>,
    pub(super) position: i64,
    pub(super) now: ChangeRow,
}

/// What became of a warehouse: an absent field stays as it is.
#[derive(Debug, Default)]
pub(super) struct ChangeRow {
    pub(super) code: String,
    pub(super) name: Option<String>,
    pub(super) location: Option<String>,
    pub(super) status: Option<&'static str>,
    pub(super) at: DateTime<Utc>,
    pub(super) position: i64,
    pub(super) sequence: i64,
}

impl WarehousesBatch {
    pub(super) fn apply(&mut self, recorded: &Recorded) -> Result<(), EventError> {
        let Event::Warehouse(event) = &recorded.event else {
            return Ok(());
        };
        let code: WarehouseCode = recorded.id()?;
        if matches!(event, WarehouseEvent::Opened { .. }) {
            let row = OpenedRow {
                at: recorded.envelope.recorded_at,
                position: recorded.envelope.position,
                now: ChangeRow::default(),
            };
            match self.opened.entry(code.clone()) {
                Entry::Occupied(_) => return Err(recorded.refuse("the warehouse was opened before")),
                Entry::Vacant(entry) => entry.insert(row),
            };
        }
        let change = match self.opened.get_mut(&code) {
            Some(opened) => &mut opened.now,
            None => self.changed.entry(code.clone()).or_default(),
        };
        change.code = code.to_string();
        change.at = recorded.envelope.recorded_at;
        change.position = recorded.envelope.position;
        change.sequence = recorded.envelope.sequence;
        match event {
            WarehouseEvent::Opened { name, location } => {
                change.name = Some(name.to_string());
                change.location = location.as_ref().map(ToString::to_string);
                change.status = Some("open");
            }
            WarehouseEvent::Renamed { name } => change.name = Some(name.to_string()),
            WarehouseEvent::Relocated { location } => change.location = Some(location.to_string()),
            WarehouseEvent::Closed {} => change.status = Some("closed"),
            WarehouseEvent::Reopened {} => change.status = Some("open"),
        }
        Ok(())
    }
}
