//! Stock: the units of one SKU, in all warehouses.
//!
//! ```text
//! receive, adjust, transfer            reserve (all or nothing, for one order)
//!        │                                      │
//!        ▼                                      ▼
//!   on hand, free ◄── release, expire ── on hand, reserved ── commit ──► gone for good
//!        ▲                                                                    │
//!        └───────────────────────────── restock ◄─────────────────────────────┘
//! ```
//!
//! What always holds:
//! - in every bucket `0 ≤ reserved ≤ on hand`, so nothing is ever sold twice;
//! - an order has at most one reservation, of all the units it asked for;
//! - the movements of the log add up to the units on hand.
//!
//! How a reservation is split: the lot that expires first goes first; among equals the warehouse
//! with the most free units, so that an order leaves from as few warehouses as possible; then the
//! name of the warehouse, so that the same history always chooses the same units.
//!
//! A reservation is kept until its time of expiry, and longer when it is extended. The stock has no clock:
//! units go back when somebody says that the time has come. Reserved units stay where they are: a transfer
//! and a correction of the books take free units only, so the units of a reservation are there when it is
//! committed.

mod allocation;
mod command;
mod decide;
mod error;
mod event;
mod state;
#[cfg(test)]
pub(crate) mod tests;

pub use command::StockCommand;
pub use error::StockError;
pub use event::{Allocation, ReleaseReason, ReservationRefusal, StockEvent};
pub use state::{Bucket, Reservation, Stock};
