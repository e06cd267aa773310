//! The end of the log, read and decoded once for all read models of a process.
//!
//! Nothing is pushed: whoever comes first to the end reads the next page for all, the others wait for it
//! or find it here. Whoever is further behind than what is kept reads the log alone.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
};

use event_store::{Decoder, Filter, Log, Position, ReadError, RecordedEvent};
use tokio::sync::Mutex;

use crate::recorded::Recorded;

/// How many events a page has at most: a live batch.
const PAGE: usize = 500;

/// How many pages are kept: so far may the slowest read model be behind the quickest.
const KEPT_PAGES: usize = 8;

/// Whoever is further from the end reads alone: pages of the end are too small for a long way.
pub(crate) const REACH: Position = 2_000;

/// The end of the log.
pub(crate) struct Tail {
    log: Log,
    decoder: Arc<Decoder>,
    aggregate_types: Vec<String>,
    pages: Mutex<VecDeque<Arc<TailPage>>>,
}

/// A stretch of the log.
pub(crate) struct TailPage {
    after: Position,
    pub(crate) up_to: Position,
    pub(crate) events: Vec<TailEvent>,
}

/// An event that some read model reads.
pub(crate) enum TailEvent {
    Readable(Recorded),
    /// It cannot be decoded, which each read model has to find out for itself.
    Unreadable(Box<RecordedEvent>),
}

impl TailEvent {
    pub(crate) fn envelope(&self) -> &RecordedEvent {
        match self {
            Self::Readable(recorded) => &recorded.envelope,
            Self::Unreadable(envelope) => envelope,
        }
    }
}

/// What there is after a position.
pub(crate) enum Found {
    Page(Arc<TailPage>),
    /// Nothing yet.
    End,
    /// It is not kept any more.
    Gone,
}

impl Tail {
    /// The end of a log for read models with these interests.
    pub(crate) fn new(log: Log, decoder: Arc<Decoder>, reads: impl Iterator<Item = &'static str>) -> Self {
        let reads: BTreeSet<&str> = reads.collect();
        Self {
            log,
            decoder,
            aggregate_types: reads.into_iter().map(str::to_owned).collect(),
            pages: Mutex::default(),
        }
    }

    /// The page that begins at a position or before it and goes beyond it. The log is known to reach at
    /// least to `head`.
    ///
    /// # Errors
    ///
    /// When the log cannot be reached.
    pub(crate) async fn page(&self, after: Position, head: Position) -> Result<Found, ReadError> {
        // Held while the log is read: the others would read the same.
        let mut pages = self.pages.lock().await;
        let (from, to) = match (pages.front(), pages.back()) {
            (Some(first), Some(last)) => (first.after, last.up_to),
            _ => (after, after),
        };
        if after < from {
            return Ok(Found::Gone);
        }
        if after < to {
            let page = pages.iter().find(|page| after < page.up_to);
            return Ok(page.map_or(Found::Gone, |page| Found::Page(Arc::clone(page))));
        }
        if after > to {
            // Whatever is kept here was left behind by all that was read elsewhere.
            pages.clear();
        }
        let Some(page) = self.read(after, head).await? else {
            return Ok(Found::End);
        };
        let page = Arc::new(page);
        pages.push_back(Arc::clone(&page));
        if pages.len() > KEPT_PAGES {
            pages.pop_front();
        }
        Ok(Found::Page(page))
    }

    async fn read(&self, after: Position, head: Position) -> Result<Option<TailPage>, ReadError> {
        let filter = Filter {
            aggregate_types: self.aggregate_types.clone(),
            ..Filter::default()
        };
        let events = self.log.read(after, PAGE, &filter).await?;
        let last = events.last().map_or(after, |event| event.position);
        let up_to = if events.len() >= PAGE {
            last
        } else {
            last.max(head)
        };
        if up_to <= after {
            return Ok(None);
        }
        let decode = |envelope| match Recorded::try_decode(&self.decoder, envelope) {
            Ok(recorded) => TailEvent::Readable(recorded),
            Err((envelope, _)) => TailEvent::Unreadable(envelope),
        };
        Ok(Some(TailPage {
            after,
            up_to,
            events: events.into_iter().map(decode).collect(),
        }))
    }
}
