//! The returns of an order, its address, its sequence and the count of a list.

use domain::{
    order::{Disposal, Order, OrderCommand, ReturnLine, TakenBack},
    stock::{Stock, StockCommand},
};
use serde_json::{Value, json};

use crate::{
    shop::{Shop, customer_id, order_id, return_id, sku, text},
    stage::Stage,
};

const RETURNS: &str = "returns { id state reason lines { sku quantity } refund { amount } writtenOff { amount } \
                       takenBack { sku quantity disposal warehouse lot } rejectionReason } \
                       lines { sku returnedQuantity } sequence";

fn one() -> domain::value::Quantity {
    1.try_into().unwrap()
}

/// A shop where order 1 was shipped, and its one unit came back.
async fn shop() -> Shop {
    let shop = Shop::new();
    shop.list(1, "Teapot", "home/kitchen", 1_190).await;
    shop.receive(1, "north", None, 9).await;
    shop.open(1, 5_000).await;
    for number in 1..=3 {
        shop.place(number, 1, &[1]).await;
    }
    shop.carry_out(1, 1, 1).await;
    let request = OrderCommand::RequestReturn {
        return_id: return_id(1),
        lines: vec![ReturnLine {
            sku: sku(1),
            quantity: one(),
        }],
        reason: text("too small"),
        exchange_order_id: None,
    };
    shop.send::<Order>(order_id(1), request).await;
    shop
}

async fn accept(shop: &Shop) {
    let accept = OrderCommand::AcceptReturn {
        return_id: return_id(1),
        lines: vec![TakenBack {
            sku: sku(1),
            quantity: one(),
            disposal: Disposal::Restock {
                warehouse: text("north"),
                lot: None,
            },
        }],
        refund: None,
        left: None,
    };
    shop.send::<Order>(order_id(1), accept).await;
}

async fn returns(stage: &Stage, arguments: &str) -> Value {
    let query = format!("{{ order(id: \"{}\" {arguments}) {{ {RETURNS} }} }}", order_id(1));
    stage.data(&query).await["order"].take()
}

#[tokio::test]
async fn a_return_is_shown_with_its_goods_its_money_and_what_became_of_them() {
    let shop = shop().await;
    accept(&shop).await;
    let order = returns(&Stage::new(shop).await, "").await;
    let expected = json!({
        "id": return_id(1).to_string(), "state": "ACCEPTED", "reason": "too small",
        "lines": [{"sku": "SKU-1", "quantity": 1}],
        "refund": {"amount": "1190"}, "writtenOff": {"amount": "0"},
        "takenBack": [{"sku": "SKU-1", "quantity": 1, "disposal": "RESTOCK", "warehouse": "north", "lot": null}],
        "rejectionReason": null,
    });
    assert_eq!(order["returns"], json!([expected]));
    assert_eq!(order["lines"], json!([{"sku": "SKU-1", "returnedQuantity": 1}]));
    // Placed, confirmed, paid, shipped, a return requested and accepted, all goods returned.
    assert_eq!(order["sequence"], json!(7));
}

#[tokio::test]
async fn a_return_of_the_past_is_shown_as_it_was() {
    let shop = shop().await;
    let requested = shop.head().await;
    accept(&shop).await;
    let stage = Stage::new(shop).await;
    let order = returns(&stage, &format!(", asOf: {{position: {requested}}}")).await;
    assert_eq!(order["returns"][0]["state"], json!("REQUESTED"));
    assert_eq!(order["returns"][0]["takenBack"], json!([]));
    assert_eq!(order["lines"], json!([{"sku": "SKU-1", "returnedQuantity": 0}]));
    assert_eq!(order["sequence"], json!(null));
}

#[tokio::test]
async fn an_order_shows_where_the_parcel_goes() {
    let stage = Stage::new(shop().await).await;
    let query = format!(
        "{{ order(id: \"{}\") {{ shippingAddress {{ name street city postalCode country }} }} }}",
        order_id(1)
    );
    assert_eq!(
        stage.data(&query).await["order"]["shippingAddress"],
        json!({
            "name": "Ada Lovelace", "street": "St James's Square 12", "city": "London", "postalCode": null,
            "country": "GB",
        })
    );
}

#[tokio::test]
async fn a_list_of_orders_says_how_many_there_are_on_all_its_pages() {
    let stage = Stage::new(shop().await).await;
    let query = format!(
        "{{ orders(first: 1) {{ totalCount nodes {{ id }} }} \
         placed: orders(first: 1, filter: {{status: PLACED}}) {{ totalCount }} \
         customer(id: \"{}\") {{ orders(first: 1) {{ totalCount }} }} }}",
        customer_id(1)
    );
    let data = stage.data(&query).await;
    assert_eq!(data["orders"]["totalCount"], json!(3));
    assert_eq!(data["orders"]["nodes"].as_array().unwrap().len(), 1);
    assert_eq!(data["placed"]["totalCount"], json!(2));
    assert_eq!(data["customer"]["orders"]["totalCount"], json!(3));
}

#[tokio::test]
async fn each_thing_that_is_changed_with_if_match_shows_its_sequence() {
    let shop = shop().await;
    let threshold = StockCommand::SetLowStockThreshold { threshold: Some(8) };
    shop.send::<Stock>(sku(1), threshold).await;
    let stage = Stage::new(shop).await;
    let data = stage
        .data(&format!(
            "{{ account(id: \"{}\") {{ sequence }} product(slug: \"product-1\") {{ sequence }} \
             stock(sku: \"SKU-1\") {{ sequence lowStockThreshold }} \
             lowStock {{ nodes {{ sku free threshold sequence stock {{ onHand }} }} }} }}",
            crate::shop::account_id(1)
        ))
        .await;
    // Opened, a deposit, a hold and its capture.
    assert_eq!(data["account"]["sequence"], json!(4));
    assert_eq!(data["product"]["sequence"], json!(2));
    // A receipt, a reservation, a threshold and the warning that it was met at once.
    assert_eq!(data["stock"], json!({"sequence": 4, "lowStockThreshold": 8}));
    let low = json!({"sku": "SKU-1", "free": 8, "threshold": 8, "sequence": 4, "stock": {"onHand": 9}});
    assert_eq!(data["lowStock"]["nodes"], json!([low]));
}

#[tokio::test]
async fn a_step_has_a_code_and_the_values_of_its_sentence() {
    let stage = Stage::new(shop().await).await;
    let query = format!(
        "{{ order(id: \"{}\") {{ timeline {{ step detail parameters {{ name value }} }} }} }}",
        order_id(1)
    );
    let data = stage.data(&query).await;
    let timeline = data["order"]["timeline"].as_array().unwrap();
    let reserved = json!({
        "step": "stock_reserved", "detail": "1 × SKU-1",
        "parameters": [{"name": "quantity", "value": "1"}, {"name": "sku", "value": "SKU-1"}],
    });
    assert_eq!(timeline[1], reserved);
    let confirmed = timeline.iter().find(|step| step["step"] == "confirmed").unwrap();
    assert_eq!(confirmed["parameters"], json!([]));
}
