//! Read models: the events of the log folded into tables and a search index, ready to be asked.
//!
//! A read model is one folder with its writing and its reading side by side. Adding one is a folder
//! and a line in [`registry`](registry()). The runner brings each of them up to date and keeps it so:
//!
//! ```text
//! log ──► feed ──► apply (in memory) ──► flush + checkpoint (one transaction) ──► readers
//! ```
//!
//! What always holds:
//! - rows and checkpoint move together or not at all, so a crash repeats nothing and loses nothing;
//! - a checkpoint is moved only from the value that its worker knew, so of two workers one writes;
//! - how events are cut into batches never changes the result;
//! - readers use one live generation, and a switch to another one never takes them back in time.
//!
//! **Architecture invariant:** nothing here writes to the log, and reading needs no right to write.

#[macro_use]
mod unnest;

pub mod balances;
#[cfg(test)]
mod books;
pub mod catalogue;
mod copy;
pub mod customers;
mod decision;
mod feed;
mod generation;
pub mod orders;
pub mod payments;
pub mod price_history;
pub mod products;
mod reading;
pub mod recommendations;
mod recorded;
mod registry;
mod rows;
mod runner;
pub mod sales;
pub mod stock_levels;
pub mod subscriptions;
mod table;
mod tail;
#[cfg(test)]
mod testing;
mod transaction;
pub mod warehouses;

pub use decision::{Action, Decision, Operator};
pub use generation::{GenerationError, GenerationState, GenerationStatus};
pub use reading::{
    AsOf, Cursor, Edge, MAX_FIRST, MAX_KEYS, Page, PageRequest, ReadModelError, ReadModels, Session, Waited,
    is_unavailable,
};
pub use recorded::{Decoded, EventError, Recorded};
pub use registry::{Registered, registry};
pub use rows::{
    Column, ColumnKind, ColumnValue, Comparison, ExportedTable, ReadAt, RowDifference, TableComparison,
    TextFormat,
};
pub use runner::{Progress, ProjectionError, ProjectionWorkers, Projections, RebuildProgress, Rebuilt};
pub use table::{Schema, TableProjection};

/// The values that rows are made of, for those who read them and do not know the domain.
pub mod value {
    pub use domain::{
        order::{Disposal, ReturnLine},
        product::{Image, Variant},
        value::{
            AccountId, Address, CountryCode, Currency, CustomerId, InvalidValue, Money, OrderId, PaymentId,
            ProductId, RefundId, ReturnId, Sku, Slug, SubscriptionId, Sum,
        },
    };
    pub use event_store::Position;
}
