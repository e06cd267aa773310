//! The newest events of the log, as far as this process wrote them.
//!
//! Process managers and projections read an event a moment after it was written, and mostly in the process
//! that wrote it. What the writer still has in its hands need not be fetched from the database, decoded and
//! paid for once more.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU32, Ordering},
};

use crate::{
    event::{Position, RecordedEvent},
    read::Filter,
    window::{Limits, Window},
};

const KEPT: Limits = Limits {
    events: 4_096,
    bytes: 8 * 1_024 * 1_024,
};

/// The newest events that this process wrote: durable, in order, without gaps. One that another process
/// wrote in between begins a new window.
pub(super) struct Recent {
    window: Mutex<Window<RecordedEvent>>,
    /// The process of the server that the writer's connection belongs to; 0 while it has none.
    writer: AtomicU32,
}

impl Default for Recent {
    fn default() -> Self {
        Self {
            window: Mutex::new(Window::new(KEPT)),
            writer: AtomicU32::default(),
        }
    }
}

impl Recent {
    /// A panic elsewhere cannot leave the window torn: nothing that happens under the lock can panic.
    fn window(&self) -> MutexGuard<'_, Window<RecordedEvent>> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says which process of the server writes for this log from now on.
    pub(super) fn begin(&self, writer: u32) {
        self.writer.store(writer, Ordering::Relaxed);
    }

    pub(super) fn is_written_by(&self, writer: u32) -> bool {
        self.writer.load(Ordering::Relaxed) == writer
    }

    /// Keeps events that were written after a position.
    pub(super) fn keep(&self, before: Position, events: Vec<RecordedEvent>) {
        let mut window = self.window();
        window.begin(before);
        window.push(events.into_iter().map(Arc::new));
    }

    /// At most `limit` events after a position, if this is all that there is to say: they are as many as
    /// were asked for, or the log is known to end here.
    pub(super) fn page(
        &self,
        after: Position,
        limit: usize,
        filter: &Filter,
        head: Position,
    ) -> Option<Vec<RecordedEvent>> {
        let window = self.window();
        if after >= window.end() {
            return None;
        }
        let wanted = window.after(after)?.filter(|event| filter.admits(event));
        let page: Vec<_> = wanted.take(limit).cloned().collect();
        let is_all = page.len() == limit || window.end() >= head;
        // The writer must not wait while texts are copied.
        drop(window);
        is_all.then(|| page.iter().map(|event| (**event).clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;

    fn events(positions: std::ops::RangeInclusive<Position>) -> Vec<RecordedEvent> {
        let event = |position| RecordedEvent {
            position,
            aggregate_type: if position % 2 == 0 { "even" } else { "odd" }.to_owned(),
            aggregate_id: "a".to_owned(),
            sequence: position,
            event_type: "Happened".to_owned(),
            event_version: "1".to_owned(),
            payload: "{}".to_owned(),
            metadata: "{}".to_owned(),
            recorded_at: Utc::now(),
        };
        positions.map(event).collect()
    }

    fn positions(page: Option<Vec<RecordedEvent>>) -> Option<Vec<Position>> {
        page.map(|page| page.iter().map(|event| event.position).collect())
    }

    fn page(recent: &Recent, after: Position, limit: usize, head: Position) -> Option<Vec<Position>> {
        positions(recent.page(after, limit, &Filter::default(), head))
    }

    #[test]
    fn a_reader_at_the_end_finds_what_was_written() {
        let recent = Recent::default();
        recent.keep(10, events(11..=13));
        assert_eq!(page(&recent, 10, 10, 13), Some(vec![11, 12, 13]));
        assert_eq!(page(&recent, 12, 10, 13), Some(vec![13]));
        assert_eq!(page(&recent, 10, 2, 13), Some(vec![11, 12]));
    }

    #[test]
    fn what_is_not_all_of_it_is_not_told() {
        let recent = Recent::default();
        assert_eq!(page(&recent, 0, 10, 0), None, "nothing is known");
        recent.keep(10, events(11..=13));
        assert_eq!(page(&recent, 9, 10, 13), None, "the reader is behind");
        assert_eq!(page(&recent, 13, 10, 13), None, "there may be more");
        assert_eq!(page(&recent, 10, 10, 14), None, "another process wrote more");
        assert_eq!(
            page(&recent, 10, 3, 14),
            Some(vec![11, 12, 13]),
            "no more was asked for"
        );
    }

    #[test]
    fn events_of_another_process_in_between_begin_a_new_run() {
        let recent = Recent::default();
        recent.keep(10, events(11..=13));
        recent.keep(15, events(16..=16));
        assert_eq!(page(&recent, 10, 10, 16), None);
        assert_eq!(page(&recent, 14, 10, 16), None);
        assert_eq!(page(&recent, 15, 10, 16), Some(vec![16]));
    }

    #[test]
    fn a_filter_is_obeyed() {
        let recent = Recent::default();
        recent.keep(0, events(1..=6));
        let filter = Filter {
            aggregate_types: vec!["even".to_owned()],
            ..Filter::default()
        };
        assert_eq!(positions(recent.page(0, 10, &filter, 6)), Some(vec![2, 4, 6]));
        assert_eq!(positions(recent.page(0, 2, &filter, 9)), Some(vec![2, 4]));
        assert_eq!(positions(recent.page(0, 10, &filter, 9)), None);
    }

    #[test]
    fn only_so_many_are_kept() {
        let recent = Recent::default();
        let last = Position::try_from(KEPT.events).unwrap() + 5;
        recent.keep(0, events(1..=last));
        assert_eq!(page(&recent, 4, 1, last), None);
        assert_eq!(page(&recent, 5, 1, last), Some(vec![6]));
        assert_eq!(page(&recent, last - 1, 9, last), Some(vec![last]));
    }
}
