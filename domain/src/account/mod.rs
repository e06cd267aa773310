//! An account: money that belongs to one owner, in one currency.
//!
//! ```text
//! (nothing) ── Open ──► open ── Deposit, Withdraw, Refund ──► open
//!                        │ ▲
//!                   Hold │ │ Capture (in parts), Release
//!                        ▼ │
//!                    open, with a hold for each payment
//! ```
//!
//! What always holds:
//! - `available = booked − Σ holds ≥ 0`;
//! - every movement of booked money names a counter-account, so that debits equal credits;
//! - of one hold at most its amount is captured, whatever the number of parts;
//! - a deposit or a withdrawal that is repeated under its reference moves nothing again, as long as it
//!   is among the last [`REMEMBERED_MOVEMENTS`].

mod command;
mod decide;
mod error;
mod event;
mod ledger;
mod state;
#[cfg(test)]
pub(crate) mod tests;

pub use command::AccountCommand;
pub use error::AccountError;
pub use event::{AccountEvent, HoldRefusal};
pub use ledger::LedgerAccount;
pub use state::{Account, Hold, Movement, OpenAccount, REMEMBERED_MOVEMENTS};
