//! `Warehouse` and `WarehouseStatus`.

use async_graphql::{Enum, Object};
use chrono::{DateTime, Utc};
use projections::warehouses;

use super::{Position, Sequence, stored};
use crate::error::Result;

/// A warehouse.
pub(crate) struct Warehouse(pub(crate) warehouses::Warehouse);

/// Whether a warehouse takes goods in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum WarehouseStatus {
    /// It does.
    Open,
    /// It does not. What lies there can still be sold and moved away.
    Closed,
}

/// A place where goods lie.
#[Object]
impl Warehouse {
    /// What receipts and transfers call it; it never changes.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// What people call it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Where it is.
    async fn location(&self) -> Option<&str> {
        self.0.location.as_deref()
    }

    /// Whether it takes goods in.
    async fn status(&self) -> Result<WarehouseStatus> {
        stored("warehouse status", &self.0.status)
    }

    /// When it was opened for the first time.
    async fn opened_at(&self) -> DateTime<Utc> {
        self.0.opened_at
    }

    /// When it changed last.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// How many events it has, for `If-Match`.
    async fn sequence(&self) -> Sequence {
        Sequence(self.0.sequence)
    }

    /// The last event of the warehouse.
    async fn position(&self) -> Position {
        Position(self.0.position)
    }
}

impl From<warehouses::Warehouse> for Warehouse {
    fn from(row: warehouses::Warehouse) -> Self {
        Self(row)
    }
}
