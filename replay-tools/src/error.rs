//! Why a command could not run.

use std::{io, path::PathBuf};

use chrono::{DateTime, Utc};
use event_store::{Position, ReadError, StreamId, UndecodableEvent};
use projections::ProjectionError;

/// Why a command could not run, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] ReadError),
    /// There is no such event.
    #[error("there is no event at position {position}; the log ends at position {head}")]
    UnknownPosition {
        /// What was asked for.
        position: Position,
        /// The newest position.
        head: Position,
    },
    /// There is no such aggregate.
    #[error("there is no {stream} in the log, which ends at position {head}")]
    UnknownAggregate {
        /// What was asked for.
        stream: StreamId,
        /// The newest position.
        head: Position,
    },
    /// The aggregate is younger than the moment that was asked for.
    #[error("{stream} did not exist at that point; its first event is at position {first} ({recorded_at})")]
    NotYet {
        /// What was asked for.
        stream: StreamId,
        /// The position of its first event.
        first: Position,
        /// When that was written.
        recorded_at: DateTime<Utc>,
    },
    /// Nothing in the log belongs to the customer.
    #[error("--customer {0}: no event names this customer")]
    UnknownCustomer(String),
    /// More belongs to a customer than one statement can ask for.
    #[error(
        "--customer {customer}: more than {limit} aggregates belong to this customer; use --actor or --id"
    )]
    TooManyAggregates {
        /// The customer.
        customer: String,
        /// How many are possible.
        limit: usize,
    },
    /// A time was asked for that has not come.
    #[error("{field} is {time}, which is in the future: it is {now} now")]
    InTheFuture {
        /// The option.
        field: &'static str,
        /// What was asked for.
        time: DateTime<Utc>,
        /// When that was.
        now: DateTime<Utc>,
    },
    /// An event cannot be read as what it says it is.
    #[error(transparent)]
    Undecodable(#[from] UndecodableEvent),
    /// A state is not to be had as JSON.
    #[error("a state cannot be written as JSON")]
    State(#[from] serde_json::Error),
    /// A read model cannot be looked at or rebuilt.
    #[error(transparent)]
    Projection(#[from] ProjectionError),
    /// Nobody can read the results.
    #[error("the results cannot be written")]
    Output(#[from] io::Error),
    /// A file cannot be written.
    #[error("{} cannot be written", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file would be lost.
    #[error("{} exists already; --yes replaces it", .0.display())]
    FileExists(PathBuf),
    /// What a command is going to do was not agreed to.
    #[error("nothing was done; --yes does it")]
    Unconfirmed,
    /// The user wanted to stop.
    #[error("stopped before the end")]
    Stopped,
    /// An index has no rows that could be compared or exported, which is what the past is built for.
    #[error("{0} is a search index: as it was in the past it could be neither compared nor exported")]
    IndexOfThePast(String),
    /// What no person can read.
    #[error("Parquet is not for a terminal; name a file with --output, or send it to another program")]
    BinaryForTerminal,
    /// The user stopped a roll back that had begun.
    #[error("stopped before the end; `souk projections rebuild {0}` goes on where this one was")]
    RollBackStopped(String),
    /// The user stopped a rebuild.
    #[error("stopped before the end; the same command goes on where this one was")]
    RebuildStopped,
}

impl Error {
    /// Turns what the system says of a file into an error.
    pub(crate) fn file(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::File { path, source }
    }
}

impl From<csv::Error> for Error {
    fn from(error: csv::Error) -> Self {
        Self::Output(error.into())
    }
}
