//! All rows of a schema as one text.

use sqlx::PgPool;

/// One line for each table: its name and a digest of all its rows, whatever their order on the disk.
pub(crate) async fn digest(pool: &PgPool, schema: &str) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = $1 ORDER BY table_name",
    )
    .bind(schema)
    .fetch_all(pool)
    .await
    .unwrap();
    assert!(!tables.is_empty(), "{schema} has no tables");
    let mut digest = Vec::new();
    for table in tables {
        let rows = format!(
            "SELECT count(*) || ' ' || coalesce(md5(string_agg(r::text, E'\\n' ORDER BY r::text)), '') \
             FROM {schema}.{table} AS r"
        );
        let rows: String = sqlx::query_scalar(&rows).fetch_one(pool).await.unwrap();
        digest.push(format!("{table}: {rows}"));
    }
    digest
}
