//! Workers that die in the middle of anything: nothing is lost, nothing is done twice, somebody takes over.

use std::time::Duration;

use super::*;
use crate::testing::Chance;

/// A worker's process, killed as `kill -9` would: nothing of it runs any further, and its connections
/// break off in whatever they were doing.
fn kill(process: Runtime) {
    process.shutdown_background();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rebuilds_that_are_killed_again_and_again_come_to_the_same_rows() {
    let shop = Shop::with_past(91, 1_500).await;
    let stage = Stage::new(shop.log()).await;
    let mut chance = Chance::new(92);
    for model in table_models() {
        let name = model.registered().name;
        let mut kills = 0;
        for _ in 0..6 {
            // With connections of its own, which die with it.
            let projections = stage.process().await;
            let attempt = Duration::from_millis(2 + chance.below(40));
            let building = projections.rebuild(name, |_| {});
            // Dropped in the middle of whatever it does: a statement, a commit, an index.
            if tokio::time::timeout(attempt, building).await.is_err() {
                kills += 1;
            }
        }
        let survivor = stage.process().await;
        let rebuilt = loop {
            match survivor.rebuild(name, |_| {}).await {
                Ok(rebuilt) => break rebuilt,
                // A lock whose connection is just being broken off, or a write that still landed.
                Err(ProjectionError::Busy(_) | ProjectionError::Gone(_)) => {}
                Err(other) => panic!("{name} after {kills} kills: {other:?}"),
            }
        };
        assert_eq!(rebuilt.position, shop.head().await);
        let live = stage.live_schema(name).await;
        let whole = stage.generation(&*model).await;
        let events = shop.events().await;
        apply_in(&mut *stage.open(&*model, &whole).await, &events, 97).await;
        assert_eq!(
            digest(&stage.pool, &live).await,
            digest(&stage.pool, &whole.schema_name).await,
            "{name} after {kills} kills"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn live_workers_that_are_killed_again_and_again_lose_and_double_nothing() {
    let mut shop = Shop::with_past(93, 100).await;
    let stage = Stage::new(shop.log()).await;
    for round in 0..5 {
        let process = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        // A process has connections of its own, which die with it.
        let projections = stage.process().await;
        let stop = tokio_util::sync::CancellationToken::new();
        let workers = process.spawn(async move { projections.start(&stop).join().await });
        shop.go_on(94 + round, 150).await;
        let reader = stage.foreign_reader();
        // Somewhere on the way, when some are done and others are not.
        let part = shop.head().await - 40;
        assert_eq!(
            reader.wait_for("orders", part, LONG).await.unwrap(),
            Waited::Reached
        );
        kill(process);
        drop(workers);
    }
    let (workers, stop) = stage.start();
    stage.settle(&stage.reader()).await;
    stop.cancel();
    workers.join().await;
    let events = shop.events().await;
    for model in table_models() {
        let name = model.registered().name;
        let live = stage.live_schema(name).await;
        let whole = stage.generation(&*model).await;
        apply_in(&mut *stage.open(&*model, &whole).await, &events, 61).await;
        assert_eq!(
            digest(&stage.pool, &live).await,
            digest(&stage.pool, &whole.schema_name).await,
            "{name}"
        );
    }
}

#[tokio::test]
async fn the_lock_of_a_worker_that_is_silent_is_taken_from_it() {
    use crate::runner::lease::Lease;

    let shop = Shop::with_past(99, 50).await;
    let stage = Stage::new(shop.log()).await;
    let model = &table_models()[0];
    let generation = stage.generation(&**model).await;
    let mut asleep = Lease::try_take(&stage.pool, generation.id)
        .await
        .unwrap()
        .unwrap();
    // It was heard of just now.
    assert!(
        Lease::try_take(&stage.pool, generation.id)
            .await
            .unwrap()
            .is_none()
    );
    let silence =
        "UPDATE projection_generations SET heartbeat_at = now() - interval '1 minute' WHERE id = $1";
    sqlx::query(silence)
        .bind(generation.id)
        .execute(&stage.pool)
        .await
        .unwrap();
    // Ending a connection takes the server a moment.
    let mut successor = None;
    while successor.is_none() {
        successor = Lease::try_take(&stage.pool, generation.id).await.unwrap();
    }
    assert!(asleep.check().await.is_err());
    successor.unwrap().release().await;
}
