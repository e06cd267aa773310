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
//! - units are reserved only where they are on hand and free, and leave only where they are on hand, so nothing is
//!   ever sold twice;
//! - all units of a lot expire on the same day;
//! - an order has at most one reservation, of all the units it asked for;
//! - the movements of the log add up to the units on hand.
//!
//! How a reservation is split: the lot that expires first goes first; among equals the warehouse
//! with the most free units, so that an order leaves from as few warehouses as possible; then the
//! name of the warehouse, so that the same history always chooses the same units.
//!
//! A reservation is kept until its time of expiry, and longer when it is extended. The stock has no clock:
//! units go back when a command says that the time has come. Reserved units stay where they are: a transfer takes
//! free units only.
//!
//! A count tells what is there, also when it is less than what is reserved: the books take it, and the place is
//! *short* by the difference. Nothing can be reserved from it, and an order whose units are missing cannot be
//! committed, until units arrive, come back, are transferred there, or other orders release theirs.

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

/// The most places of lots that ran out which are remembered, for their days of expiry. A SKU of fresh goods has a new
/// lot every day in each warehouse; what is older than all of these does not come back.
const MAX_EMPTY_LOTS: usize = 1_000;

/// The most orders that are named when a place falls short.
const MAX_SHORT_ORDERS: usize = 100;
