//! The atomic switch from one generation to another.

use event_store::Position;
use sqlx::{PgPool, Row};

use super::views;
use crate::transaction::Transaction;

/// A switch in progress: the live generation stands still until it is over.
///
/// Its worker waits at the checkpoint's row lock. When the switch commits, the worker finds its
/// generation retired and writes nothing.
pub(crate) struct Switch {
    transaction: Transaction,
    id: i64,
    /// Readers have seen this much; the new generation must have it too.
    pub(crate) live_position: Position,
}

/// Stops the live generation for the time of the switch.
pub(crate) async fn begin_switch(
    pool: &PgPool,
    projection: &str,
    place: &str,
    id: i64,
) -> Result<Switch, sqlx::Error> {
    let mut transaction = Transaction::begin(pool).await?;
    let freeze = "SELECT position FROM projection_generations \
                  WHERE projection = $1 AND place = $2 AND state = 'live' FOR UPDATE";
    let query = sqlx::query(freeze).bind(projection).bind(place);
    let row = query.fetch_optional(&mut *transaction).await?;
    let live_position = row.map(|row| row.try_get(0)).transpose()?.unwrap_or_default();
    Ok(Switch {
        transaction,
        id,
        live_position,
    })
}

impl Switch {
    /// Makes the new generation live and retires the old one. False when the new one is gone.
    pub(crate) async fn finish(mut self) -> Result<bool, sqlx::Error> {
        let retire = "UPDATE projection_generations AS old SET state = 'retired', switched_at = now() \
                      FROM projection_generations AS new \
                      WHERE new.id = $1 AND old.state = 'live' AND old.id <> new.id \
                      AND (old.projection, old.place) = (new.projection, new.place)";
        sqlx::query(retire)
            .bind(self.id)
            .execute(&mut *self.transaction)
            .await?;
        let promote = "UPDATE projection_generations SET state = 'live', switched_at = now() \
                       WHERE id = $1 AND state IN ('building', 'ready') AND up_to IS NULL AND position >= $2";
        let query = sqlx::query(promote).bind(self.id).bind(self.live_position);
        let promoted = query.execute(&mut *self.transaction).await?.rows_affected() == 1;
        if promoted {
            // What analysts read under its lasting name changes together with what readers use.
            views::present_in_tx(&mut self.transaction, self.id).await?;
            self.transaction.commit().await?;
        } else {
            self.transaction.rollback().await?;
        }
        Ok(promoted)
    }
}

impl Switch {
    /// Lets the live generation go on without a switch.
    pub(crate) async fn give_up(self) -> Result<(), sqlx::Error> {
        self.transaction.rollback().await
    }
}
