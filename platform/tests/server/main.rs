//! The embedded server on the real thing: real folders, real processes, real `kill -9`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod embedded_postgres;
mod pools;
mod scratch;
