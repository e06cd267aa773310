//! Reading a stretch of the log page by page, from its beginning or from its end.

use event_store::{Filter, Log, Position, ReadError, RecordedEvent, Sequence, StreamId};

use crate::coverage::Coverage;

/// How many events are held in memory at once.
pub(crate) const PAGE: usize = 256;

/// How many positions one read looks through. It bounds the time of a statement when hardly any event
/// passes the filter, and is how often a progress bar moves then.
const WINDOW: Position = 50_000;

/// The same, where an index finds the events: who acted, what belongs to a request, and some aggregates.
const INDEXED_WINDOW: Position = 2_000_000;

/// Reads the events of a stretch of the log that pass a filter.
pub(crate) struct Pages {
    log: Log,
    filter: Filter,
    /// How far one aggregate was read, where the filter names one: its events are few and have an index.
    stream: Option<(StreamId, Sequence)>,
    after: Position,
    up_to: Position,
    /// The last position that was looked at; from the end, the one before the first.
    seen: Position,
}

impl Pages {
    /// The events after a position, up to and with another.
    pub(crate) fn new(log: Log, filter: Filter, covered: Coverage) -> Self {
        let stream = match (&*filter.aggregate_types, &filter.aggregate_id) {
            ([aggregate_type], Some(id)) if !filter.newest_first => {
                Some((StreamId::new(aggregate_type, id), 0))
            }
            _ => None,
        };
        let Coverage { after, up_to } = covered;
        Self {
            log,
            seen: if filter.newest_first { up_to } else { after },
            filter,
            stream,
            after,
            up_to,
        }
    }

    /// What was looked through so far.
    pub(crate) fn covered(&self) -> Coverage {
        if self.filter.newest_first {
            return Coverage {
                after: self.seen,
                up_to: self.up_to,
            };
        }
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
        if self.filter.newest_first {
            return self.next_from_the_end(limit).await;
        }
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

    async fn next_from_the_end(&mut self, limit: usize) -> Result<Option<Vec<RecordedEvent>>, ReadError> {
        if self.seen <= self.after {
            return Ok(None);
        }
        let begin = self.seen.saturating_sub(self.window()).max(self.after);
        let filter = Filter {
            up_to: Some(self.seen),
            ..self.filter.clone()
        };
        let wanted = limit.min(PAGE);
        let events = self.log.read(begin, wanted, &filter).await?;
        let full = events.len() >= wanted;
        let last = events.last().filter(|_| full);
        self.seen = last.map_or(begin, |event| event.position - 1);
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
        let end = self.seen.saturating_add(self.window()).min(self.up_to);
        let filter = Filter {
            up_to: Some(end),
            ..self.filter.clone()
        };
        let events = self.log.read(self.seen, PAGE, &filter).await?;
        let full = events.len() >= PAGE;
        let seen = events.last().filter(|_| full).map_or(end, |event| event.position);
        Ok((events, seen))
    }

    fn window(&self) -> Position {
        let filter = &self.filter;
        let of_aggregates = filter.aggregate_id.is_some() || !filter.aggregate_ids.is_empty();
        let has_index = filter.actor.is_some()
            || filter.correlation_id.is_some()
            || (of_aggregates && !filter.aggregate_types.is_empty());
        if has_index { INDEXED_WINDOW } else { WINDOW }
    }

    /// Whether an event is part of the stretch and passes.
    fn wants(&self, event: &RecordedEvent) -> bool {
        event.position > self.after && event.position <= self.up_to && self.filter.admits(event)
    }
}
