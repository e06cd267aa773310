//! A log whose reads take longer than the time between two heartbeats.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use chrono::{DateTime, Utc};
use event_store::Log;
use sqlx::PgPool;

use super::*;
use crate::testing::HookedLog;

/// How many heartbeats a read takes.
const BEATS: usize = 3;

/// When the live generation was last said to be worked on.
async fn heartbeat(pool: &PgPool) -> Option<DateTime<Utc>> {
    let heartbeat = "SELECT heartbeat_at FROM projection_generations \
                     WHERE projection = 'orders' AND state = 'live'";
    sqlx::query_scalar(heartbeat).fetch_one(pool).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_that_takes_longer_than_a_heartbeat_is_waited_for() {
    let mut shop = Shop::with_past(17, 100).await;
    let mut stage = Stage::new(shop.log()).await;
    let is_slow = Arc::new(AtomicBool::new(false));
    let (slow, pool) = (Arc::clone(&is_slow), stage.pool_of("slow log").await);
    // No read is answered before its reader has said several times that it lives.
    let log = HookedLog::new(shop.log(), move || {
        let (slow, pool) = (Arc::clone(&slow), pool.clone());
        Box::pin(async move {
            let mut beats = BTreeSet::new();
            while slow.load(Ordering::Relaxed) && beats.len() <= BEATS {
                beats.insert(heartbeat(&pool).await);
                tokio::task::yield_now().await;
            }
        })
    });
    stage.log = Arc::new(log) as Log;
    let (workers, stop) = stage.start();
    let reader = stage.reader();
    stage.settle(&reader).await;

    is_slow.store(true, Ordering::Relaxed);
    shop.go_on(18, 20).await;
    let reached = reader.wait_for("orders", shop.head().await, LONG).await.unwrap();
    is_slow.store(false, Ordering::Relaxed);
    assert_eq!(reached, Waited::Reached);
    stop.cancel();
    workers.join().await;
}
