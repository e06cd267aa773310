//! The shop is killed again and again while customers buy: as one process, and role by role.

mod audit;
mod audit_tests;
mod customers;
mod dice;
mod frozen;
mod log;
mod pulse;
mod rebuilds;
mod roles;
mod two_apis;
mod whole;
