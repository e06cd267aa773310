//! The index as a read model: crashes, batches, switches, and indexes that are lost.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use domain::stock::{ReleaseReason, StockCommand};
use tantivy::{collector::DocSetCollector, query::AllQuery};

use super::{Library, find, small_shop};
use crate::{
    GenerationState, GenerationStatus, Waited,
    catalogue::{Catalogue, CatalogueFilter, SearchRequest, Sort, index, model::NAME, place},
    generation::Generation,
    runner::ReadModel,
    testing::{LONG, Shop, Stage, apply_in, noon, order_id, product_id, samples},
};

/// Everything that an index says, in an order of its own.
pub(super) fn contents(folder: &Path, generation: &Generation) -> BTreeSet<String> {
    let (index, fields, _) = index::open(&place::indexes(folder).join(&generation.schema_name)).unwrap();
    let searcher = index.reader().unwrap().searcher();
    let found = searcher.search(&AllQuery, &DocSetCollector).unwrap();
    let cards: Vec<String> = found
        .into_iter()
        .map(|address| serde_json::to_string(&fields.card(&searcher.doc(address).unwrap()).unwrap()).unwrap())
        .collect();
    let unique: BTreeSet<String> = cards.iter().cloned().collect();
    assert_eq!(unique.len(), cards.len(), "a document is there twice");
    unique
}

#[tokio::test]
async fn the_cut_of_batches_never_changes_the_index() {
    let shop = Shop::with_past(71, 600).await;
    let (stage, events) = (Stage::new(shop.log()).await, shop.events().await);
    let model = Catalogue::new(stage.folder.path().to_owned());
    let mut all = Vec::new();
    for size in [1, 7, usize::MAX] {
        let generation = stage.generation(&model).await;
        let mut sink = stage.open(&model, &generation).await;
        apply_in(&mut *sink, &events, size).await;
        sink.settle().await.unwrap();
        all.push(contents(stage.folder.path(), &generation));
    }
    assert!(all[0].len() > 3);
    assert_eq!(all[0], all[1], "in ones and in sevens");
    assert_eq!(all[0], all[2], "in ones and all at once");
}

#[tokio::test]
async fn after_a_crash_the_index_goes_on_from_exactly_what_it_has() {
    let shop = Shop::with_past(72, 600).await;
    let (stage, events) = (Stage::new(shop.log()).await, shop.events().await);
    let model = Catalogue::new(stage.folder.path().to_owned());
    let whole = stage.generation(&model).await;
    let mut sink = stage.open(&model, &whole).await;
    apply_in(&mut *sink, &events, usize::MAX).await;
    sink.settle().await.unwrap();
    drop(sink);
    let broken = stage.generation(&model).await;
    let mut visible = 0;
    for end in (20..events.len()).step_by(60) {
        let mut sink = stage.open(&model, &broken).await;
        // Events that change nothing in the index may be read again.
        assert!(sink.position() <= visible, "{} after {visible}", sink.position());
        apply_in(&mut *sink, &events[..end], 20).await;
        sink.settle().await.unwrap();
        // Taken in and never committed.
        apply_in(&mut *sink, &events[..(end + 15).min(events.len())], 1).await;
        visible = sink.visible();
    }
    let mut sink = stage.open(&model, &broken).await;
    apply_in(&mut *sink, &events, 50).await;
    sink.settle().await.unwrap();
    assert_eq!(
        contents(stage.folder.path(), &broken),
        contents(stage.folder.path(), &whole)
    );
}

#[tokio::test]
async fn a_row_that_fell_behind_the_index_does_not_repeat_events() {
    let shop = Shop::with_past(73, 300).await;
    let (stage, events) = (Stage::new(shop.log()).await, shop.events().await);
    let model = Catalogue::new(stage.folder.path().to_owned());
    let generation = stage.generation(&model).await;
    let mut sink = stage.open(&model, &generation).await;
    apply_in(&mut *sink, &events[..100], 10).await;
    sink.settle().await.unwrap();
    drop(sink);
    // As after a crash between the commit of the index and that of the row.
    sqlx::query("UPDATE projection_generations SET position = 5 WHERE id = $1")
        .bind(generation.id)
        .execute(&stage.pool)
        .await
        .unwrap();
    let mut sink = stage.open(&model, &generation).await;
    assert_eq!(sink.position(), events[99].position);
    apply_in(&mut *sink, &events, 10).await;
    sink.settle().await.unwrap();
    drop(sink);
    let status = stage.reader().status().await.unwrap();
    assert_eq!(status[0].position, shop.head().await);
}

#[tokio::test]
async fn what_was_waited_for_is_found_while_the_shop_goes_on() {
    let mut shop = small_shop().await;
    let stage = Stage::new(shop.log()).await;
    let (workers, stop) = stage.start();
    let readers = [stage.reader(), stage.foreign_reader()];
    let in_stock = CatalogueFilter {
        in_stock: Some(true),
        ..CatalogueFilter::default()
    };
    for round in 0..5 {
        let quantity = 4_i64.try_into().unwrap();
        let order_id = order_id(round);
        shop.stock(
            7,
            StockCommand::Reserve {
                order_id,
                quantity,
                at: noon(),
                expires_at: noon(),
                provisional: false,
            },
        )
        .await;
        for reader in &readers {
            assert_eq!(
                reader.wait_for(NAME, shop.head().await, LONG).await.unwrap(),
                Waited::Reached
            );
            let found = find(reader.catalogue(), "teapot", in_stock.clone(), Sort::Relevance).await;
            assert_eq!(found, [], "round {round}");
        }
        let reason = ReleaseReason::OrderCancelled;
        shop.stock(7, StockCommand::Release { order_id, reason }).await;
        for reader in &readers {
            assert_eq!(
                reader.wait_for(NAME, shop.head().await, LONG).await.unwrap(),
                Waited::Reached
            );
            let found = find(reader.catalogue(), "teapot", in_stock.clone(), Sort::Relevance).await;
            assert_eq!(found, [product_id(3)], "round {round}");
        }
    }
    stop.cancel();
    workers.join().await;
}

#[tokio::test]
async fn an_index_that_is_missing_or_damaged_is_built_anew() {
    let shop = small_shop().await;
    let stage = Stage::new(shop.log()).await;
    stage.build(NAME).await;
    for (generation, damage) in [(1, &remove as &dyn Fn(&Path)), (2, &flip)] {
        damage(&place::indexes(stage.folder.path()).join(format!("catalogue_g{generation}")));
        let (workers, stop) = stage.start();
        let reader = stage.reader();
        let is_next = |status: &GenerationStatus| {
            status.generation == generation + 1 && status.state == GenerationState::Live
        };
        while !reader.status().await.unwrap().iter().any(is_next) {
            tokio::task::yield_now().await;
        }
        assert_eq!(
            reader.wait_for(NAME, shop.head().await, LONG).await.unwrap(),
            Waited::Reached
        );
        let all = find(reader.catalogue(), "", CatalogueFilter::default(), Sort::Newest).await;
        assert_eq!(all.len(), 3);
        stop.cancel();
        workers.join().await;
    }
}

fn remove(folder: &Path) {
    std::fs::remove_dir_all(folder).unwrap();
}

/// Flips a byte in the middle of every store of documents.
fn flip(folder: &Path) {
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let stores: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|end| end == "store"))
        .collect();
    assert!(!stores.is_empty());
    for store in stores {
        let mut bytes = std::fs::read(&store).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        std::fs::write(store, bytes).unwrap();
    }
}

#[tokio::test]
async fn units_that_came_before_their_product_are_not_lost() {
    let mut shop = Shop::new();
    shop.receive(2, 5).await;
    shop.list(1, "Teapot", "home").await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build(NAME).await;
    let in_stock = CatalogueFilter {
        in_stock: Some(true),
        ..CatalogueFilter::default()
    };
    assert_eq!(
        find(reader.catalogue(), "", in_stock, Sort::Newest).await,
        [product_id(1)]
    );
}

#[tokio::test]
async fn an_index_that_is_deleted_while_it_is_served_is_built_anew_and_searches_go_on() {
    let shop = small_shop().await;
    let stage = Stage::new(shop.log()).await;
    let (workers, stop) = stage.start();
    let reader = stage.reader();
    assert_eq!(
        reader.wait_for(NAME, shop.head().await, LONG).await.unwrap(),
        Waited::Reached
    );
    let search = async || {
        find(reader.catalogue(), "", CatalogueFilter::default(), Sort::Newest)
            .await
            .len()
    };
    assert_eq!(search().await, 3);
    remove(&place::indexes(stage.folder.path()).join("catalogue_g1"));
    let is_next = |status: &GenerationStatus| {
        status.projection == NAME && status.generation == 2 && status.state == GenerationState::Live
    };
    while !reader.status().await.unwrap().iter().any(is_next) {
        assert_eq!(search().await, 3, "from what was left open");
        tokio::task::yield_now().await;
    }
    assert_eq!(
        reader.wait_for(NAME, shop.head().await, LONG).await.unwrap(),
        Waited::Reached
    );
    assert_eq!(search().await, 3);
    stop.cancel();
    workers.join().await;
}

#[tokio::test]
async fn the_longest_name_of_a_product_is_a_query_in_every_alphabet() {
    let mut shop = Shop::new();
    let names = ["стул ".repeat(60), "椅子の ".repeat(75), "chair ".repeat(50)];
    for (number, name) in (1..).zip(&names) {
        shop.list(number, name, "home").await;
    }
    let stage = Stage::new(shop.log()).await;
    let models = stage.build("catalogue").await;
    let reader = models.catalogue();
    for name in &names {
        assert!(name.chars().count() <= 300);
        assert!(
            reader.search(SearchRequest::new(name, 10)).await.is_ok(),
            "{name}"
        );
        assert!(reader.suggestions(name, 10).await.is_ok(), "{name}");
    }
    let endless = "ж".repeat(501);
    assert!(reader.search(SearchRequest::new(&endless, 10)).await.is_err());
    assert!(reader.suggestions(&endless, 10).await.is_err());
}

#[test]
fn every_event_that_changes_nothing_is_ignored_and_no_other() {
    let (mut library, model) = (Library::new(), Catalogue::new(PathBuf::new()));
    let (reads, ignores) = (model.registered().reads, model.ignores());
    // The product comes before its stock and its order.
    for sample in samples() {
        let (aggregate_type, name) = (
            sample.envelope.aggregate_type.as_str(),
            sample.envelope.event_type.as_str(),
        );
        if !reads.contains(&aggregate_type) {
            continue;
        }
        library.shelf.apply(std::slice::from_ref(&sample)).unwrap();
        let changes = library.shelf.is_changed();
        assert_eq!(ignores.contains(&name), !changes, "{name}");
        if changes {
            library.commit();
        }
    }
}
