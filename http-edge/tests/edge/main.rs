//! The edge as clients meet it, over real connections.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod connections;
mod pages;
mod requests;
mod server;
