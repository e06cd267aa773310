//! The lowest prices of a segment in one currency: those of all variants, and those of what is in stock.

use tantivy::{DocId, SegmentReader, TantivyError, columnar::Column};

use super::{
    card::SOLD_OUT,
    index::{PRICES, PRICES_IN_STOCK},
    plan::Plan,
};

/// The lowest prices of one segment.
pub(super) struct Prices {
    lowest: Option<Column<i64>>,
    /// Where the lowest price of what is in stock is another one.
    in_stock: Option<Column<i64>>,
}

impl Prices {
    /// The prices that a plan looks at. A segment in which no product has a price in its currency has none.
    pub(super) fn open(plan: &Plan, segment: &SegmentReader) -> Result<Self, TantivyError> {
        let Some(currency) = plan.currency else {
            return Ok(Self {
                lowest: None,
                in_stock: None,
            });
        };
        let columns = segment.fast_fields();
        let column = |name| columns.column_opt::<i64>(&format!("{name}.{}", currency.code()));
        // Without a condition on stock or price it is the lowest of all that counts.
        let needs_stock = plan.in_stock == Some(true) || (plan.facets && plan.price.is_some());
        Ok(Self {
            lowest: column(PRICES)?,
            in_stock: if needs_stock {
                column(PRICES_IN_STOCK)?
            } else {
                None
            },
        })
    }

    /// The lowest price of a product, of its variants in stock or of all.
    pub(super) fn price(&self, document: DocId, of_stock: bool) -> Option<i64> {
        let other = match (&self.in_stock, of_stock) {
            (Some(column), true) => column.first(document),
            _ => None,
        };
        match other {
            Some(SOLD_OUT) => None,
            Some(price) => Some(price),
            None => self.lowest.as_ref()?.first(document),
        }
    }
}
