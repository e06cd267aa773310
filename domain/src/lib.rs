//! The shop as pure code: aggregates that turn commands into events, and process managers
//! that turn events into commands.
//!
//! What it deliberately is not: there is no tokio, no SQL, no clock and no randomness here.
//! Whatever a decision needs from outside (a price, a date, a fresh id) arrives inside the
//! command, so that a history always replays to the same state.
//!
//! **Architecture invariant:** `decide` may refuse, `evolve` never fails. An event that was
//! written is a fact, and folding facts has no error case.

// A new event must be decided on wherever events are told apart: `_` would be worth nothing in silence. Tests may.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]
// Money is integer; a float near it is a defect.
#![deny(clippy::float_arithmetic)]

pub mod account;
mod aggregate;
mod command;
mod event;
#[cfg(test)]
mod golden;
pub mod ledger;
pub mod order;
pub mod payment;
pub mod process;
pub mod product;
mod refusal;
pub mod stock;
pub mod subscription;
#[cfg(test)]
mod testing;
pub mod value;
pub mod warehouse;

pub use aggregate::{AggregateType, Claim, Decide};
pub use command::{Command, Target};
pub use event::{Event, UnknownAggregate, UnreadableEvent, upcasters};
pub use refusal::{Refusal, RefusalKind};
