//! What must hold of the log and of what everybody said about it.

use std::{collections::BTreeMap, fmt};

use cqrs_es::Aggregate as _;
use event_store::RecordedEvent;
use tests::soak::{Acknowledged, CommandName, Seen, Tallied, Tally};

use super::cast::Said;

/// How much there was.
pub(super) struct Figures {
    commands: usize,
    replayed: usize,
    events: usize,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            commands,
            replayed,
            events,
        } = self;
        write!(
            f,
            "{commands} commands acknowledged ({replayed} of them found done when they were sent again), {events} events"
        )
    }
}

pub(super) fn check(log: &[RecordedEvent], writers: &Said<Acknowledged>, readers: &Said<Seen>) -> Figures {
    is_dense(log);
    let commands = commands_of(log);
    let mut acknowledged = 0;
    for (writer, lines) in writers {
        acknowledged += lines.len();
        for line in lines {
            let name = CommandName {
                writer: writer.clone(),
                lane: line.lane,
                number: line.number,
            };
            let written = commands.get(&name.to_string());
            let written = written.unwrap_or_else(|| panic!("{name} was acknowledged and is not in the log"));
            let last = written.last().unwrap();
            assert_eq!(
                written.len() as u64,
                name.events(),
                "{name} is there wholly and once"
            );
            assert_eq!(
                (last.position, last.sequence),
                (line.position, line.sequence),
                "the answer to {name}"
            );
            assert_eq!(last.aggregate_id, name.aggregate_id());
        }
        numbers_are_dense(writer, lines);
    }
    assert_eq!(
        commands.len(),
        acknowledged,
        "nothing is in the log that nobody was told of"
    );
    for (aggregate_id, seen) in readers {
        let expected = log
            .iter()
            .filter(|event| aggregate_id.is_empty() || event.aggregate_id == *aggregate_id);
        let expected: Vec<Seen> = expected.map(seen_of).collect();
        assert_eq!(seen.len(), expected.len(), "a reader skipped or repeated");
        for (seen, expected) in seen.iter().zip(&expected) {
            assert_eq!(seen, expected, "a reader skipped, repeated or saw something else");
        }
    }
    let all = writers.iter().flat_map(|(_, lines)| lines);
    Figures {
        commands: acknowledged,
        replayed: all.filter(|line| line.replayed).count(),
        events: log.len(),
    }
}

/// Positions and sequences have no gaps, and each event was decided on exactly the events before it.
fn is_dense(log: &[RecordedEvent]) {
    let mut aggregates = BTreeMap::<&str, (i64, Tally)>::new();
    for (position, event) in (1..).zip(log) {
        assert_eq!(event.position, position, "positions are dense");
        let (sequence, tally) = aggregates.entry(&event.aggregate_id).or_default();
        *sequence += 1;
        assert_eq!(event.sequence, *sequence, "sequences are dense");
        let tallied = tallied(event);
        assert!(
            tally.is_basis_of(&tallied),
            "{event:?} was decided on something that never was: the log had {tally:?}"
        );
        tally.apply(tallied);
    }
    assert!(
        log.is_sorted_by_key(|event| event.recorded_at),
        "times never go back"
    );
}

/// The events of each command, which stand together and in order.
fn commands_of(log: &[RecordedEvent]) -> BTreeMap<String, Vec<&RecordedEvent>> {
    let mut commands = BTreeMap::<String, Vec<&RecordedEvent>>::new();
    for event in log {
        let Tallied { command, part, .. } = tallied(event);
        let written = commands.entry(command).or_default();
        assert_eq!(
            written.len() as u64 + 1,
            part,
            "{event:?} is there twice or out of order"
        );
        let together = written
            .last()
            .is_none_or(|last| last.position + 1 == event.position);
        assert!(together, "{event:?} is apart from the rest of its command");
        written.push(event);
    }
    commands
}

/// Each command was acknowledged once, and none was forgotten across restarts.
fn numbers_are_dense(writer: &str, lines: &[Acknowledged]) {
    let mut lanes = BTreeMap::<usize, u64>::new();
    for line in lines {
        let last = lanes.entry(line.lane).or_default();
        *last += 1;
        assert_eq!(line.number, *last, "{writer} on lane {}", line.lane);
    }
}

fn tallied(event: &RecordedEvent) -> Tallied {
    serde_json::from_str(&event.payload).unwrap()
}

fn seen_of(event: &RecordedEvent) -> Seen {
    let Tallied { command, part, .. } = tallied(event);
    Seen {
        position: event.position,
        aggregate_id: event.aggregate_id.clone(),
        sequence: event.sequence,
        command: format!("{command}:{part}"),
    }
}
