//! The API as a client sees it: requests in, answers and events out, on a log in memory.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod bad_input;
mod card_numbers;
mod contract;
mod failures;
mod faulty_log;
mod headers;
mod idempotency;
mod import_claims;
mod import_files;
mod imports;
mod orders;
mod payments;
mod products;
mod request_log;
mod returns;
mod shop;
mod stock;
mod subscriptions;
mod texts;
mod warehouses;
mod webhooks;
