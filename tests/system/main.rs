//! Tests of the whole system, and of the rules that hold for the whole repository.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod apart;
mod architecture;
mod contracts;
mod crash;
mod edge;
mod health;
mod lifecycle;
mod outage;
mod readme;
mod shopping;
mod soak;
mod tools;
