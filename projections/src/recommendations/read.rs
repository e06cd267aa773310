//! Reading what is bought together.

use std::collections::HashMap;

use domain::value::ProductId;
use sqlx::Row;
use uuid::Uuid;

use super::Recommendations;
use crate::{
    reading::{PageRequest, ReadModelError, Tables, bounded, id},
    table::TableProjection,
};

/// A product that is bought together with another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoughtTogether {
    /// The product.
    pub product_id: ProductId,
    /// In how many orders both stand.
    pub orders: i64,
    /// In how many orders the other one stands.
    pub of_orders: i64,
}

/// Reads what is bought together.
#[derive(Clone)]
pub struct RecommendationsReader {
    tables: Tables,
}

impl RecommendationsReader {
    pub(crate) fn new(tables: Tables) -> Self {
        Self { tables }
    }

    /// What is bought together with some products most often; those that were always bought alone are
    /// absent.
    ///
    /// # Errors
    ///
    /// When too many are asked for, the read model is not built or the database cannot be reached.
    pub async fn bought_together(
        &self,
        ids: &[ProductId],
        first: u32,
    ) -> Result<HashMap<ProductId, Vec<BoughtTogether>>, ReadModelError> {
        // A page has a row more than wanted, to learn whether there are more; here nobody asks.
        let limit = PageRequest::first(first).limit()? - 1;
        let ids: Vec<Uuid> = bounded(ids)?.iter().map(ProductId::uuid).collect();
        let schema = self.tables.schema(Recommendations::NAME).await?;
        let statement = schema.sql(include_str!("bought_together.sql"));
        let query = sqlx::query(&statement).bind(ids).bind(limit);
        let mut found: HashMap<ProductId, Vec<BoughtTogether>> = HashMap::new();
        for row in &query.fetch_all(self.tables.pool()).await? {
            let other = BoughtTogether {
                product_id: id(row, "other_id", ProductId::new)?,
                orders: row.try_get("orders")?,
                of_orders: row.try_get("of_orders")?,
            };
            let product = id(row, "product_id", ProductId::new)?;
            found.entry(product).or_default().push(other);
        }
        Ok(found)
    }
}
