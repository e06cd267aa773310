//! Rows and differences into tables: at most six statements, whatever the size of the batch.

use sqlx::PgConnection;

use super::apply::{DayRow, MoveRow, ProductRow, SalesBatch};
use crate::table::Schema;

const ORDERS: &str = "orders (order_id, currency, placed, total, captured, refunded)";
const LINES: &str = "lines (order_id, line, product_id, units, before, amount, tax)";

impl SalesBatch {
    pub(super) async fn flush(
        self,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        let Self {
            orders,
            lines,
            moves,
            days,
            products,
        } = self;
        orders.copy_into(ORDERS, schema, connection).await?;
        lines.copy_into(LINES, schema, connection).await?;
        if !days.is_empty() {
            let (keys, rows): (Vec<_>, Vec<DayRow>) = days.into_iter().unzip();
            let text = |sum: fn(&DayRow) -> i128| {
                rows.iter()
                    .map(|row| sum(row).to_string())
                    .collect::<Vec<String>>()
            };
            let count = |count: fn(&DayRow) -> i64| rows.iter().map(count).collect::<Vec<i64>>();
            let statement = schema.sql(include_str!("add_days.sql"));
            let query = sqlx::query(&statement)
                .bind(keys.iter().map(|(day, _)| *day).collect::<Vec<_>>())
                .bind(
                    keys.iter()
                        .map(|(_, currency)| currency.to_string())
                        .collect::<Vec<_>>(),
                )
                .bind(count(|row| row.orders))
                .bind(count(|row| row.charges))
                .bind(text(|row| row.revenue))
                .bind(text(|row| row.charged))
                .bind(count(|row| row.refunds))
                .bind(text(|row| row.refunded));
            query.execute(&mut *connection).await?;
        }
        if !moves.is_empty() {
            add_moves(&moves, schema, &mut *connection).await?;
        }
        if !products.is_empty() {
            let rows: Vec<ProductRow> = products.into_values().collect();
            let statement = schema.sql(include_str!("upsert_products.sql"));
            let query = bind_columns!(sqlx::query(&statement), rows, [product_id, name, categories]);
            query.execute(connection).await?;
        }
        Ok(())
    }
}

/// Divides what moved among the lines of its orders, which still say what had moved before.
async fn add_moves(
    moves: &[MoveRow],
    schema: &Schema,
    connection: &mut PgConnection,
) -> Result<(), sqlx::Error> {
    let statement = schema.sql(include_str!("add_lines.sql"));
    let query = bind_columns!(
        sqlx::query(&statement),
        moves,
        [position, order_id, day, is_refund, amount]
    );
    query.execute(&mut *connection).await?;
    let statement = schema.sql(include_str!("move_orders.sql"));
    let query = bind_columns!(
        sqlx::query(&statement),
        moves,
        [position, order_id, is_refund, amount]
    );
    query.execute(connection).await?;
    Ok(())
}
