//! Following the log.

use std::time::Duration;

use tokio::sync::watch;

use crate::{
    event::{Position, RecordedEvent},
    log::Log,
    read::{Filter, ReadError},
};

/// How long a subscriber sleeps at most when nobody wakes it.
///
/// Notifications make it quick; this makes it certain: one that got lost costs at most this long.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Reads the log page by page and waits at its end for more.
///
/// There is no buffer: a page is read when it is asked for, so a slow reader holds nothing up and
/// memory is bounded by the page.
pub struct Subscription {
    log: Log,
    filter: Filter,
    after: Position,
    wake: watch::Receiver<Position>,
}

impl Subscription {
    /// Follows the log from after a position.
    pub fn new(log: Log, after: Position, filter: Filter) -> Self {
        let wake = log.watch();
        Self {
            log,
            filter,
            after,
            wake,
        }
    }

    /// The position of the last event that was handed out.
    pub const fn position(&self) -> Position {
        self.after
    }

    /// At least one and at most `limit` events, as soon as there are any.
    ///
    /// It may be abandoned at any time without losing an event.
    ///
    /// # Errors
    ///
    /// When the log cannot be reached; the next call goes on where this one was.
    pub async fn next_page(&mut self, limit: usize) -> Result<Vec<RecordedEvent>, ReadError> {
        loop {
            // Marked as seen before reading: an event that arrives in between wakes us again.
            self.wake.mark_unchanged();
            let page = self.log.read(self.after, limit, &self.filter).await?;
            if let Some(last) = page.last() {
                self.after = last.position;
                return Ok(page);
            }
            // An elapsed interval, and a log that is shut down, both mean: look again.
            if let Ok(Err(_)) = tokio::time::timeout(POLL_INTERVAL, self.wake.changed()).await {
                tokio::time::sleep(POLL_INTERVAL).await;
            }
        }
    }
}
