//! `customer` and `customers`.

use domain::payment::{Payment, PaymentCommand};
use serde_json::json;

use crate::{
    shop::{Shop, customer_id, order_id, payment_id},
    stage::{Stage, all_pages},
};

async fn stage() -> Stage {
    let shop = Shop::new();
    shop.list(1, "Teapot", "home", 1_190).await;
    shop.receive(1, "north", None, 9).await;
    shop.open(1, 5_000).await;
    for number in 1..=5 {
        shop.place(number, 1 + number % 3, &[1]).await;
    }
    shop.carry_out(3, 1, 1).await;
    for command in [PaymentCommand::RequestCapture, PaymentCommand::RecordCaptured] {
        shop.send::<Payment>(payment_id(3), command).await;
    }
    Stage::new(shop).await
}

#[tokio::test]
async fn a_customer_shows_orders_and_spending() {
    let stage = stage().await;
    let data = stage
        .data(&format!(
            "{{ customer(id: \"{}\") {{ id orderCount cancelledCount spending {{ paidOrders spent {{ formatted }} \
             refunded {{ amount }} }} orders {{ nodes {{ id customer {{ orderCount }} }} }} firstOrderAt lastOrderAt }} \
             nobody: customer(id: \"{}\") {{ id }} }}",
            customer_id(1),
            customer_id(9)
        ))
        .await;
    let customer = json!({
        "id": customer_id(1).to_string(), "orderCount": 1, "cancelledCount": 0,
        "spending": [{ "paidOrders": 1, "spent": { "formatted": "11.90 EUR" }, "refunded": { "amount": "0" } }],
        "orders": { "nodes": [{ "id": order_id(3).to_string(), "customer": { "orderCount": 1 } }] },
        "firstOrderAt": "2026-01-15T12:00:00+00:00", "lastOrderAt": "2026-01-15T12:00:00+00:00",
    });
    assert_eq!(data, json!({ "customer": customer, "nobody": null }));
}

#[tokio::test]
async fn the_pages_of_customers_have_each_once_who_ordered_last_first() {
    let stage = stage().await;
    let page = |after: &str| {
        format!(
            "{{ customers(first: 2, after: {after}) {{ edges {{ node {{ id }} }} \
             pageInfo {{ hasPreviousPage hasNextPage endCursor }} }} }}"
        )
    };
    let nodes = all_pages(&stage, "/customers", page).await;
    let expected = [3, 2, 1].map(|number| json!({ "id": customer_id(number).to_string() }));
    assert_eq!(nodes, expected);
    for (field, argument) in [
        ("customer(id: \"1\") { id }", "id"),
        ("customers(first: 101) { nodes { id } }", "first"),
        ("customers(after: \"x\") { nodes { id } }", "after"),
    ] {
        let (code, error) = stage.error(&format!("{{ {field} }}")).await;
        assert_eq!(
            (code.as_str(), &error["extensions"]["argument"]),
            ("INVALID_ARGUMENT", &json!(argument)),
            "{field}"
        );
    }
}
