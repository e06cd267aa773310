//! Transactions that leave nothing behind in the pool.

use std::ops::{Deref, DerefMut};

use sqlx::{Executor as _, PgConnection, PgPool, Postgres, pool::PoolConnection};

/// A transaction on a connection of the pool.
///
/// Its connection goes back to the pool when the transaction came to its end, and is closed when it was
/// dropped before. The driver's own transactions give it back in any case, which harms whoever is next
/// twice: abandoned while it begins, a transaction stays open; abandoned while a `COPY` is read, what was
/// not read yet is taken for the next answer.
pub(crate) struct Transaction {
    connection: PoolConnection<Postgres>,
    has_ended: bool,
}

impl Transaction {
    pub(crate) async fn begin(pool: &PgPool) -> Result<Self, sqlx::Error> {
        let mut begun = Self {
            connection: pool.acquire().await?,
            has_ended: false,
        };
        begun.execute("BEGIN").await?;
        Ok(begun)
    }

    /// Keeps what was done.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        self.end("COMMIT").await
    }

    /// Undoes what was done, and with it every lock, before it returns.
    pub(crate) async fn rollback(self) -> Result<(), sqlx::Error> {
        self.end("ROLLBACK").await
    }

    async fn end(mut self, statement: &str) -> Result<(), sqlx::Error> {
        self.execute(statement).await?;
        self.has_ended = true;
        Ok(())
    }
}

impl Deref for Transaction {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if !self.has_ended {
            self.connection.close_on_drop();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt as _, TryStreamExt as _};
    use platform::postgres::scratch::{ScratchCluster, ScratchDatabase};
    use sqlx::postgres::PgPoolOptions;

    use super::*;

    /// One connection, so that whoever is next has it, and nothing that would mend it.
    async fn one_connection() -> (ScratchDatabase, PgPool) {
        let cluster = ScratchCluster::shared().await.unwrap();
        let empty = cluster.database("empty", async |_options| Ok::<_, sqlx::Error>(()));
        let database = empty.await.unwrap();
        let options = PgPoolOptions::new().max_connections(1).test_before_acquire(false);
        let pool = options.connect_with(database.options()).await.unwrap();
        (database, pool)
    }

    #[tokio::test]
    async fn one_that_was_abandoned_while_it_began_is_not_what_the_next_one_writes_into() {
        let (database, pool) = one_connection().await;
        // Sometimes the server is so quick that there is nothing to wait for.
        while let Some(begun) = Transaction::begin(&pool).now_or_never() {
            begun.unwrap().rollback().await.unwrap();
        }
        pool.execute("CREATE TABLE kept ()").await.unwrap();
        let others = database.pool(1).await.unwrap();
        others.execute("SELECT FROM kept").await.unwrap();
    }

    #[tokio::test]
    async fn a_copy_that_was_not_read_to_its_end_is_not_the_answer_to_the_next_one() {
        let (_database, pool) = one_connection().await;
        let numbers = "COPY (SELECT generate_series(1, 3)) TO STDOUT";
        let mut abandoned = Transaction::begin(&pool).await.unwrap();
        let mut chunks = abandoned.copy_out_raw(numbers).await.unwrap();
        chunks.try_next().await.unwrap().unwrap();
        drop(chunks);
        drop(abandoned);
        for number in 0..3_i32 {
            let mut next = Transaction::begin(&pool).await.unwrap();
            let query = sqlx::query_scalar("SELECT $1::int4").bind(number);
            let answer: i32 = query.fetch_one(&mut *next).await.unwrap();
            next.commit().await.unwrap();
            assert_eq!(answer, number);
        }
    }

    #[tokio::test]
    async fn what_was_rolled_back_is_undone_and_what_was_committed_is_kept() {
        let (database, pool) = one_connection().await;
        let mut undone = Transaction::begin(&pool).await.unwrap();
        undone.execute("CREATE TABLE undone ()").await.unwrap();
        undone.rollback().await.unwrap();
        let mut kept = Transaction::begin(&pool).await.unwrap();
        kept.execute("CREATE TABLE kept ()").await.unwrap();
        kept.commit().await.unwrap();
        let others = database.pool(1).await.unwrap();
        others.execute("SELECT FROM kept").await.unwrap();
        others.execute("SELECT FROM undone").await.unwrap_err();
    }
}
