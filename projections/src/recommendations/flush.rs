//! Counts into tables: two statements, whatever the size of the batch.

use sqlx::PgConnection;
use uuid::Uuid;

use super::apply::RecommendationsBatch;
use crate::table::Schema;

impl RecommendationsBatch {
    pub(super) async fn flush(
        self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        if self.products.is_empty() {
            return Ok(());
        }
        let (products, counts): (Vec<Uuid>, Vec<i64>) = self.products.into_iter().unzip();
        let statement = schema.sql(include_str!("upsert_products.sql"));
        let query = sqlx::query(&statement).bind(products).bind(counts);
        query.execute(&mut *connection).await?;
        let (pairs, counts): (Vec<(Uuid, Uuid)>, Vec<i64>) = self.pairs.into_iter().unzip();
        let (products, others): (Vec<Uuid>, Vec<Uuid>) = pairs.into_iter().unzip();
        let statement = schema.sql(include_str!("upsert_pairs.sql"));
        let query = sqlx::query(&statement).bind(products).bind(others).bind(counts);
        query.execute(connection).await?;
        Ok(())
    }
}
