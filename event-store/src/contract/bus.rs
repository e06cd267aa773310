//! The command bus on both logs.

use std::sync::Arc;

use futures::future::join_all;

use super::{
    Database, append,
    counter::{Count, Counter, LIMIT, TooMuch},
    on_both_logs,
};
use crate::{BusError, BusOptions, CommandBus, CommandContext, CommandKey, Decoder, Filter, Log, StreamId};

on_both_logs!(
    a_command_is_decided_on_everything_before_it,
    commands_on_one_aggregate_at_once_never_break_its_rule,
    buses_with_several_commands_in_flight_never_break_a_rule,
    two_buses_on_one_aggregate_never_break_its_rule,
    a_repeated_key_is_answered_even_when_the_rule_would_refuse,
    an_expected_sequence_must_be_the_actual_one,
    a_command_without_effect_is_answered_with_where_things_stand,
    metadata_is_on_every_event,
    a_state_is_fetched_with_what_another_process_wrote,
);

fn bus(log: &Log) -> CommandBus {
    CommandBus::new(log.clone(), Arc::new(Decoder::default()), BusOptions::default())
}

async fn raise(bus: &CommandBus, by: i64) -> Result<i64, BusError<TooMuch>> {
    let answer = bus
        .execute::<Counter>("c", Count::Raise { by }, CommandContext::default())
        .await?;
    Ok(answer.sequence)
}

fn keyed(key: &str, body: &str) -> CommandContext {
    let key = CommandKey {
        key: key.to_owned(),
        fingerprint: body.as_bytes().to_vec(),
    };
    CommandContext {
        keys: vec![key],
        ..CommandContext::default()
    }
}

async fn a_command_is_decided_on_everything_before_it(log: Log) {
    let bus = bus(&log);
    assert_eq!(raise(&bus, 6).await.unwrap(), 1);
    assert!(matches!(raise(&bus, 6).await, Err(BusError::Refused(TooMuch))));
    assert_eq!(raise(&bus, 4).await.unwrap(), 2);
    let counter = bus.fetch::<Counter>("c").await.unwrap();
    assert_eq!((counter.state.value, counter.sequence), (10, 2));
}

async fn commands_on_one_aggregate_at_once_never_break_its_rule(log: Log) {
    let bus = bus(&log);
    let answers = join_all((0..50).map(|_| raise(&bus, 1))).await;
    let done = answers.iter().filter(|answer| answer.is_ok()).count();
    let refused = answers
        .iter()
        .filter(|a| matches!(a, Err(BusError::Refused(TooMuch))))
        .count();
    assert_eq!((done, refused), (10, 40));
    assert_eq!(log.head().await.unwrap(), LIMIT);
}

async fn two_buses_on_one_aggregate_never_break_its_rule(log: Log) {
    let buses = [bus(&log), bus(&log)];
    for round in 0..5 {
        let (one, other) = futures::join!(raise(&buses[0], 1), raise(&buses[1], 1));
        let mut sequences = [one.unwrap(), other.unwrap()];
        sequences.sort_unstable();
        assert_eq!(sequences, [2 * round + 1, 2 * round + 2]);
    }
    // Each remembers its own commands and must find out about the other's.
    for bus in &buses {
        assert!(matches!(raise(bus, 1).await, Err(BusError::Refused(TooMuch))));
    }
    assert_eq!(log.head().await.unwrap(), LIMIT);
}

/// Three processes with four commands each in flight on one aggregate, again and again: what was
/// acknowledged is what the log holds, to the unit.
async fn buses_with_several_commands_in_flight_never_break_a_rule(log: Log) {
    for round in 0..20 {
        let id = format!("c{round}");
        let buses = [bus(&log), bus(&log), bus(&log)];
        // Each remembers the counter at another sequence than the others.
        for bus in &buses {
            let first = Count::Raise { by: 1 };
            bus.execute::<Counter>(&id, first, CommandContext::default())
                .await
                .unwrap();
        }
        let commands = (0..12).map(|number| {
            let (bus, by) = (&buses[number % 3], [1, 3, 2, 4][number / 3]);
            let id = &id;
            async move {
                let answer = bus
                    .execute::<Counter>(id, Count::Raise { by }, CommandContext::default())
                    .await;
                match answer {
                    Ok(_) => by,
                    Err(BusError::Refused(TooMuch) | BusError::Contended) => 0,
                    Err(other) => panic!("{other}"),
                }
            }
        });
        let raised: i64 = 3 + join_all(commands).await.into_iter().sum::<i64>();
        for bus in &buses {
            assert_eq!(bus.fetch::<Counter>(&id).await.unwrap().state.value, raised);
        }
        assert!(raised <= LIMIT, "{raised}");
    }
}

async fn a_repeated_key_is_answered_even_when_the_rule_would_refuse(log: Log) {
    let bus = bus(&log);
    let fill = Count::Raise { by: LIMIT };
    let first = bus
        .execute::<Counter>("c", fill.clone(), keyed("k", "fill"))
        .await
        .unwrap();
    let again = bus
        .execute::<Counter>("c", fill.clone(), keyed("k", "fill"))
        .await
        .unwrap();
    assert!(again.replayed && again.position == first.position);
    let other = bus.execute::<Counter>("c", fill, keyed("k", "other")).await;
    assert!(matches!(other, Err(BusError::KeyReused { .. })));
    // The memory must not believe in the repeated command.
    let small = Count::Raise { by: 1 };
    bus.execute::<Counter>("d", small.clone(), keyed("d1", ""))
        .await
        .unwrap();
    bus.execute::<Counter>("d", small, keyed("d1", "")).await.unwrap();
    assert_eq!(bus.fetch::<Counter>("d").await.unwrap().state.value, 1);
}

async fn an_expected_sequence_must_be_the_actual_one(log: Log) {
    let bus = bus(&log);
    let at = |sequence| CommandContext {
        expected_sequence: Some(sequence),
        ..CommandContext::default()
    };
    let one = Count::Raise { by: 1 };
    bus.execute::<Counter>("c", one.clone(), at(0)).await.unwrap();
    let late = bus.execute::<Counter>("c", one.clone(), at(0)).await;
    assert!(matches!(
        late,
        Err(BusError::SequenceMismatch {
            expected: 0,
            actual: 1
        })
    ));
    bus.execute::<Counter>("c", one, at(1)).await.unwrap();
    assert_eq!(log.head().await.unwrap(), 2);
}

async fn a_command_without_effect_is_answered_with_where_things_stand(log: Log) {
    let bus = bus(&log);
    raise(&bus, 1).await.unwrap();
    log.append(append("elsewhere", 0, 1)).await.unwrap();
    let answer = bus
        .execute::<Counter>("c", Count::Stay, CommandContext::default())
        .await
        .unwrap();
    assert_eq!((answer.sequence, answer.position), (1, 2));
    let keyed = bus
        .execute::<Counter>("c", Count::Stay, keyed("k", ""))
        .await
        .unwrap();
    assert_eq!((keyed.sequence, keyed.position), (1, 2));
    assert_eq!(log.head().await.unwrap(), 2);
}

async fn metadata_is_on_every_event(log: Log) {
    let bus = bus(&log);
    let mut context = CommandContext::default();
    context.metadata.actor = "alice".to_owned();
    context.metadata.correlation_id = "request 7".to_owned();
    context.metadata.causation_id = Some("41".to_owned());
    context.metadata.command_id = "c-1".to_owned();
    bus.execute::<Counter>("c", Count::Raise { by: 1 }, context.clone())
        .await
        .unwrap();
    let event = log.read(0, 1, &Filter::default()).await.unwrap().remove(0);
    assert_eq!(event.metadata(), context.metadata);
}

async fn a_state_is_fetched_with_what_another_process_wrote(log: Log) {
    let (here, there) = (bus(&log), bus(&log));
    raise(&here, 1).await.unwrap();
    raise(&there, 2).await.unwrap();
    assert_eq!(here.fetch::<Counter>("c").await.unwrap().state.value, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_gives_up_leaves_the_memory_sound() {
    let database = Database::new().await;
    let log = database.log().await;
    let bus = Arc::new(bus(&log));
    for _ in 0..LIMIT * 2 {
        let bus = bus.clone();
        let command = tokio::spawn(async move { raise(&bus, 1).await });
        tokio::task::yield_now().await;
        command.abort();
    }
    // Whatever got through, the memory and the log agree on it: each event raised by one.
    let counter = bus.fetch::<Counter>("c").await.unwrap();
    let written = log.sequence(&StreamId::new("counter", "c")).await.unwrap();
    assert_eq!((counter.state.value, counter.sequence), (written, written));
    assert!(written <= LIMIT);
    assert!(raise(&bus, LIMIT + 1).await.is_err());
}
