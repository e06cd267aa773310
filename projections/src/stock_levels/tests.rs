use chrono::Days;
use domain::{
    stock::{Bucket, StockCommand},
    value::Sku,
};

use super::LowStock;
use crate::{
    PageRequest,
    testing::{Shop, Stage, noon, sku, text},
};

#[tokio::test]
async fn every_bucket_has_the_units_that_the_write_side_has() {
    let shop = Shop::with_past(51, 800).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("stock_levels").await.stock_levels();
    let (today, mut reserved) = (noon().date_naive(), 0);
    let skus: Vec<Sku> = shop.stocks().map(|(sku, _)| sku).collect();
    let levels = reader.stocks(&skus, today).await.unwrap();
    for (sku, stock) in shop.stocks() {
        let Some(level) = levels.get(&sku) else {
            assert!(stock.buckets.is_empty());
            continue;
        };
        let total =
            |units: fn(&Bucket) -> u64| i64::try_from(stock.buckets.iter().map(units).sum::<u64>()).unwrap();
        assert_eq!(level.on_hand, total(|bucket| bucket.on_hand));
        assert_eq!(level.reserved, total(|bucket| bucket.reserved));
        assert_eq!(level.available, i64::try_from(stock.available(today)).unwrap());
        assert_eq!(level.buckets.len(), stock.buckets.len());
        for bucket in &stock.buckets {
            let lot = bucket.lot.as_ref().map(ToString::to_string);
            let is_it =
                |row: &&super::StockBucket| row.warehouse == bucket.warehouse.to_string() && row.lot == lot;
            let row = level.buckets.iter().find(is_it).unwrap();
            assert_eq!(u64::try_from(row.on_hand).unwrap(), bucket.on_hand);
            assert_eq!(row.expires_on, bucket.expires_on);
        }
        reserved += level.reserved;
    }
    assert!(
        levels.len() > 4 && reserved > 0,
        "{} levels, {reserved} reserved",
        levels.len()
    );
}

#[tokio::test]
async fn an_expired_lot_is_on_hand_and_not_available() {
    let shop = Shop::with_past(52, 800).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("stock_levels").await.stock_levels();
    let tomorrow = noon().date_naive() + Days::new(1);
    let mut expired = 0;
    for (sku, stock) in shop.stocks() {
        if let Some(level) = reader.stock(&sku, tomorrow).await.unwrap() {
            assert_eq!(level.available, i64::try_from(stock.available(tomorrow)).unwrap());
            expired += level.on_hand - level.reserved - level.available;
        }
    }
    assert!(expired > 0);
}

#[tokio::test]
async fn every_sku_is_low_when_the_write_side_says_so() {
    let shop = Shop::with_past(53, 900).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("stock_levels").await.stock_levels();
    let page = reader.low_stock(&PageRequest::first(100)).await.unwrap();
    let low: Vec<LowStock> = page.nodes().collect();
    assert!(low.is_sorted_by(|a, b| a.position > b.position));
    let sequences = shop.sequences("stock");
    let (mut are_low, mut are_not) = (0, 0);
    for (sku, stock) in shop.stocks() {
        let row = low.iter().find(|row| row.sku == sku);
        let threshold = stock.low_stock_threshold;
        if threshold.is_some_and(|threshold| stock.free() <= threshold) {
            let row = row.unwrap();
            assert_eq!(u64::try_from(row.free).unwrap(), stock.free());
            assert_eq!(u64::try_from(row.threshold).ok(), threshold);
            assert_eq!(Some(row.sequence), sequences.get(sku.as_str()).copied());
            are_low += 1;
        } else {
            assert_eq!(row, None);
            are_not += 1;
        }
    }
    assert!(are_low > 0 && are_not > 0, "{are_low} low, {are_not} not");
}

#[tokio::test]
async fn a_sku_is_low_since_its_units_fell_to_the_threshold() {
    let mut shop = Shop::new();
    shop.receive(1, 10).await;
    let threshold = StockCommand::SetLowStockThreshold { threshold: Some(3) };
    shop.stock(1, threshold).await;
    let count = |difference| StockCommand::Adjust {
        warehouse: text("north"),
        difference,
        lot: None,
        reason: text("counted"),
    };
    shop.stock(1, count(-7)).await;
    let since = shop.head().await;
    shop.stock(1, count(-1)).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("stock_levels").await.stock_levels();
    let page = reader.low_stock(&PageRequest::first(1)).await.unwrap();
    let low: Vec<LowStock> = page.nodes().collect();
    // The warning itself is the event after the one that made it low.
    assert_eq!(
        (low[0].free, low[0].threshold, low[0].position),
        (2, 3, since - 1)
    );
    let sequence = shop.sequences("stock")[sku(1).as_str()];
    assert_eq!(low[0].sequence, sequence);
    let level = reader.stock(&sku(1), noon().date_naive()).await.unwrap().unwrap();
    assert_eq!((level.threshold, level.sequence), (Some(3), Some(sequence)));
}
