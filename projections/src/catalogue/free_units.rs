//! How many units of a SKU are free, from its events alone: a document knows no warehouses and lots.
//!
//! The sum is right after all events of a command. Where a count or a receipt meets a shortage, it is right only after
//! the event that follows and says how many units are missing.

// A new event must be decided on here: `_` would be worth nothing in silence.
#![deny(clippy::wildcard_enum_match_arm)]

use domain::{stock::StockEvent, value::Quantity};

/// How many units become free by an event; below zero when they cease to be.
///
/// Those of expired lots are free as well.
pub(super) fn freed_by(event: &StockEvent) -> i64 {
    let units = |quantity: &Quantity| i64::from(*quantity);
    let signed = |units: u64| i64::try_from(units).unwrap_or(i64::MAX);
    match event {
        StockEvent::Received { quantity, .. }
        | StockEvent::Released { quantity, .. }
        | StockEvent::Returned { quantity, .. } => units(quantity),
        StockEvent::Adjusted { difference, .. } => *difference,
        StockEvent::Reserved { quantity, .. } => -units(quantity),
        // What a count left missing is not free below nothing, and what arrives serves those orders first.
        StockEvent::FellShort { more, .. } => signed(*more),
        StockEvent::ShortageEased { fewer, .. } => -signed(*fewer),
        StockEvent::Transferred { .. }
        | StockEvent::ExpiryCorrected { .. }
        | StockEvent::ReservationRefused { .. }
        | StockEvent::Committed { .. }
        | StockEvent::Extended { .. }
        | StockEvent::WrittenOff { .. }
        | StockEvent::ThresholdSet { .. }
        | StockEvent::RanLow { .. } => 0,
    }
}
