//! The commands of the shop over REST: parse, command, answer.
//!
//! ```text
//! request ──► JSON as it was sent ──► values that are right by construction ──► command ──► bus
//!             400 malformed           422, every broken field at once                │
//! response ◄── 201 or 202 with {id, sequence, position}, or a problem ◄──────────────┘
//! ```
//!
//! One resource is one folder, one endpoint is one file. Beside each endpoint stands the same use case as
//! a plain function, for those who send commands without HTTP.
//!
//! What it deliberately is not: nothing is read here but what a decision needs, and that from the log
//! and never from a read model.
//!
//! What always holds:
//! - every error, whoever made it, is `application/problem+json` with a stable code, and [`problem`] is the
//!   only place that knows which;
//! - a request that was refused has written nothing;
//! - no body is ever logged: it may hold names, addresses and tokens;
//! - no card number comes in: a command with one in any of its fields is refused.

pub mod accounts;
mod bus;
mod commands;
mod docs;
mod middleware;
mod options;
pub mod orders;
pub mod payments;
pub mod problem;
pub mod products;
mod refused;
mod request;
mod response;
mod router;
pub mod stock;
pub mod subscriptions;
pub mod warehouses;
pub mod webhooks;

pub use bus::shop_bus;
pub use commands::Commands;
pub use docs::openapi;
pub use options::ApiOptions;
pub use refused::{CommandError, Details, FieldError, Refused};
pub use router::{ApiState, router, routes};
