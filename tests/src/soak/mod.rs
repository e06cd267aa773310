//! What the soak test and the processes that it kills say to each other.
//!
//! A process is told what to do by its arguments and when to stop by the end of its input. What it has to say it
//! appends to a file of its own, one line for each thing, so that whatever it said before it was killed is
//! known afterwards. A line without its end was cut short by a kill and says nothing.

mod journal;
mod tally;

use anyhow::Result;

pub use journal::{Acknowledged, Journal, Line, Seen};
pub use tally::{Never, Tallied, Tally, Tick};

/// How long a soak test goes on, in seconds: `SOUK_SOAK_SECONDS`, or what is enough for one of many tests.
///
/// # Errors
///
/// When the variable is no number.
pub fn seconds(enough: u64) -> Result<u64> {
    let seconds = platform::config::variable("SOUK_SOAK_SECONDS")?;
    Ok(seconds.map_or(Ok(enough), |seconds| seconds.parse())?)
}

/// How many commands each writer has under way at once.
pub const LANES: usize = 8;

/// How many aggregates all writers share.
pub const SHARED: u64 = 3;

/// The number of a command within its lane, and everything that follows from it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CommandName {
    /// Which writer sends it.
    pub writer: String,
    /// On which of its lanes.
    pub lane: usize,
    /// As which command of the lane, counted from 1.
    pub number: u64,
}

impl CommandName {
    /// The aggregate: every third command fights with those of all other writers.
    pub fn aggregate_id(&self) -> String {
        if self.number.is_multiple_of(3) {
            format!("shared-{}", self.number / 3 % SHARED)
        } else {
            format!("own-{}-{}", self.writer, self.lane)
        }
    }

    /// How many events it writes.
    pub const fn events(&self) -> u64 {
        1 + self.number % 3
    }
}

impl std::fmt::Display for CommandName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.writer, self.lane, self.number)
    }
}
