use chrono::Days;
use domain::{stock::Bucket, value::Sku};

use crate::testing::{Shop, Stage, noon};

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
