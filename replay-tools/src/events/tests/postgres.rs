//! The same on PostgreSQL, with the rights of an auditor.

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
