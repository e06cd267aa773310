use std::collections::HashMap;

use chrono::Days;
use domain::{
    order::{OrderCommand, PaymentMethod},
    product::{ProductChange, ProductCommand},
    value::Money,
};

use super::SalesFilter;
use crate::{
    PageRequest, Schema,
    testing::{Shop, Stage, apply_in, money, noon, order_id, product_id, table_models, text},
};

fn always() -> SalesFilter {
    let day = noon().date_naive();
    SalesFilter {
        from: day,
        until: day + Days::new(365),
        category: None,
    }
}

#[tokio::test]
async fn a_sale_counts_when_it_is_paid_and_under_the_categories_of_today() {
    let mut shop = Shop::new();
    shop.list(1, "Teapot", "home/kitchen").await;
    shop.list(2, "Desk lamp", "home/office").await;
    // The two lines of an order are of the product with its number modulo 4.
    shop.sell(1, 3).await;
    shop.sell(2, 1).await;
    shop.sell(5, 1).await;
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
        days.iter().map(|day| day.revenue.amount).sum::<i128>()
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
async fn a_cancelled_sale_is_not_taxed_and_earns_nothing_in_any_category() {
    let mut shop = Shop::new();
    shop.list(1, "Teapot", "home/kitchen").await;
    // Two lines of 6 × 12.50 EUR at 19 %: 150.00 EUR, of it 23.94 EUR tax.
    shop.sell(1, 6).await;
    shop.refund(1, 1, 15_000).await;
    // A second order, of which a part went back in two steps that do not divide evenly.
    shop.sell(5, 1).await;
    shop.refund(5, 2, 333).await;
    shop.refund(5, 3, 334).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("sales").await.sales();
    let kitchen = SalesFilter {
        category: Some("home/kitchen".to_owned()),
        ..always()
    };
    for filter in [always(), kitchen] {
        let days = reader.days(&filter, None).await.unwrap();
        let [day] = days.as_slice() else {
            panic!("one day: {days:?}");
        };
        assert_eq!((day.revenue.amount, day.refunded.amount), (17_500, 15_667));
        assert_eq!(day.net_revenue().amount, 1_833);
        // Of the second order's tax of 4.00 EUR a part went back: 6.67 of 25.00.
        assert_eq!(
            (day.tax.amount, day.refunded_tax.amount),
            (2_394 + 400, 2_394 + 106)
        );
        assert_eq!(day.net_tax().amount, 294);
    }
    let best = reader
        .best_sellers(&always(), money(1, "EUR").currency, 10)
        .await
        .unwrap();
    assert_eq!(best.len(), 1);
    assert_eq!((best[0].units, best[0].revenue.amount), (14, 17_500));
    assert_eq!(
        (best[0].refunded.amount, best[0].net_revenue().amount),
        (15_667, 1_833)
    );
}

/// Sums that leave 64 bits stop no read model. 9,300 orders of the largest amount are more than 64 bits hold.
#[tokio::test]
async fn sums_beyond_64_bits_are_kept_exactly() {
    const ORDERS: u128 = 9_300;
    let mut shop = Shop::new();
    // The order and its payment have one name here, and the customer has another.
    shop.sell(4, 1).await;
    for command in [OrderCommand::Confirm, OrderCommand::MarkPaid] {
        shop.order(4, command).await;
    }
    let stage = Stage::new(shop.log()).await;
    let events = shop.events().await;
    let (one, half) = (order_id(4).to_string(), Money::MAX_AMOUNT / 2);
    let mut large = Vec::new();
    for number in 1..=ORDERS {
        let another = uuid::Uuid::from_u128((1 << 64) + number).to_string();
        for event in &events {
            let mut event = event.clone();
            event.position = i64::try_from(large.len()).unwrap() + 1;
            event.aggregate_id.clone_from(&another);
            // Two lines of 5 × 10^14 minor units.
            event.payload = event
                .payload
                .replace(&one, &another)
                .replace("\"amount\":1250,", &format!("\"amount\":{half},"))
                .replace("\"amount\":2500,", &format!("\"amount\":{},", 2 * half));
            large.push(event);
        }
    }
    let total = ORDERS * u128::try_from(2 * half).unwrap();
    for (name, statement) in [
        ("sales", "SELECT sum(revenue)::text FROM {schema}.days"),
        ("sales", "SELECT sum(revenue)::text FROM {schema}.product_days"),
        ("customers", "SELECT sum(spent)::text FROM {schema}.spending"),
        (
            "balances",
            "SELECT balance::text FROM {schema}.ledgers WHERE ledger = 'merchant:revenue'",
        ),
        (
            "balances",
            "SELECT max(balance)::text FROM {schema}.entries WHERE ledger = 'merchant:revenue'",
        ),
    ] {
        let model = table_models()
            .into_iter()
            .find(|model| model.registered().name == name)
            .unwrap();
        let generation = stage.generation(&*model).await;
        apply_in(&mut *stage.open(&*model, &generation).await, &large, 4_000).await;
        let schema = Schema::new(&generation.schema_name);
        let sum: String = sqlx::query_scalar(&schema.sql(statement))
            .fetch_one(&stage.pool)
            .await
            .unwrap();
        assert_eq!(sum, total.to_string(), "{name}: {statement}");
    }
}

#[tokio::test]
async fn the_days_add_up_to_what_the_ledger_has() {
    let shop = Shop::with_past(121, 1_500).await;
    let stage = Stage::new(shop.log()).await;
    stage.build("sales").await;
    let reader = stage.build("balances").await;
    let mut ledger: HashMap<String, i128> = HashMap::new();
    for name in ["merchant:revenue", "merchant:write-offs"] {
        let mut request = PageRequest::first(100);
        loop {
            let page = reader.balances().entries(name, &request).await.unwrap();
            for edge in &page.edges {
                let amount = edge.node.amount;
                *ledger.entry(amount.currency.to_string()).or_default() += i128::from(amount.amount);
            }
            match page.edges.last().filter(|_| page.has_next_page) {
                Some(last) => request = PageRequest::first(100).after(last.cursor.clone()),
                None => break,
            }
        }
    }
    assert!(ledger.values().any(|sum| *sum != 0), "{ledger:?}");
    let mut sold: HashMap<String, i128> = HashMap::new();
    let mut orders = 0;
    for day in reader.sales().days(&always(), None).await.unwrap() {
        *sold.entry(day.revenue.currency.to_string()).or_default() += day.net_revenue().amount;
        orders += day.orders;
    }
    assert!(orders > 3, "{orders} orders");
    assert_eq!(sold, ledger);
}

#[tokio::test]
async fn a_category_is_one_however_its_path_is_written() {
    let mut shop = Shop::new();
    for (number, path) in [(1, "/rugs/wool/"), (2, "rugs/wool"), (3, " Rugs // Wool")] {
        shop.list(number, "Rug", path).await;
        shop.sell(number, 1).await;
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
