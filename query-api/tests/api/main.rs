//! The query side on a real PostgreSQL, asked over HTTP as its callers do.
//!
//! The read models are built from a log in memory, into which the real aggregates write.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod accounts;
mod contract;
mod freshness;
mod graphiql;
mod http;
mod limits;
mod loading;
mod node;
mod orders;
mod products;
mod projections;
mod shop;
mod stage;
mod stock;
