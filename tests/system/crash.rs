//! The shop is killed again and again while customers buy.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::{Client, Shop};
use uuid::Uuid;

const CUSTOMERS: usize = 4;
const ORDERS: usize = 12;
const KILLS: usize = 5;
const PRICE: i64 = 1_000;
const UNITS: i64 = 30;

/// Sends until the answer is yes, under one key, whatever dies in between.
async fn insist(client: &Client, path: &str, key: &str, body: &Value) -> String {
    loop {
        match client.post_once(path, key, body).await {
            Ok(answer) if answer.status.is_success() => return answer.id().unwrap(),
            Ok(answer) => assert_eq!(answer.status, 503, "{answer:?}"),
            // Nobody is there at the moment.
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_ends_once_however_often_the_shop_is_killed() {
    let mut shop = Shop::start(&[]).unwrap();
    // A killed shop takes another free port, so the test gives it one that stays.
    let address = shop
        .client()
        .unwrap()
        .base()
        .trim_start_matches("http://")
        .to_owned();
    shop.terminate().unwrap();
    shop.listen_on(&address);
    shop.resume().unwrap();
    let client = shop.client().unwrap();

    let product =
        json!({"name": "A lamp", "slug": "a-lamp", "variants": [{"sku": "LAMP"}], "tax_rate_bp": 1900});
    let product = client
        .accepted("/v1/products", &product)
        .await
        .unwrap()
        .id()
        .unwrap();
    let price = json!({"price": {"amount": PRICE, "currency": "EUR"}});
    client
        .accepted(&format!("/v1/products/{product}/prices"), &price)
        .await
        .unwrap();
    let receipt = json!({"warehouse": "main", "quantity": UNITS});
    client
        .accepted("/v1/stock/LAMP/receipts", &receipt)
        .await
        .unwrap();

    let customers = (0..CUSTOMERS).map(|number| tokio::spawn(buy(client.clone(), number)));
    let customers: Vec<_> = customers.collect();
    for _ in 0..KILLS {
        shop.kill().unwrap();
        shop.resume().unwrap();
        // Killed again as soon as it moves: the first query that is answered is the sign.
        let moves = |data: &Value| data["projections"].is_array();
        shop.client()
            .unwrap()
            .eventually("{ projections { name } }", json!({}), moves)
            .await
            .unwrap();
    }
    let mut orders = Vec::new();
    for customer in customers {
        orders.extend(customer.await.unwrap());
    }
    for order in &orders {
        let ended = |data: &Value| matches!(data["order"]["status"].as_str(), Some("PAID" | "CANCELLED"));
        let query = "query ($id: ID!) { order(id: $id) { status } }";
        client
            .eventually(query, json!({"id": order}), ended)
            .await
            .unwrap();
    }
    let expected = UNITS.unsigned_abs();
    let settled = |data: &Value| data["stock"]["available"].to_string().trim_matches('"') == "0";
    let query = "{ stock(sku: \"LAMP\") { available } }";
    client.eventually(query, json!({}), settled).await.unwrap();

    let log = Log::read(&shop);
    assert_eq!(
        log.count("OrderPlaced"),
        CUSTOMERS * ORDERS,
        "an order was lost or placed twice"
    );
    assert_eq!(
        log.count("OrderPaid") as u64,
        expected,
        "as many as there were units"
    );
    assert_eq!(
        log.count("HoldCaptured") as u64,
        expected,
        "money moved once for each paid order"
    );
    assert_eq!(
        log.count("OrderCancelled"),
        CUSTOMERS * ORDERS - log.count("OrderPaid")
    );
    assert_eq!(
        log.count("StockReserved") as u64,
        expected,
        "nothing was sold twice"
    );
    assert_eq!(log.most_per_aggregate("order", "OrderPlaced"), 1);
    assert_eq!(log.most_per_aggregate("order", "OrderPaid"), 1);
    assert_eq!(log.most_per_aggregate("order", "OrderCancelled"), 1);
    assert_eq!(log.most_per_aggregate("payment", "PaymentCaptured"), 1);
    log.is_dense();
}

async fn buy(client: Client, number: usize) -> Vec<String> {
    let customer = Uuid::now_v7().to_string();
    let open = json!({"owner_id": customer, "currency": "EUR"});
    let account = insist(&client, "/v1/accounts", &format!("open-{number}"), &open).await;
    let deposit = json!({"amount": {"amount": PRICE * 100, "currency": "EUR"}, "reference": "first"});
    insist(
        &client,
        &format!("/v1/accounts/{account}/deposits"),
        &format!("pay-in-{number}"),
        &deposit,
    )
    .await;
    let order = json!({
        "customer_id": customer,
        "lines": [{"sku": "LAMP", "quantity": 1}],
        "payment": {"method": "account", "account_id": account},
        "shipping_address": {"name": "Ada", "street": "1 Main Street", "city": "Berlin", "country": "DE"}
    });
    let mut orders = Vec::new();
    for count in 0..ORDERS {
        orders.push(insist(&client, "/v1/orders", &format!("order-{number}-{count}"), &order).await);
    }
    orders
}

/// The whole log, as an auditor exports it.
struct Log(Vec<Value>);

impl Log {
    fn read(shop: &Shop) -> Self {
        let list = shop
            .souk(&["events", "list", "--format", "ndjson", "--limit", "all"])
            .unwrap();
        assert!(list.status.success(), "{list:?}");
        let text = String::from_utf8(list.stdout).unwrap();
        Self(
            text.lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect(),
        )
    }

    fn count(&self, event_type: &str) -> usize {
        self.0
            .iter()
            .filter(|event| event["event_type"] == event_type)
            .count()
    }

    fn most_per_aggregate(&self, aggregate_type: &str, event_type: &str) -> usize {
        let mut counts = BTreeMap::<String, usize>::new();
        for event in &self.0 {
            if event["aggregate_type"] == aggregate_type && event["event_type"] == event_type {
                *counts.entry(event["aggregate_id"].to_string()).or_default() += 1;
            }
        }
        counts.into_values().max().unwrap_or_default()
    }

    fn is_dense(&self) {
        let mut sequences = BTreeMap::<String, i64>::new();
        for (expected, event) in (1..).zip(&self.0) {
            assert_eq!(event["position"], expected, "a position is missing");
            let stream = format!("{} {}", event["aggregate_type"], event["aggregate_id"]);
            let sequence = sequences.entry(stream).or_default();
            *sequence += 1;
            assert_eq!(event["sequence"], *sequence, "a sequence is missing: {event}");
        }
    }
}
