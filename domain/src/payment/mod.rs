//! A payment: the money of one order, from the question to the last refund.
//!
//! ```text
//! Request ──► requested ──► authorised ── RequestCapture ──► capturing ──► captured ── refunds, in parts
//!                │              │                               │
//!                ▼              ▼ RequestVoid                   ▼
//!             declined       voiding ──► voided             capture failed
//! ```
//!
//! Whoever moves the money (an account of the shop, or the gateway for a card) is asked by a process
//! manager and answers with a `Record…` command. An answer that comes twice is no second event.
//!
//! Besides, the gateway says on its own what it did (a webhook): early, late, twice, in any order. Whatever it
//! says is taken as a fact that may skip steps; see [`GatewayFact`].
//!
//! The gateway's name for the payment is claimed when it is known, so that what is done at the gateway's own
//! pages finds its payment.
//!
//! What always holds: `refunded + refunds under way ≤ captured ≤ authorised`.

mod command;
mod decide;
mod error;
mod event;
pub mod gateway_amount;
mod gateway_fact;
mod state;
#[cfg(test)]
pub(crate) mod tests;

pub use command::PaymentCommand;
pub use error::PaymentError;
pub use event::{PaymentEvent, PaymentSource};
pub use gateway_fact::GatewayFact;
pub use state::{OpenPayment, Payment, PaymentPhase, Refund};

/// The reason of every refund for goods that came back.
pub const GOODS_CAME_BACK: &str = "goods came back";

/// The most refunds of one payment, not counting the one that gives back all the rest.
pub const MAX_REFUNDS: usize = 100;
