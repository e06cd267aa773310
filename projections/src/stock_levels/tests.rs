use chrono::{Days, NaiveDate};
use domain::{
    stock::{Bucket, StockCommand},
    value::Sku,
};

use super::{LowStock, StockLevels};
use crate::{
    PageRequest,
    registry::table,
    testing::{Shop, Stage, apply_in, noon, order_id, sku, text},
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

#[tokio::test]
async fn a_sku_is_low_since_the_same_moment_while_a_shortage_eases() {
    let mut shop = Shop::new();
    shop.receive(1, 10).await;
    let threshold = StockCommand::SetLowStockThreshold { threshold: Some(3) };
    shop.stock(1, threshold).await;
    let reserve = StockCommand::Reserve {
        order_id: order_id(1),
        quantity: 8_i64.try_into().unwrap(),
        at: noon(),
        expires_at: noon(),
        provisional: false,
    };
    shop.stock(1, reserve).await;
    // The warning itself is the event after the one that made it low.
    let since = shop.head().await - 1;
    let count = StockCommand::Adjust {
        warehouse: text("north"),
        difference: -5,
        lot: None,
        reason: text("counted"),
    };
    shop.stock(1, count).await;
    // Three of the four are missing for the order.
    shop.receive(1, 4).await;
    let events = shop.events().await;
    let eased = events.last().unwrap();
    assert_eq!(eased.event_type, "StockShortageEased");
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("stock_levels").await.stock_levels();
    let page = reader.low_stock(&PageRequest::first(1)).await.unwrap();
    let low: Vec<LowStock> = page.nodes().collect();
    assert_eq!((low[0].free, low[0].position), (1, since));
    let fell = events.iter().find(|event| event.position == since).unwrap();
    assert_eq!(low[0].since, fell.recorded_at);
}

#[tokio::test]
async fn a_lot_that_was_forgotten_comes_back_with_another_day_of_expiry() {
    let (mut shop, today) = (Shop::new(), noon().date_naive());
    let in_days = |days| Some(today + Days::new(days));
    let receive = |lot: &str, days| StockCommand::Receive {
        warehouse: text("north"),
        quantity: 1_i64.try_into().unwrap(),
        lot: Some(text(lot)),
        expires_on: in_days(days),
    };
    let use_up = |lot: &str| StockCommand::Adjust {
        warehouse: text("north"),
        difference: -1,
        lot: Some(text(lot)),
        reason: text("used up"),
    };
    shop.stock(1, receive("L 0", 1)).await;
    let correct = StockCommand::CorrectExpiry {
        lot: text("L 0"),
        expires_on: in_days(2),
    };
    shop.stock(1, correct).await;
    shop.stock(1, use_up("L 0")).await;
    // As many lots that ran out as the write side remembers.
    for number in 1..=1_000 {
        let lot = format!("L {number}");
        shop.stock(1, receive(&lot, 1)).await;
        shop.stock(1, use_up(&lot)).await;
    }
    let before = shop.events().await.len();
    shop.stock(1, receive("L 0", 3)).await;
    let events = shop.events().await;
    assert_eq!(events.len(), before + 1, "the lot is not forgotten");
    let stage = Stage::new(shop.log()).await;
    let model = table(StockLevels);
    // In one batch, and in a batch of its own.
    for cut in [0, before] {
        let generation = stage.generation(&*model).await;
        let mut sink = stage.open(&*model, &generation).await;
        apply_in(&mut *sink, &events[..cut], usize::MAX).await;
        apply_in(&mut *sink, &events, usize::MAX).await;
        let shown = format!(
            "SELECT expires_on FROM {}.buckets WHERE lot = 'L 0'",
            generation.schema_name
        );
        let shown: Option<NaiveDate> = sqlx::query_scalar(&shown).fetch_one(&stage.pool).await.unwrap();
        assert_eq!(shown, in_days(3), "after a batch of {cut} events");
    }
}
