//! Several commands of one process in flight on an aggregate that another process writes, too.
//!
//! The process `here` remembers an aggregate of which `there` wrote one more event. The first command of
//! `here` is refused by the log for that; the second one was decided on the first, so it names the very
//! sequence that the log has by now. The sequence alone cannot refuse it.

use std::{pin::pin, sync::Arc, task::Poll};

use futures::{future::join, poll};
use sqlx::{Connection, PgConnection};

use super::{
    Database,
    counter::{Count, Counter, LIMIT, TooMuch},
    hold_the_head,
    paced::PacedLog,
};
use crate::{
    AppendError, BusError, BusOptions, CommandBus, CommandContext, Decoder, Log, MemoryLog, PostgresLog,
    PostgresLogOptions, Slot, StreamId, append::Submission, lineage::Lineage,
};

const VERSION: i32 = 1;

macro_rules! on_both_stages {
    ($($name:ident),+ $(,)?) => {
        mod in_memory {
            $(#[tokio::test] async fn $name() { super::$name(super::Stage::in_memory()).await; })+
        }
        mod in_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(super::Stage::in_postgres().await).await; })+
        }
    };
}

on_both_stages!(
    what_was_decided_on_a_refused_write_is_not_written,
    a_write_whose_caller_left_is_no_basis_for_the_next_command,
    a_command_after_a_lost_one_is_decided_on_the_log,
    a_refusal_that_rests_on_a_refused_write_is_not_given,
    no_snapshot_is_kept_of_a_state_that_never_was,
    what_rests_on_a_refused_append_is_refused_whatever_the_sequence,
    a_repeated_key_takes_no_honest_command_with_it,
);

/// Two processes on one log. Those of `here` are written one at a time.
struct Stage {
    here: Log,
    there: Log,
    paced: Option<PacedLog>,
    database: Option<Database>,
}

impl Stage {
    fn in_memory() -> Self {
        let log = MemoryLog::new(chrono::Utc::now);
        let paced = PacedLog::of(&log);
        Self {
            here: Arc::new(paced.clone()),
            there: Arc::new(log),
            paced: Some(paced),
            database: None,
        }
    }

    async fn in_postgres() -> Self {
        let database = Database::new().await;
        let options = PostgresLogOptions {
            batch_commands: 1,
            ..PostgresLogOptions::default()
        };
        let here = PostgresLog::open(database.pool().await, options).await.unwrap();
        Self {
            here: Arc::new(here),
            there: database.log().await,
            paced: None,
            database: Some(database),
        }
    }

    /// Keeps everything from being written until it is dropped.
    async fn hold(&self) -> Option<PgConnection> {
        match &self.database {
            Some(database) => Some(hold_the_head(database).await),
            // Nothing is written in memory unless [`Stage::run`] says so.
            None => None,
        }
    }

    async fn release(held: Option<PgConnection>) {
        if let Some(holder) = held {
            holder.close().await.unwrap();
        }
    }

    /// Runs to the end, while what is queued is written.
    async fn run<F: Future>(&self, work: F) -> F::Output {
        let Some(paced) = &self.paced else {
            return work.await;
        };
        let mut work = pin!(work);
        loop {
            if let Poll::Ready(output) = poll!(work.as_mut()) {
                return output;
            }
            if !paced.write_one() {
                tokio::task::yield_now().await;
            }
        }
    }

    fn bus(log: &Log) -> CommandBus {
        let options = BusOptions {
            snapshot_every: 3,
            ..BusOptions::default()
        };
        CommandBus::new(log.clone(), Arc::new(Decoder::default()), options).with_snapshots::<Counter>(VERSION)
    }

    /// The bus of `here`, which remembers 1 at sequence 1, while the log says 9 at sequence 2.
    async fn one_behind(&self) -> CommandBus {
        let (here, there) = (Self::bus(&self.here), Self::bus(&self.there));
        self.run(raise(&here, 1)).await.unwrap();
        raise(&there, 8).await.unwrap();
        here
    }

    /// What the log says, as a process without any memory has it.
    async fn value(&self) -> i64 {
        let bus = CommandBus::new(
            self.there.clone(),
            Arc::new(Decoder::default()),
            BusOptions::default(),
        );
        bus.fetch::<Counter>("c").await.unwrap().state.value
    }
}

async fn raise(bus: &CommandBus, by: i64) -> Result<i64, BusError<TooMuch>> {
    let command = Count::Raise { by };
    let answer = bus
        .execute::<Counter>("c", command, CommandContext::default())
        .await?;
    Ok(answer.sequence)
}

async fn what_was_decided_on_a_refused_write_is_not_written(stage: Stage) {
    let here = stage.one_behind().await;
    let held = stage.hold().await;
    let mut both = pin!(join(raise(&here, 1), raise(&here, 8)));
    assert!(poll!(both.as_mut()).is_pending());
    Stage::release(held).await;
    let (small, large) = stage.run(both).await;
    assert_eq!(small.unwrap(), 3);
    assert!(matches!(large, Err(BusError::Refused(TooMuch))), "{large:?}");
    assert_eq!(stage.value().await, LIMIT);
}

async fn a_write_whose_caller_left_is_no_basis_for_the_next_command(stage: Stage) {
    let here = stage.one_behind().await;
    let held = stage.hold().await;
    let mut large = pin!(raise(&here, 8));
    {
        let mut lost = pin!(raise(&here, 1));
        assert!(poll!(lost.as_mut()).is_pending());
        assert!(poll!(large.as_mut()).is_pending());
    }
    Stage::release(held).await;
    let large = stage.run(large).await;
    assert!(matches!(large, Err(BusError::Refused(TooMuch))), "{large:?}");
    assert_eq!(stage.value().await, 9);
}

async fn a_command_after_a_lost_one_is_decided_on_the_log(stage: Stage) {
    let here = stage.one_behind().await;
    let held = stage.hold().await;
    {
        let mut lost = pin!(raise(&here, 1));
        assert!(poll!(lost.as_mut()).is_pending());
    }
    Stage::release(held).await;
    // Written behind the lost command by the same process: when it is answered, so is the lost one.
    stage
        .run(stage.here.append(super::append("other", 0, 1)))
        .await
        .unwrap();
    let large = stage.run(raise(&here, 8)).await;
    assert!(matches!(large, Err(BusError::Refused(TooMuch))), "{large:?}");
    assert_eq!(stage.value().await, 9);
}

async fn a_refusal_that_rests_on_a_refused_write_is_not_given(stage: Stage) {
    let (here, there) = (Stage::bus(&stage.here), Stage::bus(&stage.there));
    stage.run(raise(&here, 1)).await.unwrap();
    raise(&there, 1).await.unwrap();
    let held = stage.hold().await;
    // The first fills the counter, but only in the memory of this process.
    let mut both = pin!(join(raise(&here, 9), raise(&here, 1)));
    assert!(poll!(both.as_mut()).is_pending());
    Stage::release(held).await;
    let (large, small) = stage.run(both).await;
    assert!(matches!(large, Err(BusError::Refused(TooMuch))), "{large:?}");
    assert_eq!(small.unwrap(), 3);
    assert_eq!(stage.value().await, 3);
}

async fn no_snapshot_is_kept_of_a_state_that_never_was(stage: Stage) {
    let here = stage.one_behind().await;
    let held = stage.hold().await;
    // The second is due for a snapshot: sequence 3, value 10, of which the log will hold nothing.
    let mut both = pin!(join(raise(&here, 1), raise(&here, 8)));
    assert!(poll!(both.as_mut()).is_pending());
    Stage::release(held).await;
    let _outcomes = stage.run(both).await;
    let held: StreamId = StreamId::new("counter", "c");
    if let Some(snapshot) = stage.there.load_snapshot(&held, VERSION).await.unwrap() {
        let state: Counter = serde_json::from_str(&snapshot.state).unwrap();
        // The only state at sequence 3 that the log knows.
        assert_eq!((snapshot.sequence, state.value), (3, LIMIT));
    }
    // A process that starts from the snapshot and one that folds the log agree.
    let fresh = Stage::bus(&stage.there);
    let fetched = fresh.fetch::<Counter>("c").await.unwrap();
    assert_eq!((fetched.state.value, fetched.sequence), (stage.value().await, 3));
}

async fn what_rests_on_a_refused_append_is_refused_whatever_the_sequence(stage: Stage) {
    stage
        .run(stage.here.append(super::append("a", 0, 1)))
        .await
        .unwrap();
    let lineage = Lineage::default();
    let submit = |slot: Slot, append| {
        slot.submit_on(Submission {
            append,
            lineage: lineage.clone(),
            not_after: None,
        })
    };
    let held = stage.hold().await;
    // Expects 2 events where there is 1, so it is refused whatever happens.
    let first = submit(stage.here.reserve().await.unwrap(), super::append("a", 2, 1));
    let on_top = submit(stage.here.reserve().await.unwrap(), super::append("a", 3, 1));
    Stage::release(held).await;
    // Two foreign events in their place: the second now names the right sequence.
    let refused = stage.run(first).await;
    assert!(
        matches!(refused, Err(AppendError::Conflict { expected: 2, .. })),
        "{refused:?}"
    );
    stage.there.append(super::append("a", 1, 2)).await.unwrap();
    let lost = stage.run(on_top).await;
    assert!(
        matches!(
            lost,
            Err(AppendError::BasisLost { .. } | AppendError::Conflict { .. })
        ),
        "{lost:?}"
    );
    assert_eq!(stage.there.head().await.unwrap(), 3);
}

async fn a_repeated_key_takes_no_honest_command_with_it(stage: Stage) {
    let here = Stage::bus(&stage.here);
    let keyed = || {
        let key = crate::CommandKey {
            key: "k".to_owned(),
            fingerprint: Vec::new(),
        };
        let context = CommandContext {
            keys: vec![key],
            ..CommandContext::default()
        };
        here.execute::<Counter>("c", Count::Raise { by: 1 }, context)
    };
    stage.run(keyed()).await.unwrap();
    // The first repetition is found out by the log, and from then on the bus knows the key.
    assert!(stage.run(keyed()).await.unwrap().replayed);
    let before = stage.here.head().await.unwrap();
    for round in 1..LIMIT {
        let (repeated, honest) = stage.run(join(keyed(), raise(&here, 1))).await;
        assert!(repeated.unwrap().replayed);
        assert_eq!(honest.unwrap(), before + round);
    }
    assert_eq!(stage.value().await, LIMIT);
}
