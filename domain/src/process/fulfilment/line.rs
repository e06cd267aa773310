//! The units of one SKU within an order.

use serde::{Deserialize, Serialize};

use crate::{
    stock::StockEvent,
    value::{Quantity, is_default},
};

/// How far the reservation of one SKU came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LineState {
    /// How many units all lines with this SKU ask for.
    pub(super) wanted: Quantity,
    step: Step,
    /// It was refused when it was asked for last.
    #[serde(default, skip_serializing_if = "is_default")]
    lacked: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    /// To be asked for once the lines before it are reserved.
    InTurn,
    Open,
    Reserved,
    /// There are not enough units.
    Refused,
    /// There may be enough units once other orders have released theirs.
    Contended,
    Releasing,
    Released,
    Committed,
}

impl LineState {
    pub(super) const fn new(wanted: Quantity) -> Self {
        Self {
            wanted,
            step: Step::Open,
            lacked: false,
        }
    }

    pub(super) fn observe(&mut self, event: &StockEvent) {
        self.step = match event {
            StockEvent::Reserved { .. } => Step::Reserved,
            StockEvent::ReservationRefused {
                available, undecided, ..
            } => {
                let wanted = u64::from(self.wanted.units());
                if available.saturating_add(*undecided) >= wanted {
                    Step::Contended
                } else {
                    Step::Refused
                }
            }
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
        match self.step {
            Step::Refused | Step::Contended => self.lacked = true,
            Step::Reserved => self.lacked = false,
            Step::InTurn | Step::Open | Step::Releasing | Step::Released | Step::Committed => {}
        }
    }

    /// Whether the outcome is still to come.
    pub(super) fn is_open(&self) -> bool {
        self.step == Step::Open
    }

    pub(super) fn is_refused(&self) -> bool {
        matches!(self.step, Step::Refused | Step::Contended)
    }

    /// Whether the line lacks units: it was refused, now or before, and has not been reserved since.
    pub(super) fn is_lacking(&self) -> bool {
        self.is_refused() || (self.is_in_turn() && self.lacked)
    }

    /// Whether it was refused for units that other orders may yet release.
    pub(super) fn is_contended(&self) -> bool {
        self.step == Step::Contended
    }

    /// From here on it is asked for after the lines before it.
    pub(super) fn queue(&mut self) {
        self.step = Step::InTurn;
    }

    /// Whether its turn is still to come.
    pub(super) fn is_in_turn(&self) -> bool {
        self.step == Step::InTurn
    }

    /// It is asked for, and the outcome is to come.
    pub(super) fn ask(&mut self) {
        self.step = Step::Open;
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
