//! A build beside the live one is compared at exactly one position, whatever goes on meanwhile.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::*;

/// Fewer would hardly meet the live generation between two of its transactions.
const COMPARISONS: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_shop_sells_a_comparison_is_of_one_position_and_finds_no_difference() {
    let mut shop = Shop::with_past(131, 200).await;
    let stage = Stage::new(shop.log()).await;
    let (workers, stop) = stage.start();
    stage.settle(&stage.reader()).await;
    let operating = stage.process().await;
    operating.prepare("orders", |_| {}).await.unwrap();

    let (log, sells) = (shop.log(), Arc::new(AtomicBool::new(true)));
    let selling = {
        let sells = Arc::clone(&sells);
        tokio::spawn(async move {
            let mut seed = 132;
            while sells.load(Ordering::Relaxed) {
                shop.go_on(seed, 3).await;
                seed += 1;
                tokio::task::yield_now().await;
            }
        })
    };
    for _ in 0..COMPARISONS {
        let before = log.head().await.unwrap();
        let compared = operating.compare("orders", 1, 2, 10).await.unwrap();
        assert_eq!(compared.left.position, compared.right.position);
        assert!(compared.is_equal(), "{compared:?}");
        // It goes on at once when it was looked at.
        let sold = async {
            while log.head().await.unwrap() <= before {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LONG, sold).await.unwrap();
    }
    sells.store(false, Ordering::Relaxed);
    selling.await.unwrap();
    let switched = operating.switch("orders", &operator(), |_| {}).await.unwrap();
    assert_eq!(switched.generation, 2);
    stop.cancel();
    workers.join().await;
}

#[tokio::test]
async fn a_live_generation_that_no_process_feeds_is_brought_to_where_the_build_is() {
    let mut shop = Shop::with_past(133, 150).await;
    let stage = Stage::new(shop.log()).await;
    let projections = stage.projections();
    projections.rebuild("orders", |_| {}).await.unwrap();
    shop.go_on(134, 50).await;
    projections.prepare("orders", |_| {}).await.unwrap();
    let compared = projections.compare("orders", 1, 2, 10).await.unwrap();
    let head = shop.head().await;
    assert!(compared.is_equal(), "{compared:?}");
    assert_eq!((compared.left.position, compared.right.position), (head, head));
}

#[tokio::test]
async fn a_paused_live_generation_behind_the_build_is_named_instead_of_called_different() {
    let mut shop = Shop::with_past(135, 150).await;
    let stage = Stage::new(shop.log()).await;
    let projections = stage.projections();
    projections.rebuild("orders", |_| {}).await.unwrap();
    projections.pause("orders", &operator()).await.unwrap();
    let paused_at = shop.head().await;
    shop.go_on(136, 50).await;
    projections.prepare("orders", |_| {}).await.unwrap();
    let refused = projections.compare("orders", 1, 2, 10).await.unwrap_err();
    let ProjectionError::StandsStill { waiting, live, .. } = refused else {
        panic!("{refused}");
    };
    assert_eq!((waiting.generation, waiting.position), (2, shop.head().await));
    assert_eq!((live.generation, live.position), (1, paused_at));
}

#[tokio::test]
async fn who_may_only_read_compares_what_is_at_one_position_and_nothing_else() {
    let mut shop = Shop::with_past(137, 150).await;
    let stage = Stage::new(shop.log()).await;
    let projections = stage.projections();
    projections.rebuild("orders", |_| {}).await.unwrap();
    projections.prepare("orders", |_| {}).await.unwrap();
    let auditor = stage.auditing();
    let compared = auditor.compare_as_they_are("orders", 1, 2, 10).await.unwrap();
    assert!(compared.is_equal(), "{compared:?}");
    shop.go_on(138, 50).await;
    projections.prepare("orders", |_| {}).await.unwrap();
    let refused = auditor.compare_as_they_are("orders", 1, 2, 10).await.unwrap_err();
    assert!(matches!(refused, ProjectionError::Apart { .. }), "{refused}");
}
