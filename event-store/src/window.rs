//! The newest of what lies at consecutive positions, within limits.

use std::{collections::VecDeque, sync::Arc};

use crate::event::{Position, RecordedEvent};

/// What has a place in the log.
pub(crate) trait Placed {
    /// The event behind it.
    fn recorded(&self) -> &RecordedEvent;
}

impl Placed for RecordedEvent {
    fn recorded(&self) -> &RecordedEvent {
        self
    }
}

/// How much a window keeps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) events: usize,
    /// Of payload and metadata together.
    pub(crate) bytes: usize,
}

/// The newest events, without gaps.
pub(crate) struct Window<T> {
    limits: Limits,
    /// The position of the newest event, or the one after which they will come.
    end: Position,
    events: VecDeque<Arc<T>>,
    bytes: usize,
}

impl<T: Placed> Window<T> {
    pub(crate) const fn new(limits: Limits) -> Self {
        Self {
            limits,
            end: 0,
            events: VecDeque::new(),
            bytes: 0,
        }
    }

    pub(crate) const fn end(&self) -> Position {
        self.end
    }

    /// What comes after a position; nothing when some of that has left the window or was never in it.
    pub(crate) fn after(&self, position: Position) -> Option<impl Iterator<Item = &Arc<T>>> {
        let length = Position::try_from(self.events.len()).unwrap_or(Position::MAX);
        // Positions are dense, so the place of an event follows from its position.
        let skip = usize::try_from(position - (self.end - length)).ok()?;
        Some(self.events.iter().skip(skip))
    }

    /// Lets the window begin after a position, unless it goes on there already; says whether it moved.
    pub(crate) fn begin(&mut self, after: Position) -> bool {
        let moves = self.end != after;
        if moves {
            *self = Self {
                end: after,
                ..Self::new(self.limits)
            };
        }
        moves
    }

    /// Adds the events that come next.
    pub(crate) fn push(&mut self, events: impl IntoIterator<Item = Arc<T>>) {
        for event in events {
            self.end = event.recorded().position;
            self.bytes += size(&*event);
            self.events.push_back(event);
        }
        while self.events.len() > self.limits.events || self.bytes > self.limits.bytes {
            let Some(oldest) = self.events.pop_front() else {
                break;
            };
            self.bytes -= size(&*oldest);
        }
    }
}

fn size(event: &impl Placed) -> usize {
    let recorded = event.recorded();
    recorded.payload.len() + recorded.metadata.len()
}
