//! What is handed to the log, and what it answers.

use std::sync::Arc;

use futures::{FutureExt, future::BoxFuture, future::Shared};

use crate::event::{Position, Sequence, StreamId};

/// All events of one command, to be written together or not at all.
#[derive(Debug, Clone)]
pub struct Append {
    /// The aggregate.
    pub stream: StreamId,
    /// The sequence of the last event that the decision knew of.
    pub expected: Sequence,
    /// The events, in order. None is fine: then only the keys are stored.
    pub events: Vec<NewEvent>,
    /// The metadata of every event, as JSON.
    pub metadata: String,
    /// The names under which the command is done only once.
    pub keys: Vec<CommandKey>,
    /// The values that the events claim for the aggregate alone.
    pub claims: Vec<Claim>,
}

/// An event that is not in the log yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Its name.
    pub event_type: String,
    /// The version of its payload.
    pub event_version: String,
    /// Its JSON.
    pub payload: String,
}

/// A name under which a command is done only once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandKey {
    /// The name, at most [`CommandKey::MAX_LEN`] bytes.
    pub key: String,
    /// A digest of what was asked: the same name with another body is refused.
    pub fingerprint: Vec<u8>,
}

impl CommandKey {
    /// The longest key in bytes; longer ones are refused where they enter.
    pub const MAX_LEN: usize = 400;
}

/// A value that only one aggregate in the whole log may hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Claim {
    /// What kind of value it is.
    pub scope: String,
    /// The value itself.
    pub value: String,
}

/// What was stored together with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// The digest of what was asked.
    pub fingerprint: Vec<u8>,
    /// The aggregate that was asked.
    pub stream: StreamId,
    /// The answer of that time.
    pub appended: Appended,
}

/// The log's answer to an append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The aggregate that the events belong to. For a repeated key it is the one of the first time.
    pub aggregate_id: String,
    /// The sequence of the last event of the aggregate.
    pub sequence: Sequence,
    /// The position of the last event that the command wrote; the head of the log when it wrote none.
    pub position: Position,
    /// Whether a key was known and the answer is that of the first time.
    pub replayed: bool,
}

/// Why nothing was written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AppendError {
    /// Somebody else was faster.
    #[error("{stream} is at sequence {actual}, not at {expected}")]
    Conflict {
        /// The aggregate.
        stream: StreamId,
        /// What the decision was based on.
        expected: Sequence,
        /// What the log has.
        actual: Sequence,
    },
    /// The key was used for something else.
    #[error("the key {key:?} was used for another command")]
    KeyReused {
        /// The key.
        key: String,
    },
    /// Another aggregate holds the value.
    #[error("{scope} {value:?} belongs to {holder}")]
    AlreadyClaimed {
        /// What kind of value it is.
        scope: String,
        /// The value.
        value: String,
        /// The identifier of the aggregate that holds it.
        holder: String,
    },
    /// More is asked for at once than the queue holds.
    #[error("too many commands are waiting to be written")]
    Overloaded,
    /// The command is larger than any command may be.
    #[error("a command may write at most {max_bytes} bytes")]
    TooLarge {
        /// The limit in bytes.
        max_bytes: usize,
    },
    /// The log could not be reached, or the connection broke: the outcome is unknown.
    #[error("the log cannot be reached")]
    Unavailable(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

impl AppendError {
    /// The log cannot be reached, because of something.
    pub fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(Arc::from(cause.into()))
    }
}

/// The answer to come. It may be waited for by many, and nobody has to.
pub type Ticket = Shared<BoxFuture<'static, Result<Appended, AppendError>>>;

/// A place in the queue of the log: whoever holds one can append without waiting.
///
/// Taking the place first means that a decision, once made, is queued in the same instant, so the
/// queue has the decisions of an aggregate in the order in which they were made.
pub struct Slot(Box<dyn FnOnce(Append) -> BoxFuture<'static, Result<Appended, AppendError>> + Send>);

impl Slot {
    pub(crate) fn new<F>(submit: impl FnOnce(Append) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<Appended, AppendError>> + Send + 'static,
    {
        Self(Box::new(move |append| submit(append).boxed()))
    }

    /// Hands the append over. It will be written whether or not anyone waits for the ticket.
    pub fn submit(self, append: Append) -> Ticket {
        (self.0)(append).shared()
    }
}

impl StoredKey {
    /// The answer to a command whose key is known: that of the first time, if it asked for the same.
    ///
    /// # Errors
    ///
    /// [`AppendError::KeyReused`] when it asked for something else.
    pub fn answer(&self, key: &CommandKey) -> Result<Appended, AppendError> {
        if self.fingerprint != key.fingerprint {
            return Err(AppendError::KeyReused { key: key.key.clone() });
        }
        Ok(Appended {
            replayed: true,
            ..self.appended.clone()
        })
    }
}
