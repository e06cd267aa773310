//! Why a process manager cannot go on.

use std::error::Error;

use event_store::{Position, ReadError, UnreadableEvent};

/// Why a process manager cannot go on. It tries again by itself, from what is stored.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// The tables cannot be reached.
    #[error("the tables of the process managers cannot be reached")]
    Database(#[from] sqlx::Error),
    /// The database did not answer in time.
    #[error("the database did not answer within {limit_s} s")]
    TimedOut {
        /// How long was waited, in seconds.
        limit_s: u64,
    },
    /// The log cannot be read.
    #[error("the log cannot be read")]
    Log(#[from] ReadError),
    /// An event cannot be understood. To step over it would lose what it causes.
    #[error("an event stops the process manager")]
    Event(#[from] UnreadableEvent),
    /// The state of a process cannot be understood.
    #[error("the stored state of process {process_id} cannot be understood")]
    State {
        /// Which process.
        process_id: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A timer of a name that this version of the service does not know.
    #[error("process {process_id} has a timer {name:?}, which is not known here")]
    Timer {
        /// Which process.
        process_id: String,
        /// The name as stored.
        name: String,
    },
    /// Something cannot be written as JSON.
    #[error("a state or an action cannot be written as JSON")]
    Encode(#[source] serde_json::Error),
    /// The checkpoint is not where this copy left it: another one works this process manager.
    #[error("another copy has moved the checkpoint of {manager} from {expected}")]
    Fenced {
        /// Which process manager.
        manager: &'static str,
        /// Where this copy had left it.
        expected: Position,
    },
    /// The code of the process manager panicked.
    #[error("the process manager panicked")]
    Panicked,
}

/// An error with its causes in one line, for those who read a status and not a log.
pub(crate) fn in_one_line(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    line
}
