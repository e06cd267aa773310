//! Reading the log for one projection: only the events that concern it, and still every position.
//!
//! A subscription with a filter tells nothing while others write. A projection must know that it is up
//! to date all the same, because readers wait for positions and not for events. So a page says up to
//! which position the log was seen, whether or not there was an event for us.
//!
//! At the end of the log all projections of a process share what is read; far from it each reads alone,
//! and the next page is on its way while the last one is worked on, unless that is not wanted.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use event_store::{Decoder, Filter, Log, Position, ReadError, RecordedEvent};
use tokio::{sync::watch, task::JoinHandle};

use crate::{
    recorded::{EventError, Recorded},
    tail::{Found, REACH, Tail, TailEvent, TailPage},
};

/// How long to sleep at most when nobody wakes us. A lost notification costs this much.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// How many positions one read looks through. It bounds the time of a statement when hardly any
/// event concerns the projection.
const WINDOW: Position = 50_000;

/// Which events concern a projection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interest {
    /// Their aggregate types.
    pub(crate) reads: &'static [&'static str],
    /// The names of those that change nothing, whose JSON is not even looked at.
    pub(crate) ignores: &'static [&'static str],
    /// Those that an operator has decided to leave out.
    pub(crate) skips: BTreeSet<Position>,
    /// The last one, for a build of the past.
    pub(crate) until: Option<Position>,
}

/// Follows the log.
pub(crate) struct Feed {
    log: Log,
    decoder: Arc<Decoder>,
    tail: Arc<Tail>,
    wake: watch::Receiver<Position>,
    interest: Interest,
    reads_ahead: bool,
    after: Position,
    /// The log is known to reach at least this far.
    head: Position,
    ahead: Option<JoinHandle<Result<Stretch, ReadError>>>,
}

/// A stretch of the log.
#[derive(Debug)]
pub(crate) struct Stretch {
    /// The events that concern the projection.
    pub(crate) events: Vec<Recorded>,
    /// Every event up to here that concerns the projection was handed out.
    pub(crate) up_to: Position,
    /// There was more than this at once: the reader is behind.
    pub(crate) more: bool,
    /// The event after the stretch cannot be read.
    pub(crate) unreadable: Option<EventError>,
}

impl Interest {
    fn wants(&self, event: &RecordedEvent) -> bool {
        self.reads.contains(&event.aggregate_type.as_str())
            && !self.ignores.contains(&event.event_type.as_str())
            && !self.skips.contains(&event.position)
    }
}

impl Stretch {
    /// Decodes an event into the stretch, which ends before it if that fails.
    fn push(&mut self, decoder: &Decoder, envelope: RecordedEvent) -> bool {
        match Recorded::decode(decoder, envelope) {
            Ok(recorded) => {
                self.events.push(recorded);
                true
            }
            Err(error) => {
                self.up_to = error.position - 1;
                self.unreadable = Some(error);
                false
            }
        }
    }
}

impl Feed {
    /// Follows the log from after a position.
    pub(crate) fn new(
        log: Log,
        decoder: Arc<Decoder>,
        tail: Arc<Tail>,
        after: Position,
        interest: Interest,
    ) -> Self {
        let wake = log.watch();
        Self {
            log,
            decoder,
            tail,
            wake,
            interest,
            reads_ahead: true,
            after,
            head: 0,
            ahead: None,
        }
    }

    /// Whether a page is read while the one before is worked on, or only when it is asked for.
    pub(crate) fn reading_ahead(mut self, reads_ahead: bool) -> Self {
        self.reads_ahead = reads_ahead;
        self
    }

    /// The newest position that is known of, or that is wanted.
    pub(crate) fn head(&self) -> Position {
        let end = self.interest.until.unwrap_or(Position::MAX);
        self.head.max(self.after).min(end)
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
        let is_near = self.interest.until.is_none() && self.head.saturating_sub(self.after) <= REACH;
        if is_near && self.ahead.is_none() {
            match self.tail.page(self.after, self.head).await? {
                Found::Page(page) => return Ok(Some(self.of_tail(&page, limit))),
                Found::End => return Ok(None),
                Found::Gone => {}
            }
        }
        self.read_alone(limit).await
    }

    /// Asks the log itself how long it is.
    ///
    /// # Errors
    ///
    /// When the log cannot be reached.
    pub(crate) async fn look_at_head(&mut self) -> Result<Position, ReadError> {
        self.head = self.head.max(self.log.head().await?);
        Ok(self.head())
    }

    /// The part of a shared page that lies before us.
    fn of_tail(&mut self, page: &TailPage, limit: usize) -> Stretch {
        let wanted = |event: &&TailEvent| {
            event.envelope().position > self.after && self.interest.wants(event.envelope())
        };
        let mut stretch = Stretch {
            events: Vec::new(),
            up_to: page.up_to,
            more: page.up_to < self.head,
            unreadable: None,
        };
        for event in page.events.iter().filter(wanted) {
            if stretch.events.len() >= limit {
                stretch.up_to = stretch
                    .events
                    .last()
                    .map_or(page.up_to, |event| event.envelope.position);
                stretch.more = true;
                break;
            }
            match event {
                TailEvent::Readable(recorded) => stretch.events.push(recorded.clone()),
                TailEvent::Unreadable(envelope) => {
                    if !stretch.push(&self.decoder, (**envelope).clone()) {
                        break;
                    }
                }
            }
        }
        self.after = stretch.up_to;
        stretch
    }

    async fn read_alone(&mut self, limit: usize) -> Result<Option<Stretch>, ReadError> {
        if self.interest.until.is_some_and(|until| self.after >= until) {
            return Ok(None);
        }
        if self.ahead.is_none() {
            self.read_ahead(self.after, limit);
        }
        let Some(reading) = &mut self.ahead else {
            return Ok(None);
        };
        let read = reading.await;
        self.ahead = None;
        let stretch = read.map_err(ReadError::unavailable)??;
        let is_at_end = stretch.up_to <= self.after;
        if is_at_end && stretch.unreadable.is_none() {
            return Ok(None);
        }
        if self.reads_ahead && stretch.more && stretch.unreadable.is_none() {
            self.read_ahead(stretch.up_to, limit);
        }
        self.after = stretch.up_to;
        Ok(Some(stretch))
    }

    /// Begins to read and to decode the page after a position.
    fn read_ahead(&mut self, after: Position, limit: usize) {
        let (log, head) = (Arc::clone(&self.log), self.head);
        let (decoder, interest) = (Arc::clone(&self.decoder), self.interest.clone());
        let window_end = after
            .saturating_add(WINDOW)
            .min(self.interest.until.unwrap_or(Position::MAX));
        let filter = Filter {
            aggregate_types: self
                .interest
                .reads
                .iter()
                .map(|name| (*name).to_owned())
                .collect(),
            up_to: Some(window_end),
            ..Filter::default()
        };
        self.ahead = Some(tokio::spawn(async move {
            let events = log.read(after, limit, &filter).await?;
            let last = events.last().map_or(after, |event| event.position);
            let is_full = events.len() >= limit;
            let up_to = if is_full {
                last
            } else {
                last.max(window_end.min(head))
            };
            let mut stretch = Stretch {
                events: Vec::with_capacity(events.len()),
                up_to,
                more: is_full || up_to == window_end,
                unreadable: None,
            };
            for envelope in events {
                if interest.wants(&envelope) && !stretch.push(&decoder, envelope) {
                    break;
                }
            }
            Ok(stretch)
        }));
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        if let Some(reading) = &self.ahead {
            reading.abort();
        }
    }
}
