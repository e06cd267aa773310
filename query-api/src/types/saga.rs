//! `Saga`.

use async_graphql::{Enum, Object};
use chrono::{DateTime, Utc};

use super::stored;
use crate::{error::Result, sagas::SagaView};

/// Where the saga of an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum SagaState {
    /// The order was placed, and nothing was asked for yet.
    Started,
    /// Units are being reserved.
    AwaitingStock,
    /// The payment is being authorised or captured.
    AwaitingPayment,
    /// The order is paid; what follows is done by people.
    Completed,
    /// What was done is being undone, newest first.
    Compensating,
    /// The order was cancelled and everything that was done for it is undone.
    Failed,
}

/// The saga of an order.
pub(crate) struct Saga(pub(crate) SagaView);

/// The process that carries an order through stock and payment, and back if something fails. It may
/// stand a moment behind the order itself.
#[Object]
impl Saga {
    /// Where it stands.
    async fn state(&self) -> Result<SagaState> {
        stored("saga state", &self.0.state)
    }

    /// The last step that was taken, as a word such as `reserving_stock`. New words may come.
    async fn step(&self) -> &str {
        &self.0.step
    }

    /// How often the action that is in most trouble was tried; 0 when none is.
    async fn tries(&self) -> i32 {
        self.0.tries
    }

    /// When something happens by itself: a time limit ends, or an action is tried again. Null when
    /// nothing will.
    async fn deadline(&self) -> Option<DateTime<Utc>> {
        self.0.deadline
    }

    /// What went wrong last, of what is not done yet.
    async fn last_error(&self) -> Option<&str> {
        self.0.last_error.as_deref()
    }
}
