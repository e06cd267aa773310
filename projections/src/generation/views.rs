//! The views of `souk_live`: the tables of the live generations under names that stay.
//!
//! A switch points them to the new generation in its own transaction. A statement of an analyst that reads
//! a view holds it; a switch waits for that half a second and then goes on without the views, because the
//! shop comes first. The worker of the live generation points them to it as soon as they are free.

use sqlx::{Executor as _, PgConnection, PgPool};

use crate::transaction::Transaction;

/// Points the views to a generation. When the server refuses, because a statement reads one of them or a
/// view of an analyst is built on it, they stay as they are and the transaction is as it was before.
pub(super) async fn present_in_tx(connection: &mut PgConnection, id: i64) -> Result<(), sqlx::Error> {
    connection.execute("SAVEPOINT views").await?;
    let present = sqlx::query("SELECT present_generation($1)").bind(id);
    match present.execute(&mut *connection).await {
        Ok(_done) => connection.execute("RELEASE SAVEPOINT views").await?,
        Err(sqlx::Error::Database(error)) => {
            tracing::info!(
                generation.id = id,
                error = error.message(),
                "the views of souk_live cannot be changed now and keep showing the former generation"
            );
            connection.execute("ROLLBACK TO SAVEPOINT views").await?
        }
        Err(error) => return Err(error),
    };
    Ok(())
}

/// As [`present_in_tx`], for a generation that is live already.
pub(crate) async fn present(pool: &PgPool, id: i64) -> Result<(), sqlx::Error> {
    let mut transaction = Transaction::begin(pool).await?;
    present_in_tx(&mut transaction, id).await?;
    transaction.commit().await
}
