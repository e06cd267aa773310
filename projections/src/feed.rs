//! Reading the log for one projection: only the aggregates that concern it, and still every position.
//!
//! A subscription with a filter tells nothing while others write. A projection must know that it is up
//! to date all the same, because readers wait for positions and not for events. So a page says up to
//! which position the log was seen, whether or not there was an event for us.

use std::time::Duration;

use event_store::{Filter, Log, Position, ReadError, RecordedEvent};
use tokio::sync::watch;

/// How long to sleep at most when nobody wakes us. A lost notification costs this much.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// How many positions one read looks through. It bounds the time of a statement when hardly any
/// event concerns the projection.
const WINDOW: Position = 50_000;

/// Follows the log.
pub(crate) struct Feed {
    log: Log,
    wake: watch::Receiver<Position>,
    aggregate_types: Vec<String>,
    after: Position,
    /// The log is known to reach at least this far.
    head: Position,
}

/// A stretch of the log.
#[derive(Debug)]
pub(crate) struct Stretch {
    /// The events that concern the projection.
    pub(crate) events: Vec<RecordedEvent>,
    /// Every event up to here that concerns the projection was handed out.
    pub(crate) up_to: Position,
    /// There was more than this at once: the reader is behind.
    pub(crate) more: bool,
}

impl Feed {
    /// Follows the log from after a position.
    pub(crate) fn new(log: Log, after: Position, reads: &[&str]) -> Self {
        let wake = log.watch();
        let aggregate_types = reads.iter().map(|name| (*name).to_owned()).collect();
        Self {
            log,
            wake,
            aggregate_types,
            after,
            head: 0,
        }
    }

    /// The newest position that is known of.
    pub(crate) fn head(&self) -> Position {
        self.head.max(self.after)
    }

    /// The next stretch, as soon as the log is longer. May be abandoned at any time without loss.
    ///
    /// # Errors
    ///
    /// When the log cannot be reached; the next call goes on where this one was.
    pub(crate) async fn next(&mut self, limit: usize) -> Result<Stretch, ReadError> {
        loop {
            if let Some(stretch) = self.try_next(limit).await? {
                return Ok(stretch);
            }
            match tokio::time::timeout(POLL_INTERVAL, self.wake.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_closed)) => tokio::time::sleep(POLL_INTERVAL).await,
                Err(_elapsed) => self.head = self.head.max(self.log.head().await?),
            }
        }
    }

    /// The next stretch, or nothing at the end of the log.
    ///
    /// # Errors
    ///
    /// When the log cannot be reached.
    pub(crate) async fn try_next(&mut self, limit: usize) -> Result<Option<Stretch>, ReadError> {
        // Taken before reading: whatever lies up to here is visible to the read.
        self.head = self.head.max(*self.wake.borrow_and_update());
        let window_end = self.after.saturating_add(WINDOW);
        let filter = Filter {
            aggregate_types: self.aggregate_types.clone(),
            up_to: Some(window_end),
            ..Filter::default()
        };
        let events = self.log.read(self.after, limit, &filter).await?;
        let last = events.last().map_or(self.after, |event| event.position);
        let full = events.len() >= limit;
        let up_to = if full {
            last
        } else {
            last.max(window_end.min(self.head))
        };
        if up_to <= self.after {
            return Ok(None);
        }
        self.after = up_to;
        Ok(Some(Stretch {
            events,
            up_to,
            more: full || up_to == window_end,
        }))
    }

    /// Asks the log itself how long it is.
    ///
    /// # Errors
    ///
    /// When the log cannot be reached.
    pub(crate) async fn look_at_head(&mut self) -> Result<Position, ReadError> {
        self.head = self.head.max(self.log.head().await?);
        Ok(self.head)
    }
}
