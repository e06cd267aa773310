use std::collections::HashMap;

use chrono::Days;
use domain::{
    order::{OrderCommand, PaymentMethod},
    product::{ProductChange, ProductCommand},
};

use super::SalesFilter;
use crate::testing::{Shop, Stage, noon, product_id, text};

fn always() -> SalesFilter {
    let day = noon().date_naive();
    SalesFilter {
        from: day,
        until: day + Days::new(365),
        category: None,
    }
}

async fn sold(shop: &mut Shop, number: u128, units: i64) {
    let token = text("tok_approved");
    shop.place(number, units, PaymentMethod::Card { token }).await;
    shop.order(number, OrderCommand::Confirm).await;
    shop.order(number, OrderCommand::MarkPaid).await;
}

#[tokio::test]
async fn a_sale_counts_when_it_is_paid_and_under_the_categories_of_today() {
    let mut shop = Shop::new();
    shop.list(1, "Teapot", "home/kitchen").await;
    shop.list(2, "Desk lamp", "home/office").await;
    // The shop of the tests puts two lines of 12.50 EUR into an order, of product number modulo 4.
    sold(&mut shop, 1, 3).await;
    sold(&mut shop, 2, 1).await;
    sold(&mut shop, 5, 1).await;
    let token = text("tok_approved");
    shop.place(6, 9, PaymentMethod::Card { token }).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("sales").await.sales();
    let euro = "EUR".parse().unwrap();
    let days = reader.days(&always(), Some(euro)).await.unwrap();
    assert_eq!(days.len(), 1);
    assert_eq!((days[0].orders, days[0].revenue.amount), (3, 12_500));
    assert_eq!(days[0].average_basket.amount, 12_500 / 3);
    let best = reader.best_sellers(&always(), euro, 10).await.unwrap();
    let best: Vec<_> = best
        .iter()
        .map(|one| (one.product_id, one.name.as_str(), one.units, one.revenue.amount))
        .collect();
    let expected = [
        (product_id(1), "Teapot", 8, 10_000),
        (product_id(2), "Desk lamp", 2, 2_500),
    ];
    assert_eq!(best, expected);
    let within = |category: &str| SalesFilter {
        category: Some(category.to_owned()),
        ..always()
    };
    let revenue = async |category: &str| {
        let days = reader.days(&within(category), None).await.unwrap();
        days.iter().map(|day| day.revenue.amount).sum::<i64>()
    };
    assert_eq!(revenue("home").await, 12_500);
    assert_eq!(revenue("/home/kitchen/").await, 10_000);
    assert_eq!(revenue("hom").await, 0);
    let best = reader
        .best_sellers(&within("home/office"), euro, 10)
        .await
        .unwrap();
    assert_eq!(best.len(), 1);

    let moved = ProductChange {
        categories: Some(vec![text("garden")]),
        ..ProductChange::default()
    };
    shop.product(1, ProductCommand::Update(moved)).await;
    let reader = stage.build("sales").await.sales();
    let garden = reader.days(&within("garden"), None).await.unwrap();
    assert_eq!(garden[0].revenue.amount, 10_000);
}

#[tokio::test]
async fn the_days_add_up_to_the_orders_that_were_paid() {
    let shop = Shop::with_past(121, 900).await;
    let stage = Stage::new(shop.log()).await;
    stage.build("sales").await;
    let reader = stage.build("orders").await;
    let mut paid: HashMap<String, (i64, i64)> = HashMap::new();
    let ids: Vec<_> = shop.orders().map(|(id, _)| id).collect();
    let timelines = reader.orders().timelines_of(&ids).await.unwrap();
    for (id, order) in reader.orders().orders_by_id(&ids).await.unwrap() {
        if timelines[&id].iter().any(|step| step.step == "paid") {
            let sum = paid.entry(order.total.currency.to_string()).or_default();
            *sum = (sum.0 + 1, sum.1 + order.total.amount);
        }
    }
    assert!(!paid.is_empty());
    let mut counted: HashMap<String, (i64, i64)> = HashMap::new();
    for day in reader.sales().days(&always(), None).await.unwrap() {
        if day.orders > 0 {
            let sum = counted.entry(day.revenue.currency.to_string()).or_default();
            *sum = (sum.0 + day.orders, sum.1 + day.revenue.amount);
        }
    }
    assert_eq!(counted, paid);
}

#[tokio::test]
async fn a_category_is_one_however_its_path_is_written() {
    let mut shop = Shop::new();
    for (number, path) in [(1, "/rugs/wool/"), (2, "rugs/wool"), (3, " Rugs // Wool")] {
        shop.list(number, "Rug", path).await;
        sold(&mut shop, number, 1).await;
    }
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("sales").await.sales();
    let euro = "EUR".parse().unwrap();
    for path in ["rugs/wool", "/Rugs/Wool/", "RUGS", "rugs //", "/"] {
        let filter = SalesFilter {
            category: Some(path.to_owned()),
            ..always()
        };
        let days = reader.days(&filter, Some(euro)).await.unwrap();
        assert_eq!(days[0].revenue.amount, 3 * 2_500, "{path}");
        let best = reader.best_sellers(&filter, euro, 10).await.unwrap();
        assert_eq!(best.len(), 3, "{path}");
    }
}
