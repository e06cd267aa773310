//! An order: what a customer bought, at the prices of that moment.
//!
//! ```text
//! Place ──► placed ── Confirm ──► confirmed ── MarkPaid ──► paid ── Ship ──► shipped ── Deliver ──► delivered
//!             │                      │                        │
//!             └────────────── Cancel (with a reason) ─────────┘──► cancelled
//!
//! shipped, delivered ── RequestReturn ──► a return ── AcceptReturn ──► returned, once all goods are back
//!                                            └─────── RejectReturn ──► as before
//! ```
//!
//! What always holds:
//! - name, price, tax and currency of every line are in the event, so no later change of a product
//!   changes an old order;
//! - the total is the sum of the lines, and the customer agreed to it if a total was expected;
//! - an order that left the warehouse cannot be cancelled;
//! - at most what was sold comes back, and at most what was paid for it and is still with the shop is
//!   refunded. An exchange is a return that names the new order.

mod command;
mod decide;
mod error;
mod event;
mod returns;
mod sold;
mod state;
#[cfg(test)]
pub(crate) mod tests;

pub use command::{OrderCommand, Placement};
pub use decide::units_by_sku;
pub use error::OrderError;
pub use event::{CancelReason, Disposal, Line, OrderEvent, PaymentMethod, ReturnLine, TakenBack};
pub use sold::Sold;
pub use state::{EndedReturn, Order, OrderStatus, PlacedOrder};

/// The most lines that one order may have.
pub const MAX_LINES: usize = 200;

/// The most returns of one order, ended ones included: each is remembered, so that a repeated decision is known.
pub const MAX_RETURNS: usize = 1_000;

/// The most returns of one order that may wait for their goods at once.
pub const MAX_OPEN_RETURNS: usize = 20;
