//! `TakenBack` and `Disposal`.

use async_graphql::{Enum, SimpleObject};
use projections::{orders::ReturnedLine, value};

use super::Units;

/// Some units of one SKU that came back.
#[derive(SimpleObject)]
pub(crate) struct TakenBack {
    /// What.
    sku: String,
    /// How many.
    quantity: Units,
    /// What becomes of them.
    disposal: Disposal,
    /// The code of the warehouse where they are now; null when they cannot be sold again.
    warehouse: Option<String>,
    /// Their batch, if it has a number.
    lot: Option<String>,
}

/// What becomes of units that came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Disposal {
    /// They can be sold again.
    Restock,
    /// They cannot be sold again.
    WriteOff,
}

impl From<&ReturnedLine> for TakenBack {
    fn from(line: &ReturnedLine) -> Self {
        let (disposal, warehouse, lot) = match &line.disposal {
            value::Disposal::Restock { warehouse, lot } => (
                Disposal::Restock,
                Some(warehouse.to_string()),
                lot.as_ref().map(ToString::to_string),
            ),
            value::Disposal::WriteOff => (Disposal::WriteOff, None, None),
        };
        Self {
            sku: line.sku.to_string(),
            quantity: Units(line.quantity.into()),
            disposal,
            warehouse,
            lot,
        }
    }
}
