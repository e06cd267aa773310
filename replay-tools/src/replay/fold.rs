//! Folding the events of one aggregate, one at a time.

use cqrs_es::Aggregate;
use event_store::{Decoder, RecordedEvent, Sequence};
use serde_json::Value;

use super::{diff::diff, step::Step, terms::in_terms};
use crate::{coverage::count, error::Error};

/// An aggregate on its way through its history.
pub(super) struct Fold<A> {
    decoder: Decoder,
    state: A,
    /// The state before the event that comes next, once a difference was asked for.
    shown: Option<Value>,
    last: Option<RecordedEvent>,
    events: usize,
    holes: usize,
    first_hole: Option<String>,
}

impl<A: Aggregate> Fold<A> {
    /// Before the first event.
    pub(super) fn new() -> Self {
        Self {
            decoder: Decoder::new(domain::upcasters()),
            state: A::default(),
            shown: None,
            last: None,
            events: 0,
            holes: 0,
            first_hole: None,
        }
    }

    /// The sequence of the last event.
    pub(super) fn sequence(&self) -> Sequence {
        self.last.as_ref().map_or(0, |event| event.sequence)
    }

    /// How many events were folded.
    pub(super) fn events(&self) -> usize {
        self.events
    }

    /// Says where events are missing, if any are.
    pub(super) fn holes(&self) -> Option<String> {
        let first = self.first_hole.as_ref()?;
        Some(format!(
            "events are missing in {}, first {first}",
            count(self.holes, "place")
        ))
    }

    /// Folds an event.
    pub(super) fn apply(&mut self, event: RecordedEvent) -> Result<(), Error> {
        if event.sequence != self.sequence() + 1 {
            self.holes += 1;
            let (position, sequence, before) = (event.position, event.sequence, self.sequence());
            self.first_hole.get_or_insert_with(|| {
                format!("before position {position}: sequence {sequence} follows {before}")
            });
        }
        self.state.apply(self.decoder.decode(&event)?);
        self.events += 1;
        self.last = Some(event);
        Ok(())
    }

    /// Folds an event and says what it changed, to a reader and with the state as wanted.
    pub(super) fn step(
        &mut self,
        event: &RecordedEvent,
        reader: Reader,
        with_state: bool,
    ) -> Result<Step, Error> {
        let before = match self.shown.take() {
            Some(shown) => shown,
            None => self.seen_by(reader)?,
        };
        self.apply(event.clone())?;
        let after = self.seen_by(reader)?;
        let changes = diff(&before, &after);
        self.shown = Some(after);
        let state = with_state.then_some(&self.state);
        Step::new(event, Some(changes), state)
    }

    /// The state as it is, if there is any event.
    pub(super) fn state(&self) -> Result<Option<Step>, Error> {
        let last = self.last.as_ref();
        last.map(|event| Step::new(event, None, Some(&self.state)))
            .transpose()
    }

    fn seen_by(&self, reader: Reader) -> Result<Value, Error> {
        let state = serde_json::to_value(&self.state)?;
        Ok(match reader {
            Reader::Program => state,
            Reader::Person => in_terms(state),
        })
    }
}

/// Who reads what changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// The state as it is stored, with paths that find it there.
    Program,
    /// In the terms of the shop.
    Person,
}

#[cfg(test)]
mod tests {

    use domain::order::Order;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn a_missing_event_is_found() {
        let shop = testing::shop().await;
        let events = shop.events_of("order", testing::ORDER).await;
        let mut fold = Fold::<Order>::new();
        for event in events.into_iter().filter(|event| event.sequence != 2) {
            fold.apply(event).unwrap();
        }
        let holes = fold.holes().unwrap();
        assert_eq!(
            holes,
            "events are missing in 1 place, first before position 7: sequence 3 follows 1"
        );
    }

    #[tokio::test]
    async fn an_event_that_is_none_is_named() {
        let mut event = testing::shop()
            .await
            .events_of("order", testing::ORDER)
            .await
            .remove(0);
        event.payload = r#"{"OrderTeleported":{}}"#.to_owned();
        let error = Fold::<Order>::new().apply(event).unwrap_err().to_string();
        assert_eq!(
            error,
            format!(
                "order {} has an unreadable event 1 (OrderPlaced v1)",
                testing::ORDER
            )
        );
    }
}
