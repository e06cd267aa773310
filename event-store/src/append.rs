//! What is handed to the log, and what it answers.

use std::sync::Arc;

use futures::{FutureExt, future::BoxFuture, future::Shared};
use tokio::time::Instant;

use crate::{
    event::{Position, Sequence, StreamId},
    lineage::Lineage,
};

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
    /// The decision rests on an earlier write that did not happen.
    #[error("{stream} was decided on a write that did not happen")]
    BasisLost {
        /// The aggregate.
        stream: StreamId,
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

/// An append on its way into the queue, with what only the queue needs to know of it.
pub(crate) struct Submission {
    pub(crate) append: Append,
    /// What the decision was based on; broken when the append is not written.
    pub(crate) lineage: Lineage,
    /// The latest moment at which writing may begin. After it the caller would no longer wait for the
    /// outcome, so the append is refused while it is certain that nothing was written.
    pub(crate) not_after: Option<Instant>,
}

impl Submission {
    /// Why this must not be written any more, if that is so.
    pub(crate) fn refusal(&self, now: Instant) -> Option<AppendError> {
        if self.lineage.is_broken() {
            let stream = self.append.stream.clone();
            return Some(AppendError::BasisLost { stream });
        }
        let late = self.not_after.is_some_and(|not_after| now > not_after);
        late.then_some(AppendError::Overloaded)
    }

    /// Breaks the lineage unless the answer says that the append was written.
    ///
    /// The writer calls this before it takes another submission. A repeated key wrote nothing, so what
    /// was decided on its events is lost with it; without events nothing was decided on them.
    pub(crate) fn conclude(&self, answer: &Result<Appended, AppendError>) {
        let stands = match answer {
            Ok(appended) => !appended.replayed || self.append.events.is_empty(),
            Err(AppendError::KeyReused { .. }) => self.append.events.is_empty(),
            Err(_) => false,
        };
        if !stands {
            self.lineage.break_off();
        }
    }
}

type Submit = dyn FnOnce(Submission) -> BoxFuture<'static, Result<Appended, AppendError>> + Send;

/// A place in the queue of the log, with which an append needs no further wait.
///
/// The place is taken before the decision, so that a decision, once made, is queued in the same instant and
/// the queue holds the decisions of an aggregate in the order in which they were made.
pub struct Slot(Box<Submit>);

impl Slot {
    pub(crate) fn new<F>(submit: impl FnOnce(Submission) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<Appended, AppendError>> + Send + 'static,
    {
        Self(Box::new(move |submission| submit(submission).boxed()))
    }

    /// Hands over an append that was decided on durable state. It is written whether or not anyone waits for
    /// the ticket.
    pub fn submit(self, append: Append) -> Ticket {
        self.submit_on(Submission {
            append,
            lineage: Lineage::default(),
            not_after: None,
        })
    }

    /// Hands over an append that may rest on earlier ones of its lineage.
    pub(crate) fn submit_on(self, submission: Submission) -> Ticket {
        (self.0)(submission).shared()
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
