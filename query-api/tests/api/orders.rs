//! `order` and `orders`.

use serde_json::json;

use crate::{
    shop::{Shop, account_id, customer_id, order_id, payment_id},
    stage::{Stage, all_pages},
};

async fn stage() -> Stage {
    let shop = Shop::new();
    shop.list(1, "Teapot", "home/kitchen", 1_190).await;
    shop.receive(1, "north", None, 9).await;
    shop.open(1, 5_000).await;
    for number in 1..=7 {
        shop.place(number, 1 + number % 2, &[1]).await;
    }
    shop.carry_out(2, 1, 1).await;
    Stage::new(shop).await
}

#[tokio::test]
async fn an_order_shows_its_lines_its_payment_and_its_timeline() {
    let stage = stage().await;
    let order = stage
        .data(&format!(
            "{{ order(id: \"{}\") {{ id customerId status cancelReason {{ code text }} total {{ amount formatted }} \
             tax {{ amount }} payment {{ id method account {{ id available {{ amount }} }} }} \
             shipment {{ carrier trackingNumber }} lines {{ number sku name quantity unitPrice {{ formatted }} \
             taxRateBp product {{ name }} }} timeline {{ step detail actor aggregateType causedBy correlationId }} \
             placedAt }} }}",
            order_id(2)
        ))
        .await["order"]
        .take();
    assert_eq!(order["id"], json!(order_id(2).to_string()));
    assert_eq!(order["customerId"], json!(customer_id(1).to_string()));
    assert_eq!(order["status"], json!("SHIPPED"));
    assert_eq!(order["cancelReason"], json!(null));
    assert_eq!(
        order["total"],
        json!({ "amount": "1190", "formatted": "11.90 EUR" })
    );
    assert_eq!(order["tax"], json!({ "amount": "190" }));
    let account = json!({ "id": account_id(1).to_string(), "available": { "amount": "3810" } });
    let payment = json!({ "id": payment_id(2).to_string(), "method": "ACCOUNT", "account": account });
    assert_eq!(order["payment"], payment);
    assert_eq!(
        order["shipment"],
        json!({ "carrier": "Post", "trackingNumber": "TN 1" })
    );
    let line = json!({
        "number": 1, "sku": "SKU-1", "name": "Product 1", "quantity": 1, "taxRateBp": 1900,
        "unitPrice": { "formatted": "11.90 EUR" }, "product": { "name": "Teapot" },
    });
    assert_eq!(order["lines"], json!([line]));
    let steps: Vec<_> = order["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["step"].clone())
        .collect();
    let expected = [
        "placed",
        "stock_reserved",
        "payment_requested",
        "funds_held",
        "payment_authorised",
        "confirmed",
        "hold_captured",
        "paid",
        "shipped",
    ];
    assert_eq!(steps, expected);
    let placed = json!({
        "step": "placed", "detail": "11.90 EUR", "actor": "customer", "aggregateType": "order", "causedBy": 1,
        "correlationId": "request 1",
    });
    assert_eq!(order["timeline"][0], placed);
    assert_eq!(order["placedAt"], json!("2026-01-15T12:00:00+00:00"));
}

#[tokio::test]
async fn the_pages_of_orders_have_every_order_once_newest_first() {
    let stage = stage().await;
    let page = |after: &str| {
        format!(
            "{{ orders(first: 2, after: {after}) {{ edges {{ node {{ id }} }} \
             pageInfo {{ hasPreviousPage hasNextPage endCursor }} }} }}"
        )
    };
    let nodes = all_pages(&stage, "/orders", page).await;
    let expected: Vec<_> = (1..=7)
        .rev()
        .map(|number| json!({ "id": order_id(number).to_string() }))
        .collect();
    assert_eq!(nodes, expected);
}

#[tokio::test]
async fn orders_are_found_by_customer_and_status() {
    let stage = stage().await;
    let count = async |filter: &str| {
        let data = stage
            .data(&format!("{{ orders(filter: {filter}) {{ nodes {{ id }} }} }}"))
            .await;
        data["orders"]["nodes"].as_array().unwrap().len()
    };
    assert_eq!(count("{}").await, 7);
    assert_eq!(
        count(&format!("{{ customerId: \"{}\" }}", customer_id(1))).await,
        3
    );
    assert_eq!(count("{ status: SHIPPED }").await, 1);
    assert_eq!(
        count(&format!(
            "{{ status: PLACED, customerId: \"{}\" }}",
            customer_id(1)
        ))
        .await,
        2
    );
    assert_eq!(
        count(&format!("{{ customerId: \"{}\" }}", customer_id(9))).await,
        0
    );
}

#[tokio::test]
async fn a_bad_argument_is_named() {
    let stage = stage().await;
    for (field, argument) in [
        ("order(id: \"1\") { id }", "id"),
        (
            "orders(filter: { customerId: \"1\" }) { nodes { id } }",
            "filter.customerId",
        ),
        ("orders(first: 1000) { nodes { id } }", "first"),
        ("orders(after: \"1\") { nodes { id } }", "after"),
    ] {
        let (code, error) = stage.error(&format!("{{ {field} }}")).await;
        assert_eq!(
            (code.as_str(), &error["extensions"]["argument"]),
            ("INVALID_ARGUMENT", &json!(argument))
        );
    }
    let unknown = stage
        .data(&format!("{{ order(id: \"{}\") {{ id }} }}", order_id(99)))
        .await;
    assert_eq!(unknown["order"], json!(null));
}
