//! Reading the log from one end to the other.

use tokio::task::JoinHandle;

use crate::{
    event::{Position, RecordedEvent},
    log::Log,
    read::{Filter, ReadError},
};

type Page = Result<Vec<RecordedEvent>, ReadError>;

/// Reads the log page by page, each while the one before is being worked on.
///
/// Memory is bounded by two pages, however long the log is and however slow whoever reads it. It ends at the
/// end of the log, and does not wait for more as a [`Subscription`](crate::Subscription) does.
pub struct Scan {
    log: Log,
    filter: Filter,
    limit: usize,
    after: Position,
    ahead: Option<JoinHandle<Page>>,
}

impl Scan {
    /// Reads pages of `limit` events from after a position. The first is on its way at once.
    pub fn new(log: Log, after: Position, filter: Filter, limit: usize) -> Self {
        let mut scan = Self {
            log,
            filter,
            limit,
            after,
            ahead: None,
        };
        scan.read_ahead();
        scan
    }

    /// The position of the last event that was handed out.
    pub const fn position(&self) -> Position {
        self.after
    }

    /// The next events, in order. None is the end.
    ///
    /// It may be abandoned at any time without losing an event.
    ///
    /// # Errors
    ///
    /// When the log cannot be reached; the next call tries the same page again.
    pub async fn next_page(&mut self) -> Page {
        let ahead = match &mut self.ahead {
            Some(ahead) => ahead,
            None => self.read_ahead(),
        };
        let page = ahead
            .await
            .unwrap_or_else(|lost| Err(ReadError::unavailable(lost)));
        self.ahead = None;
        let page = page?;
        if let Some(last) = page.last() {
            self.after = last.position;
            self.read_ahead();
        }
        Ok(page)
    }

    fn read_ahead(&mut self) -> &mut JoinHandle<Page> {
        let (log, filter) = (self.log.clone(), self.filter.clone());
        let (after, limit) = (self.after, self.limit);
        let reading = tokio::spawn(async move { log.read(after, limit, &filter).await });
        self.ahead.insert(reading)
    }
}

impl Drop for Scan {
    fn drop(&mut self) {
        if let Some(ahead) = &self.ahead {
            ahead.abort();
        }
    }
}
