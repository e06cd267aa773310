//! Process managers: events in, commands out.
//!
//! A process manager is a pure function. It does not know who feeds it, where its state is kept,
//! or how a command is sent; it may be fed the whole log again and will ask for the same things in
//! the same order. It never undoes what it has not seen done: a step whose outcome is still open is
//! compensated when the outcome arrives, so no reordering of commands can hurt.
//!
//! A process that must not wait for ever sets a timer. Time comes in with the events and with the
//! timers themselves; a timer may ring late, and before events that would have cancelled it are read.

pub mod fulfilment;
#[cfg(test)]
pub(crate) mod machines;
pub mod recurring;
pub mod settlement;
#[cfg(test)]
mod simulation;
mod timer;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub use fulfilment::Fulfilment;
pub use recurring::Recurring;
pub use settlement::{GatewayCall, Settlement};
pub use timer::TimerName;

use crate::{Command, Event};

/// A process manager: the state of one process, and how it reacts to an event.
pub trait ProcessManager: Default + Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The name under which its processes are stored; it never changes.
    const NAME: &'static str;

    /// The process that an event belongs to, or nothing when the event is none of its business.
    ///
    /// `aggregate_id` is the aggregate that the event happened to.
    fn route(aggregate_id: &str, event: &Event) -> Option<String>;

    /// Folds the event into the state and says what is to be done.
    ///
    /// The order of the actions matters: the identity of each is derived from its place in the list.
    fn react(&mut self, aggregate_id: &str, event: &Event, recorded_at: DateTime<Utc>) -> Vec<Action>;

    /// A timer of the process rang.
    ///
    /// `due_at` is the time that it was set for and not the time of day, so that the same ring always
    /// has the same consequences.
    fn timer(&mut self, process_id: &str, name: TimerName, due_at: DateTime<Utc>) -> Vec<Action>;

    /// Where the process stands, in one word of the product's language.
    fn status(&self) -> &'static str;

    /// The last step that was taken, as a stable word in `snake_case`.
    fn step(&self) -> &'static str;

    /// Whether nothing can happen to the process any more, so that its state may be forgotten.
    fn is_over(&self) -> bool {
        false
    }
}

/// What a process manager wants done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", content = "of", rename_all = "snake_case")]
pub enum Action {
    /// A command to an aggregate.
    Command(Box<Command>),
    /// A call to the payment gateway, whose answer comes back as a command to the payment.
    Gateway(GatewayCall),
    /// Wakes the process at a time. A timer of the same name that still runs is replaced.
    SetTimer {
        /// Which.
        name: TimerName,
        /// When it rings.
        due_at: DateTime<Utc>,
    },
    /// Forgets a timer. One that does not run is no error.
    CancelTimer {
        /// Which.
        name: TimerName,
    },
}

impl<C: Into<Command>> From<C> for Action {
    fn from(command: C) -> Self {
        Self::Command(Box::new(command.into()))
    }
}
