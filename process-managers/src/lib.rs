//! The runner of process managers: feeds them the log, keeps their states, and has what they ask for
//! done exactly once.
//!
//! What an order or a payment needs next is decided in `domain::process`, as pure functions. This
//! crate deliberately knows nothing of it: it knows events, states, actions and checkpoints, and it
//! holds the adapters to the outside (the payment gateway).
//!
//! The life of an action:
//!
//! ```text
//! event ─► react ─► state + outbox + checkpoint, one transaction ─► sent under its derived key ─► deleted
//!                                                                       │ later, if unreachable
//!                                                                       └ parked, if refused
//! ```
//!
//! What always holds, wherever a process is killed:
//! - an action is in the outbox if and only if the state knows of the event that caused it;
//! - an action that is sent twice has the same key both times, so its effect happens once;
//! - of several copies one works a process manager, and one that lost its place cannot write.

mod backoff;
pub mod dispatch;
mod error;
pub mod gateway;
mod identity;
pub mod inspect;
mod options;
mod runner;
mod status;
mod store;
#[cfg(test)]
mod tests;

pub use error::ProcessError;
pub use gateway::{PaymentGateway, SandboxGateway};
pub use options::{RunnerOptions, Wiring};
pub use runner::ProcessManagers;
pub use status::ManagerStatus;
