//! Snapshots, and aggregates that are taken for new.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{
    counter::{Count, Counter, TooMuch},
    on_both_logs,
};
use crate::{BusError, BusOptions, CommandBus, CommandContext, Decoder, Log, Snapshot, StreamId};

const VERSION: i32 = 3;

on_both_logs!(
    a_state_is_loaded_from_its_snapshot_and_the_events_after_it,
    a_snapshot_is_left_for_the_next_load,
    a_snapshot_of_another_shape_is_not_read,
    a_snapshot_that_cannot_be_read_is_folded_anew,
    an_older_snapshot_does_not_take_the_place_of_a_newer_one,
    an_aggregate_taken_for_new_is_decided_on_its_real_state,
    an_aggregate_taken_for_new_keeps_its_memory,
);

fn bus(log: &Log) -> CommandBus {
    let options = BusOptions {
        snapshot_every: 4,
        ..BusOptions::default()
    };
    CommandBus::new(log.clone(), Arc::new(Decoder::default()), options).with_snapshots::<Counter>(VERSION)
}

fn counter() -> StreamId {
    StreamId::new("counter", "c")
}

async fn raise(bus: &CommandBus, by: i64, assume_new: bool) -> Result<i64, BusError<TooMuch>> {
    let context = CommandContext {
        assume_new,
        ..CommandContext::default()
    };
    let answer = bus.execute::<Counter>("c", Count::Raise { by }, context).await?;
    Ok(answer.sequence)
}

async fn value(bus: &CommandBus) -> (i64, i64) {
    let counter = bus.fetch::<Counter>("c").await.unwrap();
    (counter.state.value, counter.sequence)
}

/// A snapshot that says what never happened: whoever believes it has read it.
async fn plant(log: &Log, version: i32, sequence: i64, state: &str) {
    let snapshot = Snapshot {
        version,
        sequence,
        state: state.to_owned(),
    };
    log.save_snapshot(&counter(), snapshot).await.unwrap();
}

/// Snapshots are written in the background.
async fn snapshot_of(log: &Log) -> Snapshot {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(snapshot) = log.load_snapshot(&counter(), VERSION).await.unwrap() {
            return snapshot;
        }
        assert!(Instant::now() < deadline, "no snapshot was taken");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn a_state_is_loaded_from_its_snapshot_and_the_events_after_it(log: Log) {
    for _ in 0..3 {
        raise(&bus(&log), 1, false).await.unwrap();
    }
    plant(&log, VERSION, 2, r#"{"value":5}"#).await;
    assert_eq!(value(&bus(&log)).await, (6, 3));
}

async fn a_snapshot_is_left_for_the_next_load(log: Log) {
    let busy = bus(&log);
    for _ in 0..6 {
        raise(&busy, 1, false).await.unwrap();
    }
    let snapshot = snapshot_of(&log).await;
    assert_eq!(snapshot.sequence, 4);
    assert_eq!(value(&bus(&log)).await, value(&busy).await);
    assert_eq!(value(&busy).await, (6, 6));
}

async fn a_snapshot_of_another_shape_is_not_read(log: Log) {
    raise(&bus(&log), 1, false).await.unwrap();
    plant(&log, VERSION - 1, 1, r#"{"value":7}"#).await;
    assert_eq!(value(&bus(&log)).await, (1, 1));
}

async fn a_snapshot_that_cannot_be_read_is_folded_anew(log: Log) {
    raise(&bus(&log), 1, false).await.unwrap();
    plant(&log, VERSION, 1, r#"{"value":"seven"}"#).await;
    assert_eq!(value(&bus(&log)).await, (1, 1));
}

async fn an_older_snapshot_does_not_take_the_place_of_a_newer_one(log: Log) {
    plant(&log, VERSION, 9, r#"{"value":9}"#).await;
    plant(&log, VERSION, 8, r#"{"value":8}"#).await;
    plant(&log, VERSION - 1, 10, r#"{"value":10}"#).await;
    assert_eq!(snapshot_of(&log).await.sequence, 9);
}

async fn an_aggregate_taken_for_new_is_decided_on_its_real_state(log: Log) {
    raise(&bus(&log), 6, true).await.unwrap();
    assert_eq!(raise(&bus(&log), 4, true).await.unwrap(), 2);
    let refused = raise(&bus(&log), 1, true).await;
    assert!(matches!(refused, Err(BusError::Refused(TooMuch))), "{refused:?}");
}

async fn an_aggregate_taken_for_new_keeps_its_memory(log: Log) {
    let bus = bus(&log);
    for sequence in 1..=3 {
        assert_eq!(raise(&bus, 3, true).await.unwrap(), sequence);
    }
    assert!(raise(&bus, 3, true).await.is_err());
    assert_eq!(value(&bus).await, (9, 3));
}
