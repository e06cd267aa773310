//! `node`.

use serde_json::json;

use crate::{
    shop::{Shop, account_id, order_id, payment_id, product_id, subscription_id},
    stage::Stage,
};

#[tokio::test]
async fn a_node_is_found_by_its_id_alone() {
    let shop = Shop::new();
    shop.list(1, "Teapot", "home", 100).await;
    shop.receive(1, "north", None, 1).await;
    shop.open(1, 5_000).await;
    shop.place(1, 1, &[1]).await;
    shop.carry_out(1, 1, 1).await;
    // Its payment is named and not requested yet.
    shop.place(2, 1, &[1]).await;
    shop.start_subscription(1, 1).await;
    let stage = Stage::new(shop).await;
    for (id, kind) in [
        (product_id(1).to_string(), "Product"),
        (order_id(1).to_string(), "Order"),
        (account_id(1).to_string(), "Account"),
        (payment_id(1).to_string(), "Payment"),
        (subscription_id(1).to_string(), "CustomerSubscription"),
        ("SKU-1".to_owned(), "Stock"),
    ] {
        let data = stage
            .data(&format!(
                "{{ node(id: \"{id}\") {{ __typename id ... on Stock {{ onHand }} ... on Payment {{ state }} }} }}"
            ))
            .await;
        assert_eq!(data["node"]["__typename"], json!(kind));
        assert_eq!(data["node"]["id"], json!(id));
    }
    let unknown = format!(
        "{{ a: node(id: \"{}\") {{ id }} b: node(id: \"SKU-9\") {{ id }} c: node(id: \"{}\") {{ id }} }}",
        order_id(9),
        payment_id(2)
    );
    assert_eq!(
        stage.data(&unknown).await,
        json!({ "a": null, "b": null, "c": null })
    );
    let (code, _) = stage.error("{ node(id: \"no id\") { id } }").await;
    assert_eq!(code, "INVALID_ARGUMENT");
}
