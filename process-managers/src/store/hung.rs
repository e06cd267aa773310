//! Taking the lock from a working copy that hangs.
//!
//! A copy whose process is stopped, or whose machine is out of reach, keeps its session and with it the lock:
//! nothing would move for as long as it hangs. A copy that waits looks whether the session of the lock has been
//! silent, and ends it. What the other one writes when it wakes up is refused: its session is gone, and its
//! tenure is over.

use sqlx::{Connection as _, PgConnection, PgPool};

use super::in_time;
use crate::{error::ProcessError, identity::lock_key};

/// How long a working copy may be silent. It is longer than any pause of a healthy process, which asks
/// something every half second.
const SILENCE_SECONDS: f64 = 5.0;

/// Looks after the lock of a process manager for a copy that waits for it.
pub(crate) struct Watch {
    pool: PgPool,
    manager: &'static str,
    /// With the rights of the login, as the lock is taken: a role may neither see nor end what belongs to its
    /// login. Kept, because opening a session for each look would be expensive.
    connection: Option<PgConnection>,
}

impl Watch {
    pub(crate) fn new(pool: &PgPool, manager: &'static str) -> Self {
        Self {
            pool: pool.clone(),
            manager,
            connection: None,
        }
    }

    /// Ends the session of a working copy that hangs, and says whether there was one.
    pub(crate) async fn end_hung(&mut self) -> Result<bool, ProcessError> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => in_time(PgConnection::connect_with(&self.pool.connect_options())).await?,
        };
        let query = sqlx::query_scalar::<_, i64>(include_str!("hung.sql"))
            .bind(lock_key(self.manager))
            .bind(SILENCE_SECONDS);
        let ended = in_time(query.fetch_one(&mut connection)).await?;
        self.connection = Some(connection);
        if ended > 0 {
            tracing::warn!(
                process.manager = self.manager,
                "the lock was taken from a copy that hangs"
            );
        }
        Ok(ended > 0)
    }
}
