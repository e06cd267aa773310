//! Wakes the subscribers of this process when another one wrote.

use std::time::Duration;

use sqlx::{PgPool, postgres::PgListener};
use tokio::sync::{mpsc::WeakSender, watch};

use super::{announce, read, writer::Job};
use crate::event::Position;

/// The channel that `append_events` notifies.
const CHANNEL: &str = "souk_log";

/// How long to wait before connecting again.
const RECONNECT: Duration = Duration::from_millis(500);

/// Listens until the log is closed. Losing the connection costs a delay, never an event: subscribers
/// read by position, and what was missed is announced as soon as the connection is back.
pub(super) async fn run(pool: PgPool, head: watch::Sender<Position>, log: WeakSender<Job>) {
    while log.upgrade().is_some() {
        if let Err(error) = listen(&pool, &head, &log).await {
            tracing::warn!(%error, "the listener lost its connection");
        }
        tokio::time::sleep(RECONNECT).await;
    }
}

async fn listen(
    pool: &PgPool,
    head: &watch::Sender<Position>,
    log: &WeakSender<Job>,
) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    // Whatever was written before the channel was open.
    if let Ok(position) = read::head(pool).await {
        announce(head, position);
    }
    while log.upgrade().is_some() {
        // Nothing for a while is a chance to see that the log was closed.
        let Ok(received) = tokio::time::timeout(RECONNECT, listener.try_recv()).await else {
            continue;
        };
        let Some(notification) = received? else {
            return Ok(());
        };
        if let Ok(position) = notification.payload().parse() {
            announce(head, position);
        }
    }
    Ok(())
}
