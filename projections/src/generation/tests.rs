use std::collections::BTreeSet;

use crate::{
    GenerationState, Waited,
    testing::{LONG, Shop, Stage, operator},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_roll_back_right_after_a_switch_waits_for_the_worker_of_the_former_generation() {
    let mut shop = Shop::new();
    shop.list(1, "Teapot", "home").await;
    let stage = Stage::new(shop.log()).await;
    let (workers, stop) = stage.start();
    let reader = stage.reader();
    stage.settle(&reader).await;
    let elsewhere = stage.process().await;
    elsewhere.rebuild("products", |_| {}).await.unwrap();
    // The worker of the first generation follows it until its next heartbeat.
    let back = elsewhere
        .roll_back("products", &operator(), |_| {})
        .await
        .unwrap();
    assert_eq!(back.generation, 1);
    shop.list(2, "Kettle", "home").await;
    let head = shop.head().await;
    let waited = reader.wait_for("products", head, LONG).await.unwrap();
    assert_eq!(waited, Waited::Reached);
    assert_eq!(
        stage.states("products").await,
        [(1, GenerationState::Live), (2, GenerationState::Retired)]
    );
    stop.cancel();
    workers.join().await;
}

#[tokio::test]
async fn an_index_in_another_data_folder_is_not_of_here() {
    let mut shop = Shop::new();
    shop.list(1, "Teapot", "home").await;
    let (stage, other) = (Stage::new(shop.log()).await, tempfile::tempdir().unwrap());
    let here = stage.projections();
    let there = stage.projections_of(
        crate::registry::models(other.path().to_owned()),
        crate::Progress::new(),
    );
    here.rebuild("catalogue", |_| {}).await.unwrap();
    there.rebuild("catalogue", |_| {}).await.unwrap();
    let all = here.status().await.unwrap();
    let places: BTreeSet<&str> = all.iter().map(|status| status.place.as_str()).collect();
    assert_eq!(places.len(), 2);
    assert_eq!(here.status_here("catalogue").await.unwrap().len(), 1);
    assert_eq!(there.status_here("catalogue").await.unwrap().len(), 1);
}
