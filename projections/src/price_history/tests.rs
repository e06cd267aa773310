use chrono::TimeDelta;
use domain::product::ProductCommand;

use crate::{
    PageRequest,
    testing::{Shop, Stage, money, noon, sku},
};

#[tokio::test]
async fn the_lowest_price_of_a_stretch_counts_the_one_that_held_when_it_began() {
    let mut shop = Shop::new();
    // The clock goes on by a second with every event: listed at 0 s, prices at 1 s, 2 s, 3 s and 4 s.
    shop.list(1, "Teapot", "home").await;
    for amount in [500, 300, 900, 700] {
        let price = money(amount, "EUR");
        let command = ProductCommand::SetPrice {
            sku: Some(sku(2)),
            price,
        };
        shop.product(1, command).await;
    }
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("price_history").await.price_history();
    let euro = "EUR".parse().unwrap();
    let at = |seconds: i64, millis: i64| noon() + TimeDelta::milliseconds(1_000 * seconds + millis);
    let lowest = async |from, until| {
        let found = reader
            .lowest_prices(&[sku(2), sku(3)], euro, from, until)
            .await
            .unwrap();
        assert!(!found.contains_key(&sku(3)));
        found.get(&sku(2)).map(|lowest| lowest.price.amount)
    };
    assert_eq!(lowest(at(0, 0), at(1, 0)).await, None);
    assert_eq!(lowest(at(0, 0), at(60, 0)).await, Some(300));
    assert_eq!(lowest(at(2, 500), at(60, 0)).await, Some(300));
    assert_eq!(lowest(at(3, 500), at(60, 0)).await, Some(700));
    assert_eq!(lowest(at(3, 500), at(3, 900)).await, Some(900));
    let page = reader
        .prices(&sku(2), euro, &PageRequest::first(3))
        .await
        .unwrap();
    assert!(page.has_next_page);
    let amounts: Vec<i64> = page.nodes().map(|price| price.price.amount).collect();
    assert_eq!(amounts, [700, 900, 300]);
}

#[tokio::test]
async fn the_newest_price_is_the_one_that_the_products_have() {
    let shop = Shop::with_past(111, 500).await;
    let stage = Stage::new(shop.log()).await;
    stage.build("price_history").await;
    let reader = stage.build("products").await;
    let mut seen = 0;
    for (id, _) in shop.products() {
        let variants = reader.products().variants_of(&[id]).await.unwrap();
        for price in variants.values().flatten().flat_map(|variant| {
            let of = |price: &crate::products::Price| (variant.sku.clone(), price.clone());
            variant.prices.iter().map(of).collect::<Vec<_>>()
        }) {
            let (sku, now) = price;
            let newest = reader
                .price_history()
                .prices(&sku, now.price.currency, &PageRequest::first(1))
                .await
                .unwrap();
            let newest = newest.nodes().next().unwrap();
            assert_eq!((newest.price, newest.since), (now.price, now.since));
            seen += 1;
        }
    }
    assert!(seen > 4, "{seen} prices");
}
