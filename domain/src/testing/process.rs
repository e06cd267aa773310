//! The same idea for process managers: given these events, when this one happens, then do that.

use crate::{
    Event,
    process::{Action, ProcessManager},
    testing::value::noon,
};

/// A process that nothing has happened to.
pub(crate) fn process<P: ProcessManager>() -> Process<P> {
    Process {
        state: P::default(),
        id: None,
    }
}

/// A process manager's state, and the one process that all events of a test must belong to.
pub(crate) struct Process<P> {
    state: P,
    id: Option<String>,
}

impl<P: ProcessManager + PartialEq + std::fmt::Debug> Process<P> {
    /// Feeds what happened before; what was asked for then is of no interest.
    #[track_caller]
    pub(crate) fn given(mut self, events: impl IntoIterator<Item = (String, Event)>) -> Self {
        for event in events {
            self.feed(event);
        }
        self
    }

    #[track_caller]
    pub(crate) fn when(mut self, event: (String, Event)) -> Reaction {
        let actions = self.feed(event);
        let status = self.state.status();
        Reaction { actions, status }
    }

    /// Between two events the state is stored, so each one starts from what was read back.
    #[track_caller]
    fn feed(&mut self, (aggregate_id, event): (String, Event)) -> Vec<Action> {
        let route = P::route(&aggregate_id, &event).expect("the event concerns this process manager");
        let id = self.id.get_or_insert_with(|| route.clone());
        assert_eq!(*id, route, "the events of a test belong to one process");
        let actions = self.state.react(&aggregate_id, &event, noon());
        let stored = serde_json::to_string(&self.state).expect("a state can be stored");
        let read: P = serde_json::from_str(&stored).expect("a stored state can be read");
        assert_eq!(read, self.state);
        self.state = read;
        actions
    }
}

/// What a process manager did with an event.
pub(crate) struct Reaction {
    actions: Vec<Action>,
    status: &'static str,
}

impl Reaction {
    #[track_caller]
    pub(crate) fn then(self, expected: impl IntoIterator<Item = Action>) -> Self {
        assert_eq!(self.actions, expected.into_iter().collect::<Vec<_>>());
        self
    }

    #[track_caller]
    pub(crate) fn then_nothing(self) -> Self {
        self.then([])
    }

    #[track_caller]
    pub(crate) fn then_status(self, expected: &str) -> Self {
        assert_eq!(self.status, expected);
        self
    }
}
