use std::{collections::BTreeSet, path::Path};

use domain::{
    product::{ProductChange, ProductCommand},
    stock::{ReleaseReason, StockCommand},
    value::ProductId,
};
use tantivy::{collector::DocSetCollector, query::AllQuery};

use super::{Catalogue, CatalogueFilter, CatalogueReader, PriceRange, Sort, index, model::NAME, place};
use crate::{
    GenerationState, GenerationStatus, PageRequest, ReadModels, Waited,
    generation::Generation,
    testing::{LONG, Shop, Stage, apply_in, money, noon, order_id, product_id},
};

/// Everything that an index says, in an order of its own.
fn contents(folder: &Path, generation: &Generation) -> BTreeSet<String> {
    let (index, fields) = index::open(&place::indexes(folder).join(&generation.schema_name)).unwrap();
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

async fn find(reader: &CatalogueReader, text: &str, filter: CatalogueFilter, sort: Sort) -> Vec<ProductId> {
    let found = reader
        .search(text, filter, sort, &PageRequest::first(100))
        .await
        .unwrap();
    assert_eq!(found.total, found.hits.len() as u64);
    found.hits.into_iter().map(|hit| hit.product_id).collect()
}

/// A small shop: prices in cents 900, 500 and 700, units 0, 3 and 4.
async fn small_shop() -> Shop {
    let mut shop = Shop::new();
    shop.receive(4, 3).await;
    shop.list(1, "Running shoes", "sport/shoes").await;
    shop.list(2, "Runner's lamp", "home/office").await;
    shop.list(3, "Teapot", "home/kitchen").await;
    for (number, amount) in [(1, 900), (2, 500), (3, 700)] {
        shop.set_price(number, money(amount, "EUR")).await;
    }
    shop.receive(7, 4).await;
    shop
}

async fn searching(stage: &Stage) -> ReadModels {
    stage.build(NAME).await
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
async fn words_are_found_by_their_stem_and_in_the_name_first() {
    let shop = small_shop().await;
    let stage = Stage::new(shop.log()).await;
    let reader = searching(&stage).await;
    let (reader, any) = (reader.catalogue(), CatalogueFilter::default());
    let search = async |text| find(reader, text, any.clone(), Sort::Relevance).await;
    assert_eq!(search("run").await, [product_id(1)]);
    assert_eq!(search("SHOE").await, [product_id(1)]);
    assert_eq!(search("kitchens").await, [product_id(3)]);
    assert_eq!(search("sku-6").await, [product_id(3)]);
    assert_eq!(search("teapots running").await, []);
    assert_eq!(search("about").await.len(), 3);
    assert_eq!(search("+\"( AND name:").await, []);
    assert_eq!(search("").await, [product_id(3), product_id(2), product_id(1)]);
}

#[tokio::test]
async fn filters_let_pass_what_they_say_and_nothing_else() {
    let mut shop = small_shop().await;
    let inactive = ProductChange {
        active: Some(false),
        ..ProductChange::default()
    };
    shop.product(1, ProductCommand::Update(inactive)).await;
    let stage = Stage::new(shop.log()).await;
    let reader = searching(&stage).await;
    let none = CatalogueFilter::default();
    let search = async |filter| {
        let found = find(reader.catalogue(), "", filter, Sort::Newest).await;
        found.into_iter().rev().collect::<Vec<_>>()
    };
    let category = |path: &str| CatalogueFilter {
        category: Some(path.to_owned()),
        ..none.clone()
    };
    assert_eq!(search(category("home")).await, [product_id(2), product_id(3)]);
    assert_eq!(search(category("/home/kitchen/")).await, [product_id(3)]);
    assert_eq!(search(category("hom")).await, []);
    let in_stock = |is| CatalogueFilter {
        in_stock: Some(is),
        ..none.clone()
    };
    assert_eq!(search(in_stock(true)).await, [product_id(2), product_id(3)]);
    assert_eq!(search(in_stock(false)).await, [product_id(1)]);
    let active = |is| CatalogueFilter {
        active: Some(is),
        ..none.clone()
    };
    assert_eq!(search(active(true)).await, [product_id(2), product_id(3)]);
    assert_eq!(search(active(false)).await, [product_id(1)]);
    let price = |min, max, code: &str| {
        let range = PriceRange {
            currency: code.parse().unwrap(),
            min,
            max,
        };
        CatalogueFilter {
            price: Some(range),
            ..none.clone()
        }
    };
    assert_eq!(
        search(price(Some(500), Some(700), "EUR")).await,
        [product_id(2), product_id(3)]
    );
    assert_eq!(search(price(Some(701), None, "EUR")).await, [product_id(1)]);
    assert_eq!(search(price(None, None, "USD")).await, []);
}

#[tokio::test]
async fn pages_of_any_size_hold_every_product_once_in_every_order() {
    let mut shop = Shop::new();
    for number in 0..30 {
        shop.list(number, "Teapot", "home/kitchen").await;
        if number % 5 > 0 {
            shop.set_price(number, money(100 + i64::try_from(number % 7).unwrap(), "EUR"))
                .await;
        }
    }
    let stage = Stage::new(shop.log()).await;
    let reader = searching(&stage).await;
    let euro = "EUR".parse().unwrap();
    for sort in [
        Sort::Relevance,
        Sort::Newest,
        Sort::PriceAscending(euro),
        Sort::PriceDescending(euro),
    ] {
        let whole = find(reader.catalogue(), "teapot", CatalogueFilter::default(), sort).await;
        assert_eq!(whole.iter().collect::<BTreeSet<_>>().len(), 30);
        for first in [1, 7, 30] {
            let (mut paged, mut request) = (Vec::new(), PageRequest::first(first));
            loop {
                let found = reader
                    .catalogue()
                    .search("teapot", CatalogueFilter::default(), sort, &request);
                let found = found.await.unwrap();
                assert_eq!(found.total, 30);
                paged.extend(found.hits.iter().map(|hit| hit.product_id));
                match found.hits.last().filter(|_| found.has_next_page) {
                    Some(last) => request = PageRequest::first(first).after(last.cursor.clone()),
                    None => break,
                }
            }
            assert_eq!(paged, whole, "{sort:?} in pages of {first}");
        }
    }
    let cheapest = find(
        reader.catalogue(),
        "",
        CatalogueFilter::default(),
        Sort::PriceAscending(euro),
    )
    .await;
    assert_eq!(cheapest[0], product_id(28));
    let unpriced: Vec<_> = [25, 20, 15, 10, 5, 0].map(product_id).to_vec();
    assert_eq!(cheapest[24..], unpriced);
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
    searching(&stage).await;
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
    let reader = searching(&stage).await;
    let in_stock = CatalogueFilter {
        in_stock: Some(true),
        ..CatalogueFilter::default()
    };
    assert_eq!(
        find(reader.catalogue(), "", in_stock, Sort::Newest).await,
        [product_id(1)]
    );
}
