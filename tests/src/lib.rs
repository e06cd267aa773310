//! A running Souk, as a person at a terminal would have it: the real binary, on a real PostgreSQL.
//!
//! What it deliberately is not: it does not reach into the process. Tests send commands over HTTP, ask
//! over GraphQL, run the command line, and kill.

mod binary;
mod client;
mod roles;
mod shop;
pub mod soak;
mod until;

pub use binary::souk_binary;
pub use client::{Answer, Client};
pub use roles::{Role, Roles};
pub use shop::{Shop, repository, signal};
pub use until::until;
