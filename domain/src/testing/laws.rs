//! What is true of every aggregate, whatever it is about.

use cqrs_es::DomainEvent;

use super::fold;
use crate::{Decide, Event};

/// Sends commands one after the other, looks at the state after each, and returns what happened.
pub(crate) fn live<A: Decide>(
    mut state: A,
    commands: Vec<A::Command>,
    mut look: impl FnMut(&A, &[A::Event]),
) -> Vec<A::Event> {
    let mut history = Vec::new();
    for command in commands {
        let events = state.decide(command).unwrap_or_default();
        history.extend(events.iter().cloned());
        state = fold(state, events);
        look(&state, &history);
    }
    history
}

/// The payload is read back as the same event, also by those who read the whole log.
pub(crate) fn is_read_as_written<A: Decide>(event: &A::Event) {
    let payload = serde_json::to_string(event).expect("an event can be written");
    let read: A::Event = serde_json::from_str(&payload).expect("an event can be read");
    assert_eq!(read, *event, "{payload}");
    let any = Event::from_payload(A::TYPE, &payload).expect("anybody can read an event");
    assert_eq!(
        (any.aggregate_type(), any.event_type()),
        (A::TYPE, event.event_type())
    );
}

/// A stored state and the events since are worth as much as all the events.
pub(crate) fn snapshot_and_tail_are_the_whole<A>(mut history: Vec<A::Event>, cut: usize)
where
    A: Decide + PartialEq + std::fmt::Debug,
{
    let whole = fold(A::default(), history.clone());
    let tail = history.split_off(cut.min(history.len()));
    let snapshot = serde_json::to_string(&fold(A::default(), history)).expect("a state can be stored");
    let restored: A = serde_json::from_str(&snapshot).expect("a stored state can be read");
    assert_eq!(fold(restored, tail), whole);
}

/// The laws as property tests: of an aggregate, strategies for its commands and events, and a function that
/// checks after every command what its module says always holds.
macro_rules! aggregate_laws {
    ($aggregate:ty, $commands:expr, $events:expr, $always:expr) => {
        proptest::proptest! {
            #[test]
            fn what_always_holds_holds_after_any_commands(
                commands in $crate::testing::arbitrary::up_to(60, $commands)
            ) {
                $crate::testing::laws::live(<$aggregate>::default(), commands, $always);
            }

            #[test]
            fn nothing_panics_whatever_the_log_says(
                events in $crate::testing::arbitrary::up_to(20, $events),
                commands in $crate::testing::arbitrary::up_to(20, $commands),
            ) {
                let state = $crate::testing::fold(<$aggregate>::default(), events);
                $crate::testing::laws::live(state, commands, |_, _| {});
            }

            #[test]
            fn every_event_is_read_as_it_was_written(event in $events) {
                $crate::testing::laws::is_read_as_written::<$aggregate>(&event);
            }

            #[test]
            fn a_snapshot_and_the_events_since_are_the_whole_history(
                commands in $crate::testing::arbitrary::up_to(40, $commands),
                cut in 0..40_usize,
            ) {
                let history = $crate::testing::laws::live(<$aggregate>::default(), commands, |_, _| {});
                $crate::testing::laws::snapshot_and_tail_are_the_whole::<$aggregate>(history, cut);
            }
        }
    };
}
pub(crate) use aggregate_laws;
