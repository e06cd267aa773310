//! How many orders there are, up to a bound.

use sqlx::{Postgres, QueryBuilder};

use super::{OrderFilter, Orders, OrdersReader};
use crate::{reading::ReadModelError, table::TableProjection};

/// How many orders are counted at most. The count reads the index of the list and stops there, so it costs a few
/// milliseconds in a shop of any size.
pub const MAX_COUNTED: i64 = 10_000;

impl OrdersReader {
    /// How many orders a list has in all; nothing when there are more than [`MAX_COUNTED`].
    ///
    /// # Errors
    ///
    /// As for [`Self::order`].
    pub async fn count(&self, filter: &OrderFilter) -> Result<Option<i64>, ReadModelError> {
        let schema = self.tables().schema(Orders::NAME).await?;
        let bounded = schema.sql("SELECT count(*) FROM (SELECT FROM {schema}.orders WHERE true");
        let mut query = QueryBuilder::<Postgres>::new(bounded);
        filter.push(&mut query);
        query
            .push(" LIMIT ")
            .push_bind(MAX_COUNTED.saturating_add(1))
            .push(") AS counted");
        let counted: i64 = query.build_query_scalar().fetch_one(self.tables().pool()).await?;
        Ok((counted <= MAX_COUNTED).then_some(counted))
    }
}

impl OrderFilter {
    /// Adds the conditions of the filter to those of a statement.
    pub(super) fn push(&self, query: &mut QueryBuilder<'_, Postgres>) {
        if let Some(customer_id) = self.customer_id {
            query.push(" AND customer_id = ").push_bind(customer_id.uuid());
        }
        if let Some(status) = &self.status {
            query.push(" AND status = ").push_bind(status.clone());
        }
        if let Some(since) = self.placed_since {
            query.push(" AND placed_at >= ").push_bind(since);
        }
        if let Some(until) = self.placed_until {
            query.push(" AND placed_at < ").push_bind(until);
        }
    }
}
