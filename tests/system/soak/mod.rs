//! Writers and readers in processes of their own, while everything that can die is killed.
//!
//! Some seconds as one of many tests; `SOUK_SOAK_SECONDS` gives it minutes.

mod audit;
mod cast;
mod hostile;
mod rest;

use std::time::{Duration, Instant};

use tests::until;

use self::cast::{Cast, Fault};

/// How long it goes on unless the environment says otherwise.
const SECONDS: u64 = 12;

/// How many more commands each writer must get through before the next thing is killed: so each fault is
/// recovered from by every writer.
const COMMANDS_BETWEEN_FAULTS: usize = 25;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_doubled_or_skipped_while_processes_and_the_server_are_killed() {
    let seconds = tests::soak::seconds(SECONDS).unwrap();
    let mut cast = Cast::start().await.unwrap();
    let start = Instant::now();
    let mut faults = Fault::in_turn();
    while start.elapsed() < Duration::from_secs(seconds) {
        let before = cast.acknowledged().unwrap();
        let fault = faults.next().unwrap();
        cast.suffer(fault).await.unwrap();
        until(&format!("every writer gets on after {fault:?}"), async || {
            let now = cast.acknowledged()?;
            cast.check_alive()?;
            Ok(now
                .iter()
                .zip(&before)
                .all(|(now, before)| *now >= before + COMMANDS_BETWEEN_FAULTS))
        })
        .await
        .unwrap();
    }
    let took = start.elapsed();
    let suffered = cast.suffered();
    let (log, writers, readers) = cast.finish().await.unwrap();
    let figures = audit::check(&log, &writers, &readers);
    println!("soak: {} s, {figures}, {suffered}", took.as_secs());
}
