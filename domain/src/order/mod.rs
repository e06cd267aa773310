//! An order: what a customer bought, at the prices of that moment.
//!
//! ```text
//! Place ──► placed ── Confirm ──► confirmed ── MarkPaid ──► paid ── Ship ──► shipped ── Deliver ──► delivered
//!             │                      │                        │
//!             └────────────── Cancel (with a reason) ─────────┘──► cancelled
//! ```
//!
//! What always holds:
//! - name, price, tax and currency of every line are in the event, so no later change of a product
//!   changes an old order;
//! - the total is the sum of the lines, and the customer agreed to it if a total was expected;
//! - an order that left the warehouse cannot be cancelled.

mod command;
mod decide;
mod error;
mod event;
mod state;
#[cfg(test)]
pub(crate) mod tests;

pub use command::{OrderCommand, Placement};
pub use decide::units_by_sku;
pub use error::OrderError;
pub use event::{CancelReason, Line, OrderEvent, PaymentMethod};
pub use state::{Order, OrderStatus, PlacedOrder};

/// The most lines that one order may have.
pub const MAX_LINES: usize = 200;
