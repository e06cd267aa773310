//! The units of one SKU within an order.

use serde::{Deserialize, Serialize};

use crate::{stock::StockEvent, value::Quantity};

/// How far the reservation of one SKU came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LineState {
    /// How many units all lines with this SKU ask for.
    pub(super) wanted: Quantity,
    step: Step,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Open,
    Reserved,
    Refused,
    Releasing,
    Released,
    Committed,
}

impl LineState {
    pub(super) const fn new(wanted: Quantity) -> Self {
        Self {
            wanted,
            step: Step::Open,
        }
    }

    pub(super) fn observe(&mut self, event: &StockEvent) {
        self.step = match event {
            StockEvent::Reserved { .. } => Step::Reserved,
            StockEvent::ReservationRefused { .. } => Step::Refused,
            StockEvent::Released { .. } => Step::Released,
            StockEvent::Committed { .. } => Step::Committed,
            StockEvent::Received { .. }
            | StockEvent::Adjusted { .. }
            | StockEvent::FellShort { .. }
            | StockEvent::ShortageEased { .. }
            | StockEvent::ExpiryCorrected { .. }
            | StockEvent::Transferred { .. }
            | StockEvent::Extended { .. }
            | StockEvent::Returned { .. }
            | StockEvent::WrittenOff { .. }
            | StockEvent::ThresholdSet { .. }
            | StockEvent::RanLow { .. } => self.step,
        };
    }

    /// Whether the outcome is still to come.
    pub(super) fn is_open(&self) -> bool {
        self.step == Step::Open
    }

    pub(super) fn is_refused(&self) -> bool {
        self.step == Step::Refused
    }

    /// Whether units are set aside, or on their way back.
    pub(super) fn holds_units(&self) -> bool {
        matches!(self.step, Step::Reserved | Step::Releasing)
    }

    /// Marks a reservation for release; says whether there was one to release.
    pub(super) fn start_release(&mut self) -> bool {
        let reserved = self.step == Step::Reserved;
        if reserved {
            self.step = Step::Releasing;
        }
        reserved
    }
}
