//! Why a command came to nothing.

use std::sync::Arc;

use crate::{append::AppendError, decode::UndecodableEvent, event::Sequence, read::ReadError};

/// Why a command came to nothing. `E` is the refusal of the aggregate.
#[derive(Debug, thiserror::Error)]
pub enum BusError<E> {
    /// The domain refused.
    #[error("{0}")]
    Refused(E),
    /// The aggregate is not where the caller expected it.
    #[error("the aggregate is at sequence {actual}, not at {expected}")]
    SequenceMismatch {
        /// What the caller expected.
        expected: Sequence,
        /// Where the aggregate is.
        actual: Sequence,
    },
    /// The key was used for another command.
    #[error("the key {key:?} was used for another command")]
    KeyReused {
        /// The key.
        key: String,
    },
    /// Another aggregate holds a value that must be unique.
    #[error("{scope} {value:?} belongs to {holder}")]
    AlreadyClaimed {
        /// What kind of value it is.
        scope: String,
        /// The value.
        value: String,
        /// The identifier of the aggregate that holds it.
        holder: String,
    },
    /// The command is larger than any command may be.
    #[error("a command may write at most {max_bytes} bytes")]
    TooLarge {
        /// The limit in bytes.
        max_bytes: usize,
    },
    /// More is asked for at once than the queue holds; nothing was written.
    #[error("too many commands are waiting to be written")]
    Overloaded,
    /// Other commands on the same aggregate were faster each time; nothing was written.
    #[error("the aggregate is too busy")]
    Contended,
    /// The time was up; whether something was written is not known.
    #[error("the command took too long")]
    DeadlineExceeded,
    /// The log cannot be reached; whether something was written is not known.
    #[error("the log cannot be reached")]
    Unavailable(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// The history of the aggregate cannot be read.
    #[error("the history of the aggregate cannot be read")]
    Undecodable(#[source] UndecodableEvent),
    /// An event cannot be written as JSON.
    #[error("an event cannot be written as JSON")]
    Encode(#[source] serde_json::Error),
}

impl<E> BusError<E> {
    pub(super) fn from_append(error: AppendError) -> Self {
        match error {
            AppendError::Conflict { .. } | AppendError::BasisLost { .. } => Self::Contended,
            AppendError::KeyReused { key } => Self::KeyReused { key },
            AppendError::AlreadyClaimed { scope, value, holder } => {
                Self::AlreadyClaimed { scope, value, holder }
            }
            AppendError::Overloaded => Self::Overloaded,
            AppendError::TooLarge { max_bytes } => Self::TooLarge { max_bytes },
            AppendError::Unavailable(cause) => Self::Unavailable(cause),
        }
    }

    pub(super) fn from_read(error: ReadError) -> Self {
        let ReadError::Unavailable(cause) = error;
        Self::Unavailable(cause)
    }

    /// The same error with another refusal, for those who handle commands of every aggregate.
    pub fn map_refusal<F>(self, map: impl FnOnce(E) -> F) -> BusError<F> {
        match self {
            Self::Refused(refusal) => BusError::Refused(map(refusal)),
            Self::SequenceMismatch { expected, actual } => BusError::SequenceMismatch { expected, actual },
            Self::KeyReused { key } => BusError::KeyReused { key },
            Self::AlreadyClaimed { scope, value, holder } => {
                BusError::AlreadyClaimed { scope, value, holder }
            }
            Self::TooLarge { max_bytes } => BusError::TooLarge { max_bytes },
            Self::Overloaded => BusError::Overloaded,
            Self::Contended => BusError::Contended,
            Self::DeadlineExceeded => BusError::DeadlineExceeded,
            Self::Unavailable(cause) => BusError::Unavailable(cause),
            Self::Undecodable(cause) => BusError::Undecodable(cause),
            Self::Encode(cause) => BusError::Encode(cause),
        }
    }

    /// Whether the same command may succeed a little later.
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Overloaded | Self::Contended | Self::DeadlineExceeded | Self::Unavailable(_)
        )
    }
}
