//! A connection of the pool for one question.

use std::time::Duration;

use sqlx::{PgConnection, PgPool, Postgres, pool::PoolConnection};

use crate::read::ReadError;

/// How long a connection may take to say that it is well before the pool takes it back.
const RETURN_LIMIT: Duration = Duration::from_secs(5);

/// A connection that goes back to the pool only when its question was answered.
///
/// The pool asks a connection once more before it takes it back, and waits for that answer without a
/// limit. So one whose other end is gone without a word would keep its place for ever, and a few of them
/// would leave nobody a place. Here it is closed instead, whether it failed to answer us or the pool.
pub(super) struct Lent(Option<PoolConnection<Postgres>>);

impl Lent {
    pub(super) async fn from(pool: &PgPool) -> Result<Self, ReadError> {
        let connection = pool.acquire().await.map_err(ReadError::unavailable)?;
        Ok(Self(Some(connection)))
    }

    pub(super) fn connection(&mut self) -> Result<&mut PgConnection, ReadError> {
        let connection = self.0.as_deref_mut();
        connection.ok_or_else(|| ReadError::unavailable(sqlx::Error::PoolClosed))
    }

    /// Gives the connection back if it still understands us.
    pub(super) fn finish<T>(mut self, answer: Result<T, sqlx::Error>) -> Result<T, ReadError> {
        let well = matches!(
            answer,
            Ok(_) | Err(sqlx::Error::Database(_) | sqlx::Error::RowNotFound)
        );
        if let Some(mut connection) = self.0.take_if(|_| well) {
            tokio::spawn(tokio::time::timeout(RETURN_LIMIT, connection.return_to_pool()));
        }
        answer.map_err(ReadError::unavailable)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            drop(connection.detach());
        }
    }
}

/// Waits for an answer at most so long.
///
/// The server ends a statement that takes too long by itself. The limit here is for a connection that
/// is dead while nobody told us so.
pub(super) async fn within<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    tokio::time::timeout(limit, answer)
        .await
        .unwrap_or_else(|elapsed| Err(sqlx::Error::Io(elapsed.into())))
}
