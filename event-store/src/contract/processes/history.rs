//! What clients were answered, and whether the log agrees.

use std::collections::BTreeMap;

use cqrs_es::Aggregate;

use super::scribe::{self, OutOfBounds, Scribe, Write, Written};
use crate::{Answer, BusError, EventLog, Filter, MemoryLog, Position, RecordedEvent, StreamId};

/// What a client was answered.
#[derive(Debug)]
pub(super) enum Outcome {
    Done(Answer),
    /// Refused on a state with this digest.
    Refused(u64),
    /// The aggregate was not at the expected sequence, but at this one.
    Elsewhere(i64),
    /// Nothing was written, and the client may retry.
    Retry,
    /// Whether anything was written is not known.
    Unknown,
    Wrong(String),
}

impl Outcome {
    pub(super) fn of(answer: Result<Answer, BusError<OutOfBounds>>) -> Self {
        match answer {
            Ok(answer) => Self::Done(answer),
            Err(BusError::Refused(OutOfBounds { digest })) => Self::Refused(digest),
            Err(BusError::SequenceMismatch { actual, .. }) => Self::Elsewhere(actual),
            Err(BusError::Contended | BusError::Overloaded) => Self::Retry,
            Err(BusError::Unavailable(_) | BusError::DeadlineExceeded) => Self::Unknown,
            Err(other) => Self::Wrong(other.to_string()),
        }
    }
}

/// One time that a command was sent.
struct Attempt {
    write: Write,
    /// The head of the log when it was sent, and when it was answered.
    during: (Position, Position),
    outcome: Option<Outcome>,
}

#[derive(Default)]
pub(super) struct History {
    attempts: Vec<Attempt>,
    commands: u64,
}

impl History {
    pub(super) fn next_command(&mut self) -> u64 {
        self.commands += 1;
        self.commands
    }

    /// A command that was sent before and carries a key.
    pub(super) fn any(&self, random: u64) -> Option<Write> {
        let length = u64::try_from(self.attempts.len()).unwrap();
        let index = usize::try_from(random.checked_rem(length)?).unwrap();
        Some(self.attempts[index].write).filter(|write| write.keyed)
    }

    pub(super) fn sent(&mut self, write: Write, head: Position) -> u64 {
        self.attempts.push(Attempt {
            write,
            during: (head, Position::MAX),
            outcome: None,
        });
        u64::try_from(self.attempts.len() - 1).unwrap()
    }

    pub(super) fn answered(&mut self, attempt: u64, outcome: Outcome, head: Position) {
        let attempt = &mut self.attempts[usize::try_from(attempt).unwrap()];
        attempt.outcome = Some(outcome);
        attempt.during.1 = head;
    }

    /// Compares everything with the log, and gives the number of its events.
    pub(super) async fn check(&self, log: &MemoryLog, snapshot_version: i32) -> Result<usize, String> {
        let events = log.read(0, usize::MAX, &Filter::default()).await.unwrap();
        let mut aggregates = BTreeMap::<String, Folded>::new();
        for event in &events {
            let folded = aggregates.entry(event.aggregate_id.clone()).or_default();
            folded.fold(event)?;
        }
        for (id, folded) in &aggregates {
            let stream = StreamId::new(Scribe::TYPE, id.clone());
            if let Some(snapshot) = log.load_snapshot(&stream, snapshot_version).await.unwrap() {
                let state: Scribe = serde_json::from_str(&snapshot.state).unwrap();
                let sequence = usize::try_from(snapshot.sequence).unwrap();
                let real = folded.states.get(sequence).map(|(_, state)| state);
                if real != Some(&state) {
                    return Err(format!(
                        "the snapshot of {id} at {sequence} never was: {state:?}, {real:?}"
                    ));
                }
            }
        }
        for attempt in &self.attempts {
            let folded = aggregates.entry(scribe::id(attempt.write.aggregate)).or_default();
            folded.explain(attempt)?;
        }
        Ok(events.len())
    }
}

/// An aggregate as the log has it.
struct Folded {
    /// The state after each event with that event's position, beginning with the state before the first one.
    states: Vec<(Position, Scribe)>,
    /// The sequences that each command wrote.
    written: BTreeMap<u64, Vec<usize>>,
}

impl Default for Folded {
    fn default() -> Self {
        Self {
            states: vec![(0, Scribe::default())],
            written: BTreeMap::new(),
        }
    }
}

impl Folded {
    fn fold(&mut self, event: &RecordedEvent) -> Result<(), String> {
        let written: Written = serde_json::from_str(&event.payload).unwrap();
        let mut state = self.states.last().unwrap().1.clone();
        if !state.is_basis_of(&written) {
            return Err(format!(
                "{event:?} was decided on something that never was: the log had {state:?}"
            ));
        }
        let sequences = self.written.entry(written.command).or_default();
        sequences.push(self.states.len());
        state.apply(written);
        self.states.push((event.position, state));
        Ok(())
    }

    fn explain(&self, attempt: &Attempt) -> Result<(), String> {
        let Write {
            command,
            events,
            keyed,
            expected,
            ..
        } = attempt.write;
        let written = self.written.get(&command).map(Vec::as_slice).unwrap_or_default();
        let wrong = |what: &str| {
            Err(format!(
                "command {command}: {what} ({:?}, wrote {written:?})",
                attempt.outcome
            ))
        };
        let count = u64::try_from(written.len()).unwrap();
        if count != 0 && count != events {
            return wrong("was written in part or more than once");
        }
        if let (Some(expected), Some(first)) = (expected, written.first())
            && usize::try_from(expected + 1) != Ok(*first)
        {
            return wrong("was written at another sequence than it expected");
        }
        match &attempt.outcome {
            Some(Outcome::Done(answer)) => {
                let last = written.last().copied().unwrap_or_default();
                if usize::try_from(answer.sequence) != Ok(last) || self.states[last].0 != answer.position {
                    return wrong("was acknowledged with another place than its own");
                }
            }
            // With a key, another attempt may have succeeded before or after.
            Some(Outcome::Refused(_) | Outcome::Elsewhere(_) | Outcome::Retry) if count > 0 && !keyed => {
                return wrong("was refused and written");
            }
            Some(Outcome::Refused(digest)) => {
                if !self.was_newest(attempt, |state, _| state.digest == *digest) {
                    return wrong("was refused on a state that never was the newest");
                }
            }
            Some(Outcome::Elsewhere(actual)) => {
                if !self.was_newest(attempt, |_, sequence| i64::try_from(sequence) == Ok(*actual)) {
                    return wrong("was told a sequence that never was the newest");
                }
            }
            Some(Outcome::Wrong(what)) => return wrong(what),
            Some(Outcome::Retry | Outcome::Unknown) | None => {}
        }
        Ok(())
    }

    /// Whether such a state was the newest one at some moment between the command and its answer.
    fn was_newest(&self, attempt: &Attempt, matches: impl Fn(&Scribe, usize) -> bool) -> bool {
        let (sent, answered) = attempt.during;
        let ends = self
            .states
            .iter()
            .skip(1)
            .map(|(position, _)| *position)
            .chain([Position::MAX]);
        self.states
            .iter()
            .enumerate()
            .zip(ends)
            .any(|((sequence, (begins, state)), ends)| {
                *begins <= answered && ends > sent && matches(state, sequence)
            })
    }
}
