//! The rows of a generation, whatever they are about: compared with those of another one, or exported.
//!
//! Everything is read in one snapshot, so that what is compared and what is written is of one position.
//! The server does the comparing and most of the formatting; here a row at a time passes through.

mod compare;
mod export;
mod table;
#[cfg(test)]
mod tests;

use event_store::Position;

pub use compare::{Comparison, RowDifference, TableComparison};
pub use export::{ColumnKind, ColumnValue, ExportedTable, TextFormat};
pub use table::Column;

/// A generation, and the position at which its rows were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadAt {
    /// The number of the generation.
    pub generation: i32,
    /// Every event up to here is in its rows.
    pub position: Position,
}
