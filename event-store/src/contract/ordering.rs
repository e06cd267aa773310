//! Several writers and readers on one database, as several processes would be.

use std::time::Duration;

use futures::future::join_all;
use sqlx::{Connection, Row};

use super::{Database, append};
use crate::{AppendError, Filter, Subscription};

/// Writers of one aggregate each and of one that they all fight for; readers that follow from the start.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_reader_skips_an_event_while_many_processes_write() {
    const WRITERS: usize = 4;
    const COMMANDS: i64 = 60;
    let database = Database::new().await;
    let mut logs = Vec::new();
    for _ in 0..WRITERS {
        logs.push(database.log().await);
    }
    let writers = logs.iter().enumerate().map(|(number, log)| {
        let log = log.clone();
        tokio::spawn(async move {
            let mut won = 0;
            for sequence in 0..COMMANDS {
                log.append(append(&format!("own {number}"), sequence, 1))
                    .await
                    .unwrap();
                let newest = log.sequence(&super::stream("shared")).await.unwrap();
                match log.append(append("shared", newest, 2)).await {
                    Ok(_) => won += 2,
                    Err(AppendError::Conflict { .. }) => {}
                    Err(other) => panic!("{other}"),
                }
            }
            won
        })
    });
    let writers: Vec<_> = writers.collect();
    let stop = tokio_util::sync::CancellationToken::new();
    let readers = logs.iter().map(|log| {
        let mut subscription = Subscription::new(log.clone(), 0, Filter::default());
        let stop = stop.clone();
        let log = log.clone();
        tokio::spawn(async move {
            let mut expected = 1;
            loop {
                let finished = stop.is_cancelled() && log.head().await.unwrap() == subscription.position();
                if finished {
                    return subscription.position();
                }
                let page = tokio::select! {
                    page = subscription.next_page(13) => page.unwrap(),
                    () = stop.cancelled(), if !stop.is_cancelled() => continue,
                };
                for event in &page {
                    assert_eq!(event.position, expected, "a reader skipped or repeated an event");
                    expected += 1;
                }
            }
        })
    });
    let readers: Vec<_> = readers.collect();
    let won: i64 = join_all(writers).await.into_iter().map(Result::unwrap).sum();
    stop.cancel();
    let written = won + COMMANDS * i64::try_from(WRITERS).unwrap();
    for reader in join_all(readers).await {
        assert_eq!(reader.unwrap(), written);
    }
}

/// The interleaving that loses events where positions come from a sequence: a writer that is numbered
/// first and commits last. Here the second writer cannot even be numbered before the first committed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_paused_before_its_commit_holds_later_positions_back() {
    let database = Database::new().await;
    let log = database.log().await;
    let pool = database.pool().await;
    let mut slow = pool.acquire().await.unwrap();
    let mut transaction = slow.begin().await.unwrap();
    let sql = "SELECT number FROM append_events('{thing}', '{slow}', '{0}', '{1}', '{thing}', '{slow}', '{1}', '{Happened}', '{1}', \
               '{{}}', '{{}}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}') WHERE verdict = 'batch'";
    let sql = sql.replace("'{{}}'", "ARRAY['{}'::json]");
    let before: i64 = sqlx::query(&sql)
        .fetch_one(&mut *transaction)
        .await
        .unwrap()
        .get(0);
    assert_eq!(before, 0);

    let quick = tokio::spawn({
        let log = log.clone();
        async move { log.append(append("quick", 0, 1)).await.unwrap() }
    });
    // The quick writer is waiting for the lock: PostgreSQL itself says so.
    let waiting =
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('tuple', 'transactionid')";
    while sqlx::query_scalar::<_, i64>(waiting)
        .fetch_one(&pool)
        .await
        .unwrap()
        == 0
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(
        log.read(0, 10, &Filter::default()).await.unwrap().is_empty(),
        "nothing is visible yet"
    );
    transaction.commit().await.unwrap();
    assert_eq!(quick.await.unwrap().position, 2);
    let events = log.read(0, 10, &Filter::default()).await.unwrap();
    let order: Vec<_> = events.iter().map(|event| event.aggregate_id.as_str()).collect();
    assert_eq!(order, ["slow", "quick"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_of_another_process_wakes_a_subscriber() {
    let database = Database::new().await;
    let (here, there) = (database.log().await, database.log().await);
    let mut woken = here.watch();
    there.append(append("a", 0, 1)).await.unwrap();
    woken.wait_for(|position| *position == 1).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_the_database_cannot_store_fails_alone() {
    let database = Database::new().await;
    let log = database.log().await;
    let mut broken = append("broken", 0, 1);
    broken.events[0].payload = "no json".to_owned();
    let attempts = [append("a", 0, 1), broken, append("b", 0, 1)].map(|append| {
        let log = log.clone();
        async move { log.append(append).await }
    });
    let answers = join_all(attempts).await;
    assert!(answers[0].is_ok() && answers[2].is_ok());
    assert!(matches!(answers[1], Err(AppendError::Unavailable(_))));
    assert_eq!(log.head().await.unwrap(), 2);
}
