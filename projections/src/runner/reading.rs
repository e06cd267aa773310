//! The wait for the next stretch of the log, in a task of its own.
//!
//! A read of the log may take longer than a heartbeat: 35 s are allowed. As a branch of the worker's
//! `select!` it would be dropped by each heartbeat and begun again, so on a slow database the read model would
//! stop without an error. And a wait that is kept but not polled would hold the lock of the shared tail while its
//! worker commits. A task has neither fault.

use event_store::ReadError;
use tokio_util::task::AbortOnDropHandle;

use crate::feed::{Feed, Stretch};

/// A wait for the next stretch. Dropping it gives the wait up, and the feed with it.
pub(super) struct Reading(AbortOnDropHandle<(Feed, Result<Stretch, ReadError>)>);

impl Reading {
    /// Waits for at most `limit` events.
    pub(super) fn begin(mut feed: Feed, limit: usize) -> Self {
        Self(AbortOnDropHandle::new(tokio::spawn(async move {
            let stretch = feed.next(limit).await;
            (feed, stretch)
        })))
    }

    /// How the wait ends, and the feed. May be abandoned and called again without loss; without a reading
    /// it waits for ever.
    pub(super) async fn wait(reading: &mut Option<Self>) -> (Option<Feed>, Result<Stretch, ReadError>) {
        let Some(Self(task)) = reading else {
            return std::future::pending().await;
        };
        match task.await {
            Ok((feed, stretch)) => (Some(feed), stretch),
            Err(panicked) => (None, Err(ReadError::unavailable(panicked))),
        }
    }
}
