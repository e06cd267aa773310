//! Reading what one has just written: waiting until a read model has reached a position.

use std::time::Duration;

use event_store::Position;
use tokio::time::Instant;

use super::{ReadModelError, ReadModels, live::LocalWorker};

/// How often to look when the worker is in another process.
const POLL_INTERVAL: Duration = Duration::from_millis(15);

/// How often to look all the same when the worker is in this process.
const LOCAL_POLL_INTERVAL: Duration = Duration::from_millis(250);

/// How a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// The read model has what was waited for.
    Reached,
    /// It has not, after all that time.
    TimedOut {
        /// How far it is.
        position: Position,
    },
}

impl ReadModels {
    /// Waits until a read model has everything up to a position, `limit` at most.
    ///
    /// # Errors
    ///
    /// When there is no such read model or the database cannot be reached. One that is not built yet
    /// is waited for like any other.
    pub async fn wait_for(
        &self,
        projection: &str,
        position: Position,
        limit: Duration,
    ) -> Result<Waited, ReadModelError> {
        let mut worker = self.live.worker(projection)?;
        let deadline = Instant::now() + limit;
        loop {
            let is_local = worker
                .as_mut()
                .is_some_and(|worker| worker.borrow_and_update().here.is_some());
            let reached = match self.live.position(projection).await {
                Err(ReadModelError::NotBuilt(_)) => 0,
                reached => reached?,
            };
            if reached >= position {
                return Ok(Waited::Reached);
            }
            if Instant::now() >= deadline {
                return Ok(Waited::TimedOut { position: reached });
            }
            let pause = if is_local {
                LOCAL_POLL_INTERVAL
            } else {
                POLL_INTERVAL
            };
            pause_or_news(worker.as_mut(), deadline.min(Instant::now() + pause)).await;
        }
    }
}

async fn pause_or_news(worker: Option<&mut LocalWorker>, until: Instant) {
    let Some(worker) = worker else {
        return tokio::time::sleep_until(until).await;
    };
    // A worker that is gone for good tells nothing more: then only the time counts.
    if let Ok(Err(_gone)) = tokio::time::timeout_at(until, worker.changed()).await {
        tokio::time::sleep_until(until).await;
    }
}
