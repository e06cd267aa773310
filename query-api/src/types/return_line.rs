//! `ReturnLine`.

use async_graphql::SimpleObject;
use projections::value;

use super::Units;

/// Some units of one SKU that a customer wants to send back.
#[derive(SimpleObject)]
pub(crate) struct ReturnLine {
    /// What.
    sku: String,
    /// How many.
    quantity: Units,
}

impl From<&value::ReturnLine> for ReturnLine {
    fn from(line: &value::ReturnLine) -> Self {
        Self {
            sku: line.sku.to_string(),
            quantity: Units(line.quantity.into()),
        }
    }
}
