//! Rows into tables: two statements, whatever the size of the batch.

use sqlx::PgConnection;

use super::apply::{ChangeRow, WarehousesBatch};
use crate::{copy::CopyRows, table::Schema};

const WAREHOUSES: &str =
    "warehouses (code, name, location, status, opened_at, updated_at, opened_position, position, sequence)";

impl WarehousesBatch {
    pub(super) async fn flush(
        self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        self.opened().copy_into(WAREHOUSES, schema, connection).await?;
        if self.changed.is_empty() {
            return Ok(());
        }
        let rows: Vec<ChangeRow> = self.changed.into_values().collect();
        let statement = schema.sql(include_str!("update_warehouses.sql"));
        let query = bind_columns!(
            sqlx::query(&statement),
            rows,
            [code, name, location, status, at, position, sequence]
        );
        query.execute(connection).await?;
        Ok(())
    }

    fn opened(&self) -> CopyRows {
        let mut rows = CopyRows::default();
        for row in self.opened.values() {
            let now = &row.now;
            rows.push(&[
                &now.code,
                &now.name,
                &now.location,
                &now.status,
                &row.at,
                &now.at,
                &row.position,
                &now.position,
                &now.sequence,
            ]);
        }
        rows
    }
}
