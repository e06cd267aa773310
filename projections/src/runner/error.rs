//! What can go wrong between the log and a read model.

use std::io;

use event_store::{Position, ReadError};
use tantivy::TantivyError;

use super::damage::is_damage;
use crate::{recorded::EventError, rows::ReadAt};

/// Why something that was asked of a projection could not be done.
#[derive(Debug, thiserror::Error)]
pub enum ProjectionError {
    /// There is no such read model.
    #[error("there is no projection {0:?}")]
    Unknown(String),
    /// Another process builds it at this moment.
    #[error("{0} is being built by another process")]
    Busy(&'static str),
    /// No generation is kept for a roll back, or a build is in progress.
    #[error("{0} has no generation to roll back to, or is being built")]
    NothingToRollBackTo(&'static str),
    /// The build was dropped or failed while it was being filled.
    #[error("the build of {0} is gone")]
    Gone(&'static str),
    /// Nobody has built it yet.
    #[error("{0} is not built yet")]
    NotBuilt(&'static str),
    /// There is no such generation.
    #[error("there is no generation {generation} of {projection}")]
    UnknownGeneration {
        /// The read model.
        projection: &'static str,
        /// Its number.
        generation: i32,
    },
    /// Readers use the generation.
    #[error("generation {generation} of {projection} is live: readers use it")]
    IsLive {
        /// The read model.
        projection: &'static str,
        /// Its number.
        generation: i32,
    },
    /// No build waits for a switch.
    #[error("{0} has no build that readers could be switched to")]
    NothingToSwitchTo(&'static str),
    /// The index was built for other search languages than those that are set.
    #[error(
        "generation {generation} of {projection} was built for other search languages than those that are set"
    )]
    OtherLanguages {
        /// The read model.
        projection: &'static str,
        /// Its number.
        generation: i32,
    },
    /// The read model does not stand still because of this event.
    #[error("{projection} is not stopped by an event at position {position}")]
    NotStoppedThere {
        /// The read model.
        projection: &'static str,
        /// The event.
        position: Position,
    },
    /// Each build of the past is as large as the live one.
    #[error("{0} has too many builds of the past; drop one of them")]
    TooManyOfThePast(&'static str),
    /// The log does not go so far.
    #[error("the log ends at position {head}, before {position}")]
    BeyondTheLog {
        /// What was asked for.
        position: Position,
        /// The newest position.
        head: Position,
    },
    /// It is an index and has no rows that could be shown.
    #[error("{0} is a search index and has no tables")]
    NoTables(&'static str),
    /// There is no such table.
    #[error("{projection} has no table {table:?}; it has {tables}")]
    UnknownTable {
        /// The read model.
        projection: &'static str,
        /// What was asked for.
        table: String,
        /// What there is.
        tables: String,
    },
    /// The build is not whole yet, so there is nothing to compare or to export.
    #[error("generation {generation} of {projection} is not complete")]
    Incomplete {
        /// The read model.
        projection: &'static str,
        /// Its number.
        generation: i32,
    },
    /// Who compares may not bring the build to where the live one is.
    #[error(
        "generation {} of {projection} is at position {} and the live one, {}, at {}; to compare them one has to \
         be brought to the other, for which a login needs the role souk_projector",
        waiting.generation, waiting.position, live.generation, live.position
    )]
    Apart {
        /// The read model.
        projection: &'static str,
        /// The build that waits for its switch.
        waiting: ReadAt,
        /// The live one.
        live: ReadAt,
    },
    /// The live one does not come to where the build is.
    #[error(
        "generation {} of {projection} is at position {} and the live one, {}, stands still at {}; resume it, or \
         compare it with `souk projections rebuild {projection} --as-of {}`",
        waiting.generation, waiting.position, live.generation, live.position, live.position
    )]
    StandsStill {
        /// The read model.
        projection: &'static str,
        /// The build that waits for its switch.
        waiting: ReadAt,
        /// The live one.
        live: ReadAt,
    },
    /// The process is shutting down.
    #[error("the process is shutting down")]
    ShuttingDown,
    /// A build has threads of its own.
    #[error("the threads of a build cannot be started")]
    Threads(#[source] io::Error),
    /// An event cannot be projected.
    #[error(transparent)]
    Event(#[from] EventError),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] ReadError),
    /// The tables cannot be written.
    #[error("the database refused a statement of a projection")]
    Database(#[from] sqlx::Error),
    /// The index cannot be written.
    #[error("the search index cannot be written")]
    Index(#[from] TantivyError),
    /// A folder or file cannot be used.
    #[error("the data folder cannot be used")]
    Folder(#[from] io::Error),
    /// The rows could not be handed on.
    #[error("the rows cannot be written")]
    Output(#[source] io::Error),
    /// The index is missing or damaged.
    #[error("the index of {projection} is lost: {reason}")]
    Lost {
        /// The read model.
        projection: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

/// Why a generation could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// It is not there any more, or not whole: it must be built anew.
    #[error("the index is lost: {0}")]
    Lost(String),
    #[error("the index cannot be opened")]
    Index(#[source] TantivyError),
    #[error("the data folder cannot be used")]
    Folder(#[from] io::Error),
}

impl From<TantivyError> for OpenError {
    fn from(error: TantivyError) -> Self {
        if is_damage(&error) {
            Self::Lost(error.to_string())
        } else {
            Self::Index(error)
        }
    }
}

/// Why a batch was not written. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    /// The generation has another worker, or is no longer fed.
    #[error("the generation is no longer this worker's")]
    Fenced,
    #[error(transparent)]
    Event(#[from] EventError),
    #[error("the database refused a statement")]
    Database(#[from] sqlx::Error),
    #[error("the index cannot be written")]
    Index(#[from] TantivyError),
    #[error("the thread that writes the index ended by itself")]
    Thread,
}

/// Why a worker stopped for the time being.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkError {
    #[error(transparent)]
    Log(#[from] ReadError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("the database refused a statement")]
    Database(#[from] sqlx::Error),
    #[error("the data folder cannot be used")]
    Folder(#[from] io::Error),
    /// One event, found by writing it alone, cannot be written.
    #[error("the event at position {position} cannot be written")]
    Event { position: Position, source: WriteError },
}

impl WriteError {
    /// Whether a smaller batch could tell which event is to blame.
    pub(crate) fn may_be_one_event(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else {
            // A value that does not fit its column is found before the server sees it.
            return matches!(self, Self::Event(_) | Self::Database(sqlx::Error::Encode(_)));
        };
        // Classes 22 and 23: the data is wrong, not the server. (SQL:2016, 24.1 SQLSTATE)
        error
            .code()
            .is_some_and(|code| code.starts_with("22") || code.starts_with("23"))
    }
}

impl WorkError {
    /// Whether the files of the index are at fault.
    pub(crate) fn is_damage(&self) -> bool {
        matches!(self, Self::Write(WriteError::Index(error)) if is_damage(error))
    }

    /// The event that is to blame, where it is one event's fault.
    pub(crate) fn position(&self) -> Option<Position> {
        match self {
            Self::Event { position, .. } => Some(*position),
            Self::Write(WriteError::Event(error)) => Some(error.position),
            _ => None,
        }
    }
}

/// An error with all its causes in one line.
pub(crate) fn reason(error: &dyn std::error::Error) -> String {
    let mut reason = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !reason.ends_with(&text) {
            reason.push_str(": ");
            reason.push_str(&text);
        }
        cause = error.source();
    }
    reason
}

impl From<WorkError> for ProjectionError {
    fn from(error: WorkError) -> Self {
        match error {
            WorkError::Log(error) => Self::Log(error),
            WorkError::Database(error) => Self::Database(error),
            WorkError::Folder(error) | WorkError::Open(OpenError::Folder(error)) => Self::Folder(error),
            WorkError::Open(OpenError::Index(error)) => Self::Index(error),
            WorkError::Open(OpenError::Lost(reason)) => Self::Lost {
                projection: "the read model",
                reason,
            },
            WorkError::Write(error) | WorkError::Event { source: error, .. } => error.into(),
        }
    }
}

impl From<WriteError> for ProjectionError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Fenced => Self::Gone("the read model"),
            WriteError::Event(error) => Self::Event(error),
            WriteError::Database(error) => Self::Database(error),
            WriteError::Index(error) => Self::Index(error),
            WriteError::Thread => Self::Gone("the index"),
        }
    }
}
