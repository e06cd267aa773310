//! `/v1/warehouses`, and what other commands may do with a warehouse.

use axum::http::Method;
use domain::stock::{Stock, StockCommand};
use serde_json::{Value, json};

use super::returns::{delivered, requested};
use super::shop::{NOBODY, Shop, ask, bare, post};

fn berlin() -> Value {
    json!({"code": "berlin", "name": "Berlin", "location": "Westhafen 1"})
}

fn receipt(warehouse: &str) -> Value {
    json!({"warehouse": warehouse, "quantity": 10})
}

async fn close(shop: &Shop, code: &str) {
    let path = format!("/v1/warehouses/{code}/close");
    shop.send(bare(Method::POST, path)).await.done(202);
}

/// A shop with the product A-1 and ten units of it in the warehouse berlin.
async fn stocked() -> Shop {
    let shop = Shop::new();
    shop.warehouses(&["berlin", "hamburg"]).await;
    shop.unpriced_product("A-1").await;
    shop.send(post("/v1/stock/A-1/receipts", &receipt("berlin")))
        .await
        .done(202);
    shop
}

#[tokio::test]
async fn a_warehouse_is_opened_changed_closed_and_reopened() {
    let shop = Shop::new();
    let reply = shop.send(post("/v1/warehouses", &berlin())).await.done(201);
    assert_eq!(reply.id(), "berlin");
    assert_eq!(
        shop.last_payload().await["WarehouseOpened"],
        json!({"name": "Berlin", "location": "Westhafen 1"})
    );
    let change = json!({"name": "Berlin West", "location": "Borsigturm 2"});
    let patch = ask(Method::PATCH, "/v1/warehouses/berlin", &change).with("if-match", "1");
    shop.send(patch).await.done(202);
    close(&shop, "berlin").await;
    let reopen = bare(Method::POST, "/v1/warehouses/berlin/reopen");
    let reply = shop.send(reopen).await.done(202);
    assert_eq!(reply.json()["sequence"], 5);
    assert_eq!(
        shop.event_types().await,
        [
            "WarehouseOpened",
            "WarehouseRenamed",
            "WarehouseRelocated",
            "WarehouseClosed",
            "WarehouseReopened",
        ]
    );
}

#[tokio::test]
async fn a_code_names_one_warehouse_for_ever() {
    let shop = Shop::new();
    shop.send(post("/v1/warehouses", &berlin())).await.done(201);
    let again = || post("/v1/warehouses", &berlin());
    shop.refuses(again(), 409, "warehouse_already_opened", Some("code"))
        .await;
    close(&shop, "berlin").await;
    shop.refuses(again(), 409, "warehouse_already_opened", Some("code"))
        .await;
}

#[tokio::test]
async fn what_was_never_opened_is_unknown() {
    let shop = Shop::new();
    let patch = ask(Method::PATCH, "/v1/warehouses/berlin", &json!({"name": "Berlin"}));
    shop.refuses(patch, 404, "unknown_warehouse", None).await;
    for path in ["close", "reopen"] {
        let command = bare(Method::POST, format!("/v1/warehouses/berlin/{path}"));
        shop.refuses(command, 404, "unknown_warehouse", None).await;
    }
}

#[tokio::test]
async fn broken_fields_of_a_warehouse_are_named_together() {
    let shop = Shop::new();
    let body = json!({"code": "Berlin!", "name": "", "location": "l".repeat(301)});
    let ask = post("/v1/warehouses", &body);
    let reply = shop.refuses(ask, 422, "invalid_warehouse", Some("code")).await;
    let errors = reply.json()["errors"].as_array().unwrap().clone();
    let fields: Vec<&str> = errors
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["code", "name", "location"]);
    shop.send(post("/v1/warehouses", &berlin())).await.done(201);
    let nothing = super::shop::ask(Method::PATCH, "/v1/warehouses/berlin", &json!({}));
    shop.refuses(nothing, 422, "nothing_to_change", None).await;
}

#[tokio::test]
async fn goods_go_into_no_warehouse_that_was_never_opened() {
    let shop = stocked().await;
    let adjustment =
        |difference: i64| json!({"warehouse": "atlantis", "difference": difference, "reason": "r"});
    for (path, body, field) in [
        ("receipts", receipt("atlantis"), "warehouse"),
        ("adjustments", adjustment(1), "warehouse"),
        ("adjustments", adjustment(-1), "warehouse"),
        (
            "transfers",
            json!({"from": "berlin", "to": "atlantis", "quantity": 1}),
            "to",
        ),
        (
            "transfers",
            json!({"from": "atlantis", "to": "berlin", "quantity": 1}),
            "from",
        ),
    ] {
        let ask = post(format!("/v1/stock/A-1/{path}"), &body);
        let reply = shop.refuses(ask, 422, "unknown_warehouse", Some(field)).await;
        let detail = reply.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("POST /v1/warehouses"), "{detail}");
        assert_eq!(reply.json()["close_matches"], json!([]));
    }
}

#[tokio::test]
async fn both_warehouses_of_a_transfer_are_blamed_at_once() {
    let shop = stocked().await;
    let body = json!({"from": "atlantis", "to": "lemuria", "quantity": 1});
    let ask = post("/v1/stock/A-1/transfers", &body);
    let reply = shop.refuses(ask, 422, "unknown_warehouse", Some("from")).await;
    let errors = reply.json()["errors"].as_array().unwrap().clone();
    let fields: Vec<&str> = errors
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["from", "to"]);
}

#[tokio::test]
async fn a_mistyped_warehouse_is_answered_with_the_one_that_was_meant() {
    let shop = stocked().await;
    let ask = post("/v1/stock/A-1/receipts", &receipt("berln"));
    let reply = shop
        .refuses(ask, 422, "unknown_warehouse", Some("warehouse"))
        .await;
    assert_eq!(reply.json()["close_matches"], json!(["berlin"]));
    let detail = reply.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("did you mean berlin?"), "{detail}");
}

#[tokio::test]
async fn a_closed_warehouse_takes_nothing_in_and_gives_out_what_it_has() {
    let shop = stocked().await;
    close(&shop, "berlin").await;
    let found = json!({"warehouse": "berlin", "difference": 1, "reason": "found"});
    let back = json!({"from": "hamburg", "to": "berlin", "quantity": 1});
    for (path, body, field) in [
        ("receipts", receipt("berlin"), "warehouse"),
        ("adjustments", found, "warehouse"),
        ("transfers", back, "to"),
    ] {
        let ask = post(format!("/v1/stock/A-1/{path}"), &body);
        let reply = shop.refuses(ask, 422, "warehouse_closed", Some(field)).await;
        let detail = reply.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("/v1/warehouses/berlin/reopen"), "{detail}");
    }
    let broken = json!({"warehouse": "berlin", "difference": -1, "reason": "broken"});
    shop.send(post("/v1/stock/A-1/adjustments", &broken))
        .await
        .done(202);
    let away = json!({"from": "berlin", "to": "hamburg", "quantity": 9});
    shop.send(post("/v1/stock/A-1/transfers", &away)).await.done(202);
}

#[tokio::test]
async fn a_warehouse_of_an_old_log_stays_usable_for_the_skus_that_lie_there() {
    let shop = Shop::new();
    shop.unpriced_product("A-1").await;
    shop.unpriced_product("B-1").await;
    // As a log from before warehouses were opened has it.
    let receive = StockCommand::Receive {
        warehouse: "cellar".to_owned().try_into().unwrap(),
        quantity: 5.try_into().unwrap(),
        lot: None,
        expires_on: None,
    };
    shop.drive::<Stock>("A-1", [receive]).await;
    shop.send(post("/v1/stock/A-1/receipts", &receipt("cellar")))
        .await
        .done(202);
    let ask = post("/v1/stock/B-1/receipts", &receipt("cellar"));
    shop.refuses(ask, 422, "unknown_warehouse", Some("warehouse"))
        .await;
    shop.warehouses(&["cellar"]).await;
    shop.send(post("/v1/stock/B-1/receipts", &receipt("cellar")))
        .await
        .done(202);
}

#[tokio::test]
async fn a_receipt_that_was_done_is_answered_as_before_when_its_warehouse_is_closed() {
    let shop = stocked().await;
    let keyed = || post("/v1/stock/A-1/receipts", &receipt("hamburg")).keyed("receipt-1");
    let first = shop.send(keyed()).await.done(202);
    close(&shop, "hamburg").await;
    let again = shop.send(keyed()).await.done(202);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.json()["position"], first.json()["position"]);
}

#[tokio::test]
async fn a_return_is_shelved_in_no_unknown_warehouse() {
    let shop = Shop::new();
    let line = json!({"sku": "A-1", "quantity": 1, "disposal": {"as": "restock", "warehouse": "atlantis"}});
    let body = json!({"lines": [line]});
    // Of an order or a return that does not exist no warehouse is to blame.
    let path = format!("/v1/orders/{NOBODY}/returns/{NOBODY}/accept");
    shop.refuses(post(path, &body), 404, "unknown_order", None).await;
    let order = delivered(&shop).await;
    let path = format!("/v1/orders/{order}/returns/{NOBODY}/accept");
    shop.refuses(post(path, &body), 404, "unknown_return", None).await;
    let path = requested(&shop, &order, 1).await;
    let ask = post(format!("{path}/accept"), &body);
    shop.refuses(ask, 422, "unknown_warehouse", Some("lines[0].disposal.warehouse"))
        .await;
}

#[tokio::test]
async fn an_amount_may_be_sent_as_graphql_answers_it() {
    let shop = Shop::new();
    let account = shop.account("EUR").await;
    let path = format!("/v1/accounts/{account}/deposits");
    let body = json!({"amount": {"amount": "1250", "currency": "EUR"}, "reference": "r"});
    shop.send(post(&path, &body)).await.done(202);
    assert_eq!(
        shop.last_payload().await["AccountDeposited"]["amount"],
        json!({"amount": 1250, "currency": "EUR"})
    );
    for wrong in ["12.50", "1e3", "twelve", ""] {
        let body = json!({"amount": {"amount": wrong, "currency": "EUR"}, "reference": "q"});
        let (status, _, _) = shop.send(post(&path, &body)).await.problem();
        assert_eq!(status, 400, "{wrong:?}");
    }
}
