//! Why a demo shop is not loaded.

use std::time::Duration;

use command_api::CommandError;
use domain::value::InvalidValue;
use event_store::{AppendError, ReadError};

/// Why a demo shop is not loaded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    /// Another shop was begun here.
    #[error(
        "a demo shop of another seed or version was begun here; go on with that seed, or use an empty folder"
    )]
    OtherShop,
    /// A command came to nothing.
    #[error("the demo shop stopped at {key}")]
    Command {
        /// The key of the command.
        key: String,
        /// Why.
        source: CommandError,
    },
    /// The process managers do not move the orders on.
    #[error("{waiting} demo orders did not move for {}", humantime(*patience))]
    Stalled {
        /// How many orders have not ended.
        waiting: usize,
        /// How long nothing happened.
        patience: Duration,
    },
    /// The log cannot be read.
    #[error("the log cannot be read")]
    Read(#[from] ReadError),
    /// The beginning or the end of the load cannot be noted.
    #[error("the state of the load cannot be noted")]
    Marker(#[source] AppendError),
    /// Something that was made up breaks a rule of the domain.
    #[error("the demo shop has a value that {0}")]
    Value(#[from] InvalidValue),
    /// The making up ended early.
    #[error("the demo shop could not be made up")]
    Plan(#[from] tokio::task::JoinError),
}

fn humantime(duration: Duration) -> String {
    format!("{} seconds", duration.as_secs())
}
