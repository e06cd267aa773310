//! Reading a stretch of the log page by page.

use event_store::{Filter, Log, Position, ReadError, RecordedEvent, Sequence, StreamId};

use crate::coverage::Coverage;

/// How many events are held in memory at once.
pub(crate) const PAGE: usize = 256;

/// How many positions one read looks through. It bounds the time of a statement when hardly any event
/// passes the filter, and is how often a progress bar moves then.
const WINDOW: Position = 50_000;

/// Reads the events of a stretch of the log that pass a filter.
pub(crate) struct Pages {
    log: Log,
    filter: Filter,
    actor: Option<String>,
    /// How far one aggregate was read, where the filter names one: its events are few and have an index.
    stream: Option<(StreamId, Sequence)>,
    after: Position,
    seen: Position,
    up_to: Position,
}

impl Pages {
    /// The events after a position, up to and with another.
    pub(crate) fn new(log: Log, filter: Filter, actor: Option<String>, covered: Coverage) -> Self {
        let stream = match (&*filter.aggregate_types, &filter.aggregate_id) {
            ([aggregate_type], Some(id)) => Some((StreamId::new(aggregate_type, id), 0)),
            _ => None,
        };
        let Coverage { after, up_to } = covered;
        Self {
            log,
            filter,
            actor,
            stream,
            after,
            seen: after,
            up_to,
        }
    }

    /// What was looked through so far.
    pub(crate) fn covered(&self) -> Coverage {
        Coverage {
            after: self.after,
            up_to: self.seen,
        }
    }

    /// Lets the stretch end later, when the log has grown.
    pub(crate) fn extend(&mut self, up_to: Position) {
        self.up_to = self.up_to.max(up_to);
    }

    /// The next events, at most `limit` and at most a page. It may be a page without events; nothing
    /// means that the stretch has ended.
    pub(crate) async fn next(&mut self, limit: usize) -> Result<Option<Vec<RecordedEvent>>, ReadError> {
        if self.seen >= self.up_to {
            return Ok(None);
        }
        let (mut events, seen) = match self.stream.take() {
            Some((stream, after)) => self.of_stream(stream, after).await?,
            None => self.of_window().await?,
        };
        events.retain(|event| self.wants(event));
        self.seen = seen;
        if events.len() > limit {
            events.truncate(limit);
            if let Some(last) = events.last() {
                self.seen = last.position;
                self.stream = self.stream.take().map(|(stream, _)| (stream, last.sequence));
            }
        }
        Ok(Some(events))
    }

    async fn of_stream(
        &mut self,
        stream: StreamId,
        after: Sequence,
    ) -> Result<(Vec<RecordedEvent>, Position), ReadError> {
        let mut events = self.log.load(&stream, after, PAGE).await?;
        // What is younger than the stretch is left for when the stretch is extended.
        events.retain(|event| event.position <= self.up_to);
        let full = events.len() >= PAGE;
        let sequence = events.last().map_or(after, |event| event.sequence);
        let seen = events
            .last()
            .filter(|_| full)
            .map_or(self.up_to, |event| event.position);
        self.stream = Some((stream, sequence));
        Ok((events, seen.max(self.seen)))
    }

    async fn of_window(&self) -> Result<(Vec<RecordedEvent>, Position), ReadError> {
        let end = self.seen.saturating_add(WINDOW).min(self.up_to);
        let filter = Filter {
            up_to: Some(end),
            ..self.filter.clone()
        };
        let events = self.log.read(self.seen, PAGE, &filter).await?;
        let full = events.len() >= PAGE;
        let seen = events.last().filter(|_| full).map_or(end, |event| event.position);
        Ok((events, seen))
    }

    /// Whether an event is part of the stretch and passes.
    fn wants(&self, event: &RecordedEvent) -> bool {
        event.position > self.after
            && event.position <= self.up_to
            && self.filter.admits(event)
            && self
                .actor
                .as_ref()
                .is_none_or(|actor| event.metadata().actor == *actor)
    }
}
