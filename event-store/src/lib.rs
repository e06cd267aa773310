//! The log: append-only events in PostgreSQL, and the command bus that writes them.
//!
//! It knows envelopes, not carts: an event is a name, a version and JSON. What the JSON means is the
//! business of whoever registered the aggregate.
//!
//! What always holds, whatever the number of writers and processes:
//! - positions are dense and in the order of commits, so a reader that remembers the last position it
//!   saw never misses an event and never sees one twice;
//! - the events of an aggregate have dense sequences from 1;
//! - a command is in the log wholly or not at all, together with its keys and its claims.
//!
//! **Architecture invariant:** nothing in this crate names an aggregate of the shop, and nothing in
//! it updates or deletes an event.

mod append;
mod bus;
#[cfg(test)]
mod contract;
mod decode;
mod event;
mod feed;
mod framework;
mod limits;
mod lineage;
mod log;
mod memory;
mod postgres;
mod read;
mod scan;
mod snapshot;
mod subscription;
mod window;

pub use append::{Append, AppendError, Appended, Claim, CommandKey, NewEvent, Slot, StoredKey, Ticket};
pub use bus::{Answer, BusError, BusOptions, CommandBus, CommandContext, Fetched};
pub use decode::{Decoder, UndecodableEvent};
pub use event::{Metadata, Position, RecordedEvent, Sequence, StreamId};
pub use feed::{Feed, FeedEvent, FeedOptions, Follower, Parse, UnreadableEvent};
pub use framework::{FrameworkStore, LoadedAggregate};
pub use limits::{COMMAND_LIMIT, WRITE_LIMIT};
pub use log::{EventLog, Log};
pub use memory::MemoryLog;
pub use postgres::{PostgresLog, PostgresLogOptions};
pub use read::{Filter, ReadError};
pub use scan::Scan;
pub use snapshot::Snapshot;
pub use subscription::Subscription;
