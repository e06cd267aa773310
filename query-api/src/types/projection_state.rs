//! `ProjectionState`.

use async_graphql::Enum;
use projections::GenerationState;

/// How far a generation came in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "GenerationState")]
pub(crate) enum ProjectionState {
    /// Events are being read into it.
    Building,
    /// It reached the end of the log and waits for the switch.
    Ready,
    /// Answers come from it.
    Live,
    /// Answers came from it before; it is kept for a roll back.
    Retired,
    /// It was lost or damaged and is of no more use.
    Failed,
}
