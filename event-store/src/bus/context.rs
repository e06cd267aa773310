//! What comes with a command, and what goes back.

use crate::{
    append::{Appended, CommandKey},
    event::{Metadata, Position, Sequence},
};

/// Who asks, why, and under which conditions.
#[derive(Debug, Clone, Default)]
pub struct CommandContext {
    /// Written into every event.
    pub metadata: Metadata,
    /// The names under which the command is done only once.
    pub keys: Vec<CommandKey>,
    /// The command is refused unless the aggregate is at this sequence.
    pub expected_sequence: Option<Sequence>,
    /// The identifier was made for this very command, so the aggregate is not looked up first. Where
    /// that is wrong, it costs a second try and nothing else.
    pub assume_new: bool,
}

impl CommandContext {
    /// The same for an aggregate whose identifier was made for this very command.
    #[must_use]
    pub fn on_new_aggregate(self) -> Self {
        Self {
            assume_new: true,
            ..self
        }
    }
}

/// What a command came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The aggregate. For a repeated key it is the one of the first time.
    pub aggregate_id: String,
    /// The sequence of its newest event.
    pub sequence: Sequence,
    /// A position at which a reader sees what was asked for.
    pub position: Position,
    /// Whether a key was known and the answer is that of the first time.
    pub replayed: bool,
}

/// The state of an aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched<A> {
    /// The state; the default one when the aggregate has no events.
    pub state: A,
    /// The sequence of its newest event, or 0.
    pub sequence: Sequence,
}

impl From<Appended> for Answer {
    fn from(appended: Appended) -> Self {
        let Appended {
            aggregate_id,
            sequence,
            position,
            replayed,
        } = appended;
        Self {
            aggregate_id,
            sequence,
            position,
            replayed,
        }
    }
}

impl Metadata {
    /// As it is stored.
    ///
    /// # Errors
    ///
    /// Never in practice: all fields are texts.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}
