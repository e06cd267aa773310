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
//! event ─► react ─► sent under its derived key ─► done ─────────────► nothing was ever stored
//!             │              │ later, if unreachable                        ▲
//!             │              └ parked, if refused                           │ done in the meantime
//!             └─► now and then: state + outbox + timers + checkpoint, one transaction
//! timer ─► react ─► the same transaction, on the disk ─► sent under its derived key
//! ```
//!
//! What always holds, wherever a process is killed:
//! - whatever a state knows of is done, or in the outbox; whatever it does not know of follows again from
//!   the log, under the same keys;
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
pub use gateway::{PaymentGateway, SandboxGateway, StripeGateway};
pub use options::{GatewayLimits, RunnerOptions, Wiring};
pub use runner::{ProcessManagers, shop_feed};
pub use status::ManagerStatus;
