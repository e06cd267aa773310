//! A database that is cut off, frozen, silently gone or busy: what a log and a bus do then.

use std::{sync::Arc, time::Duration};

use platform::postgres::line::Line;
use sqlx::{Connection, postgres::PgPoolOptions};

use super::{
    Database, append,
    counter::{Count, Counter},
    hold_the_head, stream, with_key,
};
use crate::{
    AppendError, BusError, BusOptions, CommandBus, CommandContext, CommandKey, Decoder, EventLog, Filter,
    Log, PostgresLog, PostgresLogOptions, ReadError, Subscription,
};

/// How long the logs of these tests wait for an answer: as long as it takes to see that they do not
/// wait for ever.
const LIMIT: Duration = Duration::from_millis(300);

/// A log at the end of a line.
async fn distant(line: &Line) -> PostgresLog {
    let pool = PgPoolOptions::new().max_connections(4).acquire_timeout(LIMIT * 3);
    let pool = pool.connect_with(line.connect_options()).await.unwrap();
    let options = PostgresLogOptions {
        write_limit: LIMIT,
        read_limit: LIMIT,
        ..PostgresLogOptions::default()
    };
    PostgresLog::open(pool, options).await.unwrap()
}

/// Sends a command under one key until it is acknowledged, and counts the failures.
async fn insist(log: &PostgresLog, id: &str, expected: i64) -> usize {
    for failures in 0..200 {
        match log
            .append(with_key(append(id, expected, 1), &format!("{id} {expected}"), ""))
            .await
        {
            Ok(appended) => {
                assert_eq!(appended.sequence, expected + 1);
                return failures;
            }
            Err(AppendError::Unavailable(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
    panic!("the log did not come back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_database_is_given_up_in_time_and_found_again() {
    let database = Database::new().await;
    let line = Line::to(&database.scratch.options()).await.unwrap();
    let log = distant(&line).await;
    log.append(append("a", 0, 1)).await.unwrap();
    log.check_writable().await.unwrap();

    line.freeze();
    let command = || with_key(append("a", 1, 1), "k", "");
    assert!(matches!(
        log.append(command()).await,
        Err(AppendError::Unavailable(_))
    ));
    assert!(matches!(log.head().await, Err(ReadError::Unavailable(_))));
    assert!(
        log.check_writable().await.is_err(),
        "nobody should send commands here"
    );

    line.heal();
    while log.check_writable().await.is_err() {}
    // Whether the first try arrived is not known to anybody, and the key makes that good.
    log.append(command()).await.unwrap();
    assert_eq!(log.head().await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_silently_dead_are_replaced() {
    let database = Database::new().await;
    let line = Line::to(&database.scratch.options()).await.unwrap();
    let log = distant(&line).await;
    for round in 0..3 {
        assert!(
            insist(&log, "a", round).await <= 8,
            "each dead connection may fail one try"
        );
        // All of the pool are in use, so that all of them die.
        let all = Filter::default();
        let reads = (0..4).map(|_| log.read(0, 10, &all));
        futures::future::join_all(reads).await;
        line.lose();
    }
    insist(&log, "a", 3).await;
    let mut tries = 0;
    while log.load(&stream("a"), 0, 10).await.is_err() {
        tries += 1;
        assert!(tries <= 8, "a dead connection keeps its place in the pool");
    }
    assert_eq!(log.sequence(&stream("a")).await.unwrap(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_neither_skips_nor_repeats_however_its_connections_are_lost() {
    let database = Database::new().await;
    let line = Line::to(&database.scratch.options()).await.unwrap();
    let (near, far) = (database.log().await, distant(&line).await);
    let mut subscription = Subscription::new(Arc::new(far), 0, Filter::default());
    let mut seen = Vec::new();
    for round in 0..12 {
        near.append(append("a", round * 2, 2)).await.unwrap();
        match round % 4 {
            0 => line.cut(),
            1 => line.lose(),
            2 => line.freeze(),
            _ => {}
        }
        near.append(append("b", round, 1)).await.unwrap();
        line.heal();
        let written = near.head().await.unwrap();
        let mut failures = 0;
        while subscription.position() < written {
            match subscription.next_page(2).await {
                Ok(page) => seen.extend(page.iter().map(|event| event.position)),
                Err(ReadError::Unavailable(_)) => failures += 1,
            }
            assert!(failures <= 8, "the subscriber does not come back");
        }
    }
    assert_eq!(seen, (1..=36).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_refuses_and_what_it_took_is_written() {
    const QUEUED: usize = 4;
    let database = Database::new().await;
    let options = PostgresLogOptions {
        queued_commands: QUEUED,
        batch_commands: 2,
        ..PostgresLogOptions::default()
    };
    let log = PostgresLog::open(database.pool().await, options).await.unwrap();
    let holder = hold_the_head(&database).await;
    let mut tickets = Vec::new();
    let refusal = loop {
        match log.reserve().await {
            Ok(slot) => tickets.push(slot.submit(append(&format!("s{}", tickets.len()), 0, 1))),
            Err(refusal) => break refusal,
        }
        assert!(tickets.len() <= 64, "the queue has no end");
    };
    assert!(matches!(refusal, AppendError::Overloaded));
    // Those that wait, and those that the writer has taken already: a batch under way and the next one.
    assert!(
        (QUEUED..=QUEUED + 2 * 2).contains(&tickets.len()),
        "{}",
        tickets.len()
    );
    holder.close().await.unwrap();
    let accepted = i64::try_from(tickets.len()).unwrap();
    for ticket in tickets {
        ticket.await.unwrap();
    }
    assert_eq!(log.head().await.unwrap(), accepted);
    log.append(append("later", 0, 1)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_commands_fill_the_queue_before_it_is_full_of_them() {
    let database = Database::new().await;
    let options = PostgresLogOptions {
        queued_bytes: 10_000,
        ..PostgresLogOptions::default()
    };
    let log = PostgresLog::open(database.pool().await, options).await.unwrap();
    let holder = hold_the_head(&database).await;
    let large = |id: &str| {
        let mut large = append(id, 0, 1);
        large.events[0].payload = format!("\"{}\"", "x".repeat(6_000));
        large
    };
    let first = log.reserve().await.unwrap().submit(large("first"));
    let second = log.reserve().await.unwrap().submit(large("second"));
    assert!(matches!(second.await, Err(AppendError::Overloaded)));
    holder.close().await.unwrap();
    first.await.unwrap();
    // What was answered takes no room any more.
    log.append(large("third")).await.unwrap();
    assert_eq!(log.head().await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_is_answered_at_its_deadline_and_done_once_when_it_is_sent_again() {
    let database = Database::new().await;
    let log: Log = database.log().await;
    let options = BusOptions {
        deadline: LIMIT,
        ..BusOptions::default()
    };
    let bus = CommandBus::new(log.clone(), Arc::new(Decoder::default()), options);
    let context = || CommandContext {
        keys: vec![CommandKey {
            key: "k".to_owned(),
            fingerprint: Vec::new(),
        }],
        ..CommandContext::default()
    };
    let holder = hold_the_head(&database).await;
    let late = bus
        .execute::<Counter>("c", Count::Raise { by: 1 }, context())
        .await;
    assert!(matches!(late, Err(BusError::DeadlineExceeded)), "{late:?}");
    holder.close().await.unwrap();
    let answer = bus
        .execute::<Counter>("c", Count::Raise { by: 1 }, context())
        .await
        .unwrap();
    assert_eq!(
        (answer.sequence, answer.replayed),
        (1, true),
        "it was written after all"
    );
    assert_eq!(bus.fetch::<Counter>("c").await.unwrap().state.value, 1);
    assert_eq!(log.head().await.unwrap(), 1);
}
