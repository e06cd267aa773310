//! The query side on a real PostgreSQL, asked over HTTP as its callers do.
//!
//! The read models are built from a log in memory, into which the real aggregates write.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod accounts;
mod as_of;
mod audits;
mod client;
mod contract;
mod cursors;
mod customers;
mod documents;
mod execution;
mod freshness;
mod fuzz;
mod graphiql;
mod http;
mod limits;
mod loading;
mod node;
mod orders;
mod payments;
mod prices;
mod products;
mod projections;
mod recommendations;
mod returns;
mod sagas;
mod sales;
mod shop;
mod stage;
mod standing_orders;
mod stock;
mod subscriptions;
mod warehouses;
