//! Wakes the subscribers of this process when another one wrote.

use std::{sync::Arc, time::Duration};

use sqlx::{
    Executor, PgPool,
    postgres::{PgListener, PgPoolOptions},
};
use tokio::{
    sync::{mpsc::WeakSender, watch},
    time::Instant,
};

use super::{announce, lent::within, read, recent::Recent, writer::Job};
use crate::event::Position;

/// The channel that `append_events` notifies.
const CHANNEL: &str = "souk_log";

/// How long to wait before connecting again.
const RECONNECT: Duration = Duration::from_millis(500);

/// How long the channel may be quiet before the server is asked whether it is still there, and how long
/// it may take to say so.
const QUIET: Duration = Duration::from_secs(5);

/// Listens until the log is closed. Losing the connection costs a delay, never an event: subscribers
/// read by position, and what was missed is announced as soon as the connection is back.
pub(super) async fn run(
    pool: PgPool,
    head: watch::Sender<Position>,
    recent: Arc<Recent>,
    log: WeakSender<Job>,
    read_limit: Duration,
) {
    while log.upgrade().is_some() {
        let listened = listen(&pool, &head, &recent, &log, read_limit).await;
        // The connection of a log that was closed meanwhile is nobody's loss.
        if let Err(error) = listened
            && log.upgrade().is_some()
        {
            tracing::warn!(%error, "the listener lost its connection");
        }
        tokio::time::sleep(RECONNECT).await;
    }
}

async fn listen(
    pool: &PgPool,
    head: &watch::Sender<Position>,
    recent: &Recent,
    log: &WeakSender<Job>,
    read_limit: Duration,
) -> Result<(), sqlx::Error> {
    // A connection of its own: it is kept for ever, which nothing else of the log should have to wait for.
    let options = PgPoolOptions::new().max_connections(1);
    let own = options.connect_lazy_with(pool.connect_options().as_ref().clone());
    let mut listener = PgListener::connect_with(&own).await?;
    within(QUIET, listener.listen(CHANNEL)).await?;
    // Whatever was written before the channel was open.
    if let Ok(position) = read::head(pool, read_limit).await {
        announce(head, position);
    }
    let mut heard = Instant::now();
    while log.upgrade().is_some() {
        // Nothing for a while is a chance to see that the log was closed.
        let Ok(received) = tokio::time::timeout(RECONNECT, listener.try_recv()).await else {
            if heard.elapsed() > QUIET {
                // A connection whose other end is gone without a word is as quiet as a log at night.
                within(QUIET, listener.execute("SELECT 1")).await?;
                heard = Instant::now();
            }
            continue;
        };
        let Some(notification) = received? else {
            return Ok(());
        };
        heard = Instant::now();
        if recent.is_written_by(notification.process_id()) {
            // The writer will say so itself, a moment later and with the events in its hands.
            continue;
        }
        if let Ok(position) = notification.payload().parse() {
            announce(head, position);
        }
    }
    Ok(())
}
