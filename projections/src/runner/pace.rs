//! How many events make a batch: few when readers wait for them, many when there is much to do.

/// The smallest batch. At this size a live batch takes a few milliseconds.
const MIN_BATCH: usize = 250;

/// The largest batch: the cost of a transaction is spread over enough events, and the events with
/// everything made of them stay within some tens of megabytes.
const MAX_BATCH: usize = 4_000;

/// The first and the largest batch in a stretch in which one event cannot be written.
const CAREFUL_BATCH: usize = 1_024;

/// By how much such a batch shrinks each time it still has the event in it: four steps to one event.
const CAREFUL_DIVISOR: usize = 8;

/// Whether readers wait for what is being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// At the end of the log: make it visible soon.
    Live,
    /// Far from it: do much at once.
    CatchUp,
}

/// The size of the next batch.
#[derive(Debug)]
pub(crate) struct BatchSize {
    events: usize,
    /// Up to this position batches are small, to find the one event that cannot be written.
    careful_up_to: i64,
    careful_events: usize,
}

impl BatchSize {
    pub(crate) fn new() -> Self {
        Self {
            events: MIN_BATCH,
            careful_up_to: 0,
            careful_events: CAREFUL_BATCH,
        }
    }

    /// The most events to take from after a position.
    pub(crate) fn events(&self, after: i64) -> usize {
        if self.is_careful(after) {
            self.careful_events
        } else {
            self.events
        }
    }

    /// Whether an event soon after a position is suspected.
    pub(crate) fn is_careful(&self, after: i64) -> bool {
        after < self.careful_up_to
    }

    /// Learns whether there was more than fitted.
    pub(crate) fn learn(&mut self, more: bool) -> Pace {
        self.events = if more {
            self.events.saturating_mul(2)
        } else {
            self.events / 2
        };
        self.events = self.events.clamp(MIN_BATCH, MAX_BATCH);
        if more { Pace::CatchUp } else { Pace::Live }
    }

    /// One of the events after a position, up to another one, cannot be written.
    pub(crate) fn be_careful(&mut self, after: i64, up_to: i64) {
        self.careful_events = if self.is_careful(after) {
            (self.careful_events / CAREFUL_DIVISOR).max(1)
        } else {
            CAREFUL_BATCH
        };
        self.careful_up_to = up_to;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_grows_while_there_is_more_and_shrinks_when_there_is_not() {
        let mut size = BatchSize::new();
        for _ in 0..10 {
            assert_eq!(size.learn(true), Pace::CatchUp);
        }
        assert_eq!(size.events(0), MAX_BATCH);
        for _ in 0..10 {
            assert_eq!(size.learn(false), Pace::Live);
        }
        assert_eq!(size.events(0), MIN_BATCH);
    }

    #[test]
    fn a_suspect_stretch_is_written_in_ever_smaller_batches() {
        let mut size = BatchSize::new();
        size.be_careful(0, 7);
        assert_eq!(size.events(6), CAREFUL_BATCH);
        assert_eq!(size.events(7), MIN_BATCH);
        for _ in 0..4 {
            size.be_careful(5, 7);
        }
        assert_eq!(size.events(6), 1);
        size.be_careful(8, 9);
        assert_eq!(size.events(8), CAREFUL_BATCH);
    }
}
