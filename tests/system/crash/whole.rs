//! The whole shop in one process, killed together with its PostgreSQL's supervisor.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::{Client, Shop};
use uuid::Uuid;

use super::{audit::Audit, log::Log};

const CUSTOMERS: usize = 4;
const ORDERS: usize = 12;
const KILLS: usize = 5;
const PRICE: i64 = 1_000;
const UNITS: i64 = 30;

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
    client.open_warehouse("main").await.unwrap();
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
    let sold = usize::try_from(UNITS).unwrap();
    let settled = |data: &Value| data["stock"]["available"].to_string().trim_matches('"') == "0";
    let query = "{ stock(sku: \"LAMP\") { available } }";
    client.eventually(query, json!({}), settled).await.unwrap();

    let log = Log::of(&shop.souk(&Log::LIST).unwrap());
    let audit = Audit::of(&log);
    audit.everything_ended(&orders);
    assert_eq!(audit.sold("LAMP"), UNITS, "as many as there were units");
    assert_eq!(
        audit.ends(),
        &BTreeMap::from([("out_of_stock", CUSTOMERS * ORDERS - sold), ("paid", sold)])
    );
}

async fn buy(client: Client, number: usize) -> Vec<String> {
    let customer = Uuid::now_v7().to_string();
    let insist = async |path: &str, key: String, body: Value| {
        let answer = client.insist(path, &key, &body).await.unwrap();
        assert!(answer.status.is_success(), "{answer:?}");
        answer.id().unwrap()
    };
    let open = json!({"owner_id": customer, "currency": "EUR"});
    let account = insist("/v1/accounts", format!("open-{number}"), open).await;
    let deposit = json!({"amount": {"amount": PRICE * 100, "currency": "EUR"}, "reference": "first"});
    let deposits = format!("/v1/accounts/{account}/deposits");
    insist(&deposits, format!("pay-in-{number}"), deposit).await;
    let order = json!({
        "customer_id": customer,
        "lines": [{"sku": "LAMP", "quantity": 1}],
        "payment": {"method": "account", "account_id": account},
        "shipping_address": {"name": "Ada", "street": "1 Main Street", "city": "Berlin", "country": "DE"}
    });
    let mut orders = Vec::new();
    for count in 0..ORDERS {
        orders.push(insist("/v1/orders", format!("order-{number}-{count}"), order.clone()).await);
    }
    orders
}
