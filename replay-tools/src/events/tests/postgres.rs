//! The same on PostgreSQL, with the rights of an auditor.

use std::time::{Duration, Instant};

use sqlx::PgPool;

use super::run;
use crate::testing::{ORDER, Shop, postgres::Database, shop};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_auditor_sees_what_was_written_and_can_write_nothing() {
    let database = Database::new().await;
    let auditor = Shop {
        log: database.log("souk_auditor").await,
    };
    let in_memory = shop().await;
    for line in [
        &["list", "--format", "csv", "--actor", "customer:1"][..],
        &["list", "--format", "csv", "--id", ORDER, "--aggregate", "order"],
        &["list", "--format", "csv", "--type", "OrderPaid", "--after", "2"],
        &["list", "--format", "csv", "--correlation", "request-2"],
        &["list", "--format", "csv", "--since", "2026-01-01", "--up-to", "6"],
        &["export"],
    ] {
        let (ours, theirs) = (run(&auditor, line).await, run(&in_memory, line).await);
        assert_eq!(without_times(&ours.out), without_times(&theirs.out), "{line:?}");
        assert_eq!(ours.notes, theirs.notes, "{line:?}");
    }
    let update = sqlx::query("INSERT INTO log_head (position) VALUES (1)");
    assert!(
        update
            .execute(&database.pool("souk_auditor").await)
            .await
            .is_err()
    );
}

/// How long the server may take to tell what it counted. It tells every ten seconds what idle sessions did.
const COUNTED_WITHIN: Duration = Duration::from_secs(60);

/// How often an index was scanned, and how many rows of the log were read without an index.
async fn counted(owner: &PgPool, index: &str) -> (i64, i64) {
    let query = sqlx::query_as(
        "SELECT i.idx_scan, t.seq_tup_read FROM pg_stat_user_indexes AS i JOIN pg_stat_user_tables AS t USING (relid) \
         WHERE i.indexrelname = $1",
    );
    query.bind(index).fetch_one(owner).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_did_something_and_what_followed_is_found_without_reading_the_whole_log() {
    let database = Database::new().await;
    let owner = database.owner().await;
    sqlx::raw_sql(include_str!("many.sql"))
        .execute(&owner)
        .await
        .unwrap();
    let auditor = Shop {
        log: database.log("souk_auditor").await,
    };
    for (index, filter) in [
        ("events_actor_idx", ["--actor", "seller:77"]),
        ("events_correlation_idx", ["--correlation", "offer-77"]),
    ] {
        let (scans, rows) = counted(&owner, index).await;
        let found = run(&auditor, &["list", "--format", "ndjson", filter[0], filter[1]]).await;
        assert_eq!(found.out.lines().count(), 20, "{filter:?}: {}", found.notes);
        // The server reports its counters late and signals nothing.
        let asked = Instant::now();
        while counted(&owner, index).await.0 == scans {
            assert!(asked.elapsed() < COUNTED_WITHIN, "{index} was not used");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(counted(&owner, index).await.1, rows, "{filter:?}");
    }
    owner.close().await;
}

/// Each log has its own clock.
fn without_times(text: &str) -> Vec<String> {
    let is_time = |part: &&str| !(part.len() == 27 && part.ends_with('Z'));
    text.lines()
        .map(|line| {
            line.split(['"', ','])
                .filter(is_time)
                .collect::<Vec<_>>()
                .join("|")
        })
        .collect()
}
