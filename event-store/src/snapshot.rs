//! States of large aggregates, kept so that they need not be folded from their first event.
//!
//! Snapshots are a cache: deleting all of them, at any time, changes nothing but speed.

use crate::event::Sequence;

/// The state of an aggregate as of one of its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The version of the state's shape. A state of another version is not read.
    pub version: i32,
    /// The newest event that the state knows of. It is durable.
    pub sequence: Sequence,
    /// The state as JSON.
    pub state: String,
}

impl Snapshot {
    /// Whether it should take the place of another one of the same aggregate.
    ///
    /// While two versions of a service run side by side, the newer one wins: the older one will be gone.
    pub fn supersedes(&self, other: &Self) -> bool {
        (self.version, self.sequence) > (other.version, other.sequence)
    }
}
