//! A warehouse: a place where goods lie, with a name that people know it by.
//!
//! ```text
//! Open ──► open ── Close ──► closed ── Reopen ──► open
//!            Change, in either state: another name, another location, or both
//! ```
//!
//! What it deliberately is not: it does not know what lies in it. The units of a SKU belong to the stock of that
//! SKU, so that a reservation is decided in one place.
//!
//! What always holds:
//! - a code names one warehouse for ever; it is never given to another one;
//! - a closed warehouse takes no goods in. What lies there can still be sold, corrected downwards and moved away.

mod command;
mod decide;
mod error;
mod event;
mod state;
#[cfg(test)]
pub(crate) mod tests;

pub use command::WarehouseCommand;
pub use error::WarehouseError;
pub use event::WarehouseEvent;
pub use state::{OpenedWarehouse, Warehouse, WarehouseStatus};
