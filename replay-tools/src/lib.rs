//! The commands of auditors and analysts: looking at the log, replaying an aggregate, and looking at
//! the read models and rebuilding them.
//!
//! Each command is a set of clap arguments and a `run`. What a command needs (a log, the projections,
//! where to print) is handed in; this crate opens no connection and reads no environment.
//!
//! What always holds:
//! - results go to [`Console::out`] and everything that is said about them to [`Console::notes`], so
//!   that a pipe carries results alone;
//! - memory is bounded by a page of events, whatever the length of the log;
//! - every report names the positions that it covers, and covers none that was written after it began.
//!
//! **Architecture invariant:** looking needs no right but to read. Only `projections` with a verb that builds,
//! switches, drops or decides writes, and never to the log.

mod console;
mod context;
mod coverage;
mod error;
pub mod events;
mod kind;
mod moment;
mod output_file;
mod pages;
mod parquet_file;
mod provenance;
pub mod read_models;
pub mod replay;
mod report;
#[cfg(test)]
mod testing;

pub use console::Console;
pub use context::{Context, Outcome};
pub use error::Error;
pub use events::EventsArgs;
pub use kind::AggregateKind;
pub use moment::{InvalidMoment, Moment};
pub use read_models::ProjectionsArgs;
pub use replay::ReplayArgs;
pub use report::{Column, Format, Look, Record, Report, Table};
