//! `/v1/stock`

use axum::http::Method;
use domain::stock::{Stock, StockCommand};
use serde_json::{Value, json};

use super::shop::{Ask, Shop, ask, post};

fn threshold(sku: &str, body: &Value) -> Ask {
    ask(Method::PUT, format!("/v1/stock/{sku}/low-stock-threshold"), body)
}

fn receipt(quantity: i64) -> Value {
    json!({"warehouse": "berlin", "quantity": quantity})
}

#[tokio::test]
async fn goods_are_received_counted_and_moved() {
    let shop = Shop::new();
    shop.warehouses(&["berlin", "hamburg"]).await;
    shop.unpriced_product("A-1").await;
    let body = json!({"warehouse": "berlin", "quantity": 10, "lot": "L1", "expires_on": "2027-06-30"});
    let reply = shop.send(post("/v1/stock/A-1/receipts", &body)).await.done(202);
    assert_eq!(
        (reply.id().as_str(), reply.json()["sequence"].as_i64()),
        ("A-1", Some(1))
    );
    assert_eq!(shop.last_payload().await["StockReceived"], body);
    let adjustment = json!({"warehouse": "berlin", "difference": -3, "lot": "L1", "reason": "broken"});
    shop.send(post("/v1/stock/A-1/adjustments", &adjustment))
        .await
        .done(202);
    let transfer = json!({"from": "berlin", "to": "hamburg", "quantity": 7, "lot": "L1"});
    shop.send(post("/v1/stock/A-1/transfers", &transfer))
        .await
        .done(202);
    assert_eq!(
        shop.event_types().await[3..],
        ["StockReceived", "StockAdjusted", "StockTransferred"]
    );
    shop.refuses(
        post("/v1/stock/A-1/transfers", &transfer),
        422,
        "not_enough_stock",
        Some("quantity"),
    )
    .await;
}

#[tokio::test]
async fn a_count_is_taken_though_units_are_promised_and_what_is_missing_does_not_ship() {
    let shop = Shop::new();
    shop.warehouses(&["berlin"]).await;
    let order = shop.paid_order().await;
    shop.send(post("/v1/stock/A-1/receipts", &receipt(3)))
        .await
        .done(202);
    let reserve = StockCommand::Reserve {
        order_id: order.parse().unwrap(),
        quantity: 2.try_into().unwrap(),
        at: chrono::Utc::now(),
        expires_at: chrono::Utc::now(),
        provisional: false,
    };
    shop.drive::<Stock>("A-1", [reserve]).await;
    let count =
        |difference: i64| json!({"warehouse": "berlin", "difference": difference, "reason": "counted"});
    // More than is booked cannot be missing.
    let reply = shop
        .refuses(
            post("/v1/stock/A-1/adjustments", &count(-4)),
            422,
            "not_enough_stock",
            Some("difference"),
        )
        .await;
    assert_eq!(
        (&reply.json()["on_hand"], &reply.json()["reserved"]),
        (&json!(3), &json!(2))
    );
    shop.send(post("/v1/stock/A-1/adjustments", &count(-2)))
        .await
        .done(202);
    let short = shop.last_payload().await["StockFellShort"].clone();
    assert_eq!(
        (&short["missing"], &short["orders"]),
        (&json!(1), &json!([order]))
    );
    let ship = || {
        post(
            format!("/v1/orders/{order}/ship"),
            &json!({"tracking_number": "SW-1"}),
        )
    };
    let reply = shop.refuses(ship(), 422, "stock_short", None).await;
    assert_eq!(
        (&reply.json()["sku"], &reply.json()["missing"]),
        (&json!("A-1"), &json!(1))
    );
    shop.send(post("/v1/stock/A-1/receipts", &receipt(1)))
        .await
        .done(202);
    assert!(
        shop.event_types()
            .await
            .contains(&"StockShortageEased".to_owned())
    );
    shop.send(ship()).await.done(202);
}

#[tokio::test]
async fn a_lot_has_one_day_of_expiry_which_can_be_corrected() {
    let shop = Shop::new();
    shop.warehouses(&["berlin", "hamburg"]).await;
    shop.unpriced_product("A-1").await;
    let lot = |warehouse: &str, day: &str| json!({"warehouse": warehouse, "quantity": 1, "lot": "L1", "expires_on": day});
    shop.send(post("/v1/stock/A-1/receipts", &lot("berlin", "2027-06-30")))
        .await
        .done(202);
    shop.refuses(
        post("/v1/stock/A-1/receipts", &lot("hamburg", "2027-07-31")),
        422,
        "other_expiry",
        Some("expires_on"),
    )
    .await;
    let found = json!({"warehouse": "hamburg", "difference": 1, "lot": "L1", "reason": "found"});
    shop.send(post("/v1/stock/A-1/adjustments", &found))
        .await
        .done(202);
    assert_eq!(
        shop.last_payload().await["StockAdjusted"]["expires_on"],
        "2027-06-30"
    );
    let expiry = |lot: &str, day: Value| {
        let body = json!({"lot": lot, "expires_on": day});
        ask(Method::PUT, "/v1/stock/A-1/lot-expiry", &body)
    };
    shop.send(expiry("L1", json!("2027-07-31"))).await.done(202);
    shop.send(post("/v1/stock/A-1/receipts", &lot("hamburg", "2027-07-31")))
        .await
        .done(202);
    shop.refuses(expiry("L2", Value::Null), 422, "unknown_lot", Some("lot"))
        .await;
}

#[tokio::test]
async fn a_sku_that_no_product_has_is_unknown() {
    let shop = Shop::new();
    let adjustment = json!({"warehouse": "berlin", "difference": 1, "reason": "found"});
    let transfer = json!({"from": "berlin", "to": "hamburg", "quantity": 1});
    for (path, body) in [
        ("receipts", receipt(1)),
        ("adjustments", adjustment),
        ("transfers", transfer),
    ] {
        let ask = post(format!("/v1/stock/B-1/{path}"), &body);
        shop.refuses(ask, 404, "unknown_sku", Some("sku")).await;
    }
    let ask = threshold("B-1", &json!({"threshold": 1}));
    shop.refuses(ask, 404, "unknown_sku", Some("sku")).await;
}

#[tokio::test]
async fn a_stock_that_is_low_is_told_of_once() {
    let shop = Shop::new();
    shop.warehouses(&["berlin"]).await;
    shop.unpriced_product("A-1").await;
    shop.send(post("/v1/stock/A-1/receipts", &receipt(5)))
        .await
        .done(202);
    let ask = || threshold("A-1", &json!({"threshold": 3}));
    shop.send(ask()).await.done(202);
    assert_eq!(shop.last_payload().await["LowStockThresholdSet"]["threshold"], 3);
    // Said again, it changes nothing.
    let head = shop.head().await;
    shop.send(ask()).await.done(202);
    assert_eq!(shop.head().await, head);
    let adjustment = json!({"warehouse": "berlin", "difference": -2, "reason": "broken"});
    shop.send(post("/v1/stock/A-1/adjustments", &adjustment))
        .await
        .done(202);
    assert_eq!(
        shop.last_payload().await["StockRanLow"],
        json!({"free": 3, "threshold": 3})
    );
    shop.send(threshold("A-1", &json!({"threshold": null})))
        .await
        .done(202);
    shop.send(post("/v1/stock/A-1/adjustments", &adjustment))
        .await
        .done(202);
    assert_eq!(shop.event_types().await.pop().unwrap(), "StockAdjusted");
}

#[tokio::test]
async fn a_threshold_is_a_number_of_units_or_none() {
    let shop = Shop::new();
    shop.unpriced_product("A-1").await;
    for units in [-1, 10_000_001, i64::MAX] {
        let ask = threshold("A-1", &json!({"threshold": units}));
        shop.refuses(ask, 422, "invalid_threshold", Some("threshold"))
            .await;
    }
    // Left out it could be a slip, and would switch the warning off.
    let ask = threshold("A-1", &json!({}));
    shop.refuses(ask, 400, "malformed_body", Some("threshold")).await;
}

#[tokio::test]
async fn broken_fields_are_named() {
    let shop = Shop::new();
    shop.warehouses(&["berlin"]).await;
    shop.unpriced_product("A-1").await;
    let body = json!({"warehouse": "Berlin!", "quantity": 0, "expires_on": "2027-02-30"});
    let ask = post("/v1/stock/A-1/receipts", &body);
    let reply = shop
        .refuses(ask, 422, "invalid_warehouse", Some("warehouse"))
        .await;
    let fields = reply.json()["errors"].as_array().unwrap().len();
    assert_eq!(fields, 3);
    for quantity in [0, -1, 1_000_000_000_000_000_000] {
        let ask = post("/v1/stock/A-1/receipts", &receipt(quantity));
        shop.refuses(ask, 422, "invalid_quantity", Some("quantity")).await;
    }
    let zero = json!({"warehouse": "berlin", "difference": 0, "reason": "none"});
    let ask = post("/v1/stock/A-1/adjustments", &zero);
    shop.refuses(ask, 422, "difference", Some("difference")).await;
    let nowhere = json!({"from": "berlin", "to": "berlin", "quantity": 1});
    let ask = post("/v1/stock/A-1/transfers", &nowhere);
    shop.refuses(ask, 422, "same_warehouse", Some("to")).await;
}

#[tokio::test]
async fn a_malformed_sku_in_the_address_is_no_id() {
    let shop = Shop::new();
    for sku in ["A%201", "%FF", &"A".repeat(65)] {
        let ask = post(format!("/v1/stock/{sku}/receipts"), &receipt(1));
        let reply = shop.send(ask).await;
        let (status, code, _) = reply.problem();
        assert_eq!((status, code.as_str()), (400, "malformed_id"), "{sku}");
    }
}
