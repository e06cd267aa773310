//! `stock`.

use serde_json::json;

use crate::{shop::Shop, stage::Stage};

#[tokio::test]
async fn stock_is_shown_by_warehouse_and_lot() {
    let shop = Shop::new();
    shop.receive(1, "north", Some("L 1"), 5).await;
    shop.receive(1, "north", None, 2).await;
    shop.receive(1, "south", None, 1).await;
    shop.open(1, 5_000).await;
    shop.place(1, 1, &[1]).await;
    shop.carry_out(1, 1, 1).await;
    let stage = Stage::new(shop).await;
    let data = stage
        .data(
            "{ stock(sku: \"SKU-1\") { id sku onHand reserved available warehouses { warehouse onHand reserved \
             available lots { lot expiresOn onHand available } } } other: stock(sku: \"SKU-2\") { id } }",
        )
        .await;
    let lot = json!({ "lot": "L 1", "expiresOn": "2999-12-31", "onHand": 5, "available": 4 });
    let loose = |units: i64| json!({ "lot": null, "expiresOn": null, "onHand": units, "available": units });
    let north = json!({
        "warehouse": "north", "onHand": 7, "reserved": 1, "available": 6, "lots": [loose(2), lot],
    });
    let south =
        json!({ "warehouse": "south", "onHand": 1, "reserved": 0, "available": 1, "lots": [loose(1)] });
    let expected = json!({
        "id": "SKU-1", "sku": "SKU-1", "onHand": 8, "reserved": 1, "available": 7, "warehouses": [north, south],
    });
    assert_eq!(data, json!({ "stock": expected, "other": null }));
    let (code, error) = stage.error("{ stock(sku: \"\") { id } }").await;
    assert_eq!(
        (code.as_str(), &error["extensions"]["argument"]),
        ("INVALID_ARGUMENT", &json!("sku"))
    );
    // The rules of variables let this pass: only the value that is sent is wrong.
    let nothing = json!({
        "query": "query ($sku: String = \"SKU-1\") { stock(sku: $sku) { id } }",
        "variables": { "sku": null },
    });
    let (_, _, answer) = stage.post(&nothing.to_string(), &[]).await;
    assert_eq!(
        answer["errors"][0]["extensions"]["code"], "INVALID_ARGUMENT",
        "{answer}"
    );
    assert_eq!(answer["data"], json!({ "stock": null }), "{answer}");
}
