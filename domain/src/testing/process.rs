//! The same idea for process managers: given these events, when this one happens, then do that.

use chrono::{DateTime, Utc};

use crate::{
    Event,
    process::{Action, ProcessManager, TimerName},
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
        self.reaction(actions)
    }

    /// A timer rings.
    pub(crate) fn when_rings(mut self, name: TimerName, due_at: DateTime<Utc>) -> Reaction {
        let actions = self.ring(name, due_at);
        self.reaction(actions)
    }

    /// A timer rang before.
    pub(crate) fn given_rang(mut self, name: TimerName, due_at: DateTime<Utc>) -> Self {
        self.ring(name, due_at);
        self
    }

    fn ring(&mut self, name: TimerName, due_at: DateTime<Utc>) -> Vec<Action> {
        let id = self.id.clone().unwrap_or_default();
        self.state.timer(&id, name, due_at)
    }

    fn reaction(self, actions: Vec<Action>) -> Reaction {
        let is_timer =
            |action: &Action| matches!(action, Action::SetTimer { .. } | Action::CancelTimer { .. });
        let (timers, actions) = actions.into_iter().partition(is_timer);
        Reaction {
            actions,
            timers,
            status: self.state.status(),
            step: self.state.step(),
        }
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
    timers: Vec<Action>,
    status: &'static str,
    step: &'static str,
}

impl Reaction {
    #[track_caller]
    pub(crate) fn then(self, expected: impl IntoIterator<Item = Action>) -> Self {
        assert_eq!(self.actions, expected.into_iter().collect::<Vec<_>>());
        self
    }

    /// What the process did with its timers; `then` does not look at them.
    #[track_caller]
    pub(crate) fn then_timers(self, expected: impl IntoIterator<Item = Action>) -> Self {
        assert_eq!(self.timers, expected.into_iter().collect::<Vec<_>>());
        self
    }

    #[track_caller]
    pub(crate) fn then_step(self, expected: &str) -> Self {
        assert_eq!(self.step, expected);
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
