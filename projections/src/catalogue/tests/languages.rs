//! The languages of the shop: an index records its own, and others make another one.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::find;
use crate::{
    GenerationState, GenerationStatus, Progress, ProjectionError,
    catalogue::{Catalogue, CatalogueFilter, Sort, find_languages, model::NAME},
    testing::{Shop, Stage, operator, product_id},
};

#[tokio::test]
async fn other_languages_make_a_new_generation_and_the_old_one_serves_until_then() {
    let mut shop = Shop::new();
    shop.list(1, "Чайник", "home").await;
    let stage = Stage::new(shop.log()).await;
    let serve = async |languages: &str, generation: i32| {
        let folder = stage.folder.path().to_owned();
        let model = Catalogue::in_languages(folder, languages.parse().unwrap());
        let projections = stage.projections_of(vec![Arc::new(model)], Progress::new());
        let stop = CancellationToken::new();
        let workers = projections.start(&stop);
        let is_live = |status: &GenerationStatus| {
            status.generation == generation && status.state == GenerationState::Live
        };
        stage.until(NAME, |status| status.iter().any(is_live)).await;
        stop.cancel();
        workers.join().await;
        let reader = stage.foreign_reader();
        find(
            reader.catalogue(),
            "чайниками",
            CatalogueFilter::default(),
            Sort::Newest,
        )
        .await
    };
    assert_eq!(serve("none", 1).await, []);
    assert_eq!(serve("none", 1).await, [], "nothing is to be done");
    assert_eq!(serve("de,ru", 2).await, [product_id(1)]);
    assert_eq!(serve("none", 3).await, []);
}

#[tokio::test]
async fn processes_that_differ_in_languages_do_not_build_against_each_other() {
    let mut shop = Shop::new();
    shop.list(1, "Чайник", "home").await;
    let stage = Stage::new(shop.log()).await;
    let folder = stage.folder.path().to_owned();
    let process = |languages: &str| {
        let model = Catalogue::in_languages(folder.clone(), languages.parse().unwrap());
        stage.projections_of(vec![Arc::new(model)], Progress::new())
    };
    let live = async |generation: i32| {
        let is_live = |status: &GenerationStatus| {
            status.generation == generation && status.state == GenerationState::Live
        };
        stage.until(NAME, |status| status.iter().any(is_live)).await;
        find_languages(&stage.auditor, &folder)
            .await
            .unwrap()
            .map(|languages| languages.to_string())
    };
    assert_eq!(find_languages(&stage.auditor, &folder).await.unwrap(), None);
    let first = process("en");
    first.rebuild(NAME, |_| {}).await.unwrap();
    let stop = CancellationToken::new();
    let workers = first.start(&stop);
    shop.list(2, "Kettle", "home").await;
    let head = shop.head().await;
    stage
        .until(NAME, |status| {
            status
                .iter()
                .any(|status| status.position == head && status.heartbeat_at.is_some())
        })
        .await;
    assert_eq!(live(1).await.as_deref(), Some("en"));
    process("de,ru").rebuild(NAME, |_| {}).await.unwrap();
    assert_eq!(live(2).await.as_deref(), Some("de,ru"));
    // The first process works what the second one made, instead of making its own again.
    shop.list(3, "Чайник", "home").await;
    let head = shop.head().await;
    let followed = stage
        .until(NAME, |status| {
            status
                .iter()
                .all(|status| status.generation < 2 || status.position == head)
        })
        .await;
    assert_eq!(followed.len(), 2, "{followed:?}");
    let reader = stage.foreign_reader();
    let filter = CatalogueFilter::default();
    assert_eq!(
        find(reader.catalogue(), "чайниками", filter, Sort::Newest).await,
        [product_id(3), product_id(1)]
    );
    stop.cancel();
    workers.join().await;
}

#[tokio::test]
async fn an_index_for_other_languages_is_neither_switched_nor_rolled_back_to() {
    let mut shop = Shop::new();
    shop.list(1, "Чайник", "home").await;
    let stage = Stage::new(shop.log()).await;
    let process = |languages: &str| {
        let folder = stage.folder.path().to_owned();
        let model = Catalogue::in_languages(folder, languages.parse().unwrap());
        stage.projections_of(vec![Arc::new(model)], Progress::new())
    };
    process("en").rebuild(NAME, |_| {}).await.unwrap();
    process("de,ru").prepare(NAME, |_| {}).await.unwrap();
    let switched = process("en").switch(NAME, &operator(), |_| {}).await.unwrap_err();
    assert_eq!(
        switched.to_string(),
        "generation 2 of catalogue was built for other search languages than those that are set"
    );
    let switched = process("de,ru").switch(NAME, &operator(), |_| {}).await.unwrap();
    assert_eq!(switched.generation, 2);
    let back = process("de,ru")
        .roll_back(NAME, &operator(), |_| {})
        .await
        .unwrap_err();
    assert!(
        matches!(back, ProjectionError::OtherLanguages { generation: 1, .. }),
        "{back}"
    );
    let back = process("en").roll_back(NAME, &operator(), |_| {}).await.unwrap();
    assert_eq!(back.generation, 1);
}
