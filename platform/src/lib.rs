//! What every role of Souk needs before it can do its own work: configuration,
//! telemetry, shutdown, health, connection pools and an embedded PostgreSQL.
//!
//! It is deliberately not a place for anything that knows an event, a command or a
//! route: it depends on no other crate of the workspace.
//!
//! Invariant: only [`config`] reads the environment. Everybody else takes values.

pub mod config;
pub mod data_dir;
pub mod disk;
pub mod health;
pub mod open_files;
pub mod pool;
pub mod postgres;
pub mod shutdown;
pub mod telemetry;
