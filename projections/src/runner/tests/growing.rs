//! A log that is longer whenever somebody looks where it ends, as that of a busy shop is.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use std::time::Duration;

use event_store::Log;
use tokio::sync::Mutex;

use super::*;
use crate::{GenerationStatus, testing::HookedLog};

/// A log that gets a product more before each answer to where it ends, and takes its time for each read.
fn growing(shop: Shop, read: Duration) -> Log {
    let log = shop.log();
    let (shop, numbers) = (Arc::new(Mutex::new(shop)), Arc::new(AtomicU64::new(1_000_000)));
    let log = HookedLog::new(log, move || Box::pin(tokio::time::sleep(read)));
    let log = log.before_head(move || {
        let (shop, number) = (Arc::clone(&shop), numbers.fetch_add(1, Ordering::Relaxed));
        Box::pin(async move { shop.lock().await.list(number.into(), "a lamp", "lamps").await })
    });
    Arc::new(log)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_get_a_build_although_the_log_never_stands_still() {
    let log = growing(Shop::with_past(19, 100).await, Duration::ZERO);
    let stage = Stage::new(log).await;
    let (workers, stop) = stage.start();
    let is_live = |generations: &[GenerationStatus]| {
        let mut states = generations.iter().map(|generation| generation.state);
        states.any(|state| state == GenerationState::Live)
    };
    for about in crate::registry() {
        stage.until(about.name, is_live).await;
    }
    // One of tables and one with an index, beside live ones that go on meanwhile.
    for name in ["orders", "catalogue"] {
        let rebuilding = async {
            let projections = stage.projections();
            let held = projections.prepare(name, |_| {}).await.unwrap();
            let switched = projections.switch(name, &operator(), |_| {}).await.unwrap();
            assert_eq!(switched.generation, held.generation);
        };
        tokio::time::timeout(LONG, rebuilding).await.expect(name);
        assert_eq!(stage.states(name).await.last(), Some(&(2, GenerationState::Live)));
    }
    stop.cancel();
    workers.join().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_ends_on_a_machine_that_is_too_slow_to_come_near() {
    // Longer than a build may be behind.
    let log = growing(Shop::with_past(20, 100).await, Duration::from_millis(700));
    let stage = Stage::new(log).await;
    let projections = stage.projections();
    let building = projections.rebuild("orders", |_| {});
    tokio::time::timeout(LONG, building).await.unwrap().unwrap();
    assert_eq!(stage.states("orders").await, [(1, GenerationState::Live)]);
}
