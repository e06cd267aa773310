//! PostgreSQL's full text search, and the similarity of trigrams.

use anyhow::Result;
use platform::pool::DatabaseRole;
use sqlx::PgPool;

use super::Document;
use crate::server::Database;

/// A table of documents.
pub(super) struct PostgreSql {
    pool: PgPool,
    has_trigrams: bool,
}

impl PostgreSql {
    pub(super) async fn fill(database: &Database, documents: &[Document]) -> Result<Self> {
        let pool = database.pool(DatabaseRole::Owner).await?;
        // The extension is not part of every installation.
        let extension = sqlx::raw_sql("CREATE EXTENSION pg_trgm").execute(&pool).await;
        sqlx::raw_sql(include_str!("table.sql")).execute(&pool).await?;
        let column =
            |field: fn(&Document) -> &String| documents.iter().map(field).cloned().collect::<Vec<String>>();
        sqlx::query(include_str!("fill.sql"))
            .bind(column(|document| &document.sku))
            .bind(column(|document| &document.name))
            .bind(column(|document| &document.category))
            .bind(column(|document| &document.description))
            .execute(&pool)
            .await?;
        Ok(Self {
            pool,
            has_trigrams: extension.is_ok(),
        })
    }

    /// The SKUs of the first ten.
    pub(super) async fn ask(&self, text: &str) -> Result<Vec<String>> {
        let found: Vec<String> = sqlx::query_scalar(include_str!("full_text.sql"))
            .bind(text)
            .fetch_all(&self.pool)
            .await?;
        if !found.is_empty() || !self.has_trigrams {
            return Ok(found);
        }
        let similar = sqlx::query_scalar(include_str!("trigrams.sql")).bind(text);
        Ok(similar.fetch_all(&self.pool).await?)
    }
}
