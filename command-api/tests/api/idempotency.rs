//! What is sent again is done once.

use axum::http::Method;
use futures::future::join_all;
use serde_json::json;

use super::{
    accounts::movement,
    shop::{CUSTOMER, Shop, ask, order, post, raw},
};

#[tokio::test]
async fn a_repeated_placement_names_the_first_order() {
    let shop = Shop::new();
    shop.product("A-1").await;
    let place = || post("/v1/orders", &order("A-1", 2)).keyed("order-1");
    let first = shop.send(place()).await.done(201);
    let head = shop.head().await;
    let again = shop.send(place()).await.done(201);
    assert_eq!(first.json(), again.json());
    assert_eq!(
        (
            first.header("idempotent-replayed"),
            again.header("idempotent-replayed")
        ),
        ("", "true")
    );
    assert_eq!(shop.head().await, head);
}

#[tokio::test]
async fn a_repeated_placement_is_answered_even_when_it_would_be_refused_by_now() {
    let shop = Shop::new();
    let product = shop.product("A-1").await;
    let mut body = order("A-1", 2);
    body["expected_total"] = json!({"amount": 4000, "currency": "EUR"});
    let place = || post("/v1/orders", &body).keyed("order-1");
    let first = shop.send(place()).await.done(201);
    // First the price changes, which the order itself refuses.
    let price = json!({"price": {"amount": 9900, "currency": "EUR"}});
    shop.send(post(format!("/v1/products/{product}/prices"), &price))
        .await
        .done(202);
    assert_eq!(shop.send(place()).await.done(201).json(), first.json());
    // Then the product goes, which is found out before the order is asked.
    let gone = ask(
        Method::PATCH,
        format!("/v1/products/{product}"),
        &json!({"active": false}),
    );
    shop.send(gone).await.done(202);
    assert_eq!(shop.send(place()).await.done(201).json(), first.json());
    // Another order under this key is refused as such and not because of the product.
    let field = Some("Idempotency-Key");
    let other = post("/v1/orders", &order("A-1", 3)).keyed("order-1");
    shop.refuses(other, 422, "idempotency_key_reused", field).await;
}

#[tokio::test]
async fn a_key_stands_for_one_request() {
    let shop = Shop::new();
    let account = format!("/v1/accounts/{}", shop.account("EUR").await);
    let deposit = |amount, reference| {
        post(format!("{account}/deposits"), &movement(amount, "EUR", reference)).keyed("k")
    };
    shop.send(deposit(500, "a")).await.done(202);
    let field = Some("Idempotency-Key");
    let code = "idempotency_key_reused";
    shop.refuses(deposit(501, "b"), 422, code, field).await;
    // The same body to another address.
    let path = format!("{account}/withdrawals");
    let withdrawal = post(path, &movement(500, "EUR", "a")).keyed("k");
    let (status, ..) = shop.send(withdrawal).await.problem();
    assert_eq!((status, shop.head().await), (422, 2));
    let open = post("/v1/accounts", &json!({"owner_id": CUSTOMER, "currency": "USD"})).keyed("k");
    shop.refuses(open, 422, code, field).await;
}

#[tokio::test]
async fn the_spelling_of_the_json_does_not_matter() {
    let shop = Shop::new();
    let open = |body: &str| raw(Method::POST, "/v1/accounts", "application/json", body).keyed("k");
    let first = format!(r#"{{"owner_id":"{CUSTOMER}","currency":"EUR"}}"#);
    let again = format!(r#"{{ "currency": "EUR", "owner_id": "{CUSTOMER}" }}"#);
    let first = shop.send(open(&first)).await.done(201);
    assert_eq!(shop.send(open(&again)).await.done(201).json(), first.json());
    assert_eq!(shop.head().await, 1);
}

#[tokio::test]
async fn a_creation_is_repeated_although_what_it_made_is_there() {
    let shop = Shop::new();
    let open = || post("/v1/accounts", &json!({"owner_id": CUSTOMER, "currency": "EUR"})).keyed("k");
    let first = shop.send(open()).await.done(201);
    assert_eq!(shop.send(open()).await.done(201).json(), first.json());
}

#[tokio::test]
async fn a_refused_request_does_not_use_up_its_key() {
    let shop = Shop::new();
    let place = || post("/v1/orders", &order("A-1", 1)).keyed("k");
    shop.refuses(place(), 422, "unknown_sku", Some("lines[0].sku"))
        .await;
    shop.product("A-1").await;
    shop.send(place()).await.done(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_equal_requests_at_once_one_is_done() {
    let shop = Shop::new();
    shop.product("A-1").await;
    let before = shop.head().await;
    let place = || shop.send(post("/v1/orders", &order("A-1", 1)).keyed("order-1"));
    let replies = join_all((0..50).map(|_| place())).await;
    let first = replies[0].id();
    for reply in replies {
        assert_eq!(reply.done(201).id(), first);
    }
    assert_eq!(shop.head().await, before + 1);

    let account = format!("/v1/accounts/{}", shop.account("EUR").await);
    let before = shop.head().await;
    // Without a key, and with a fresh one each: the reference alone is enough.
    let deposit = |number: usize| {
        let ask = post(format!("{account}/deposits"), &movement(500, "EUR", "salary"));
        shop.send(if number.is_multiple_of(2) {
            ask
        } else {
            ask.keyed(&number.to_string())
        })
    };
    for reply in join_all((0..50).map(deposit)).await {
        reply.done(202);
    }
    assert_eq!(shop.head().await, before + 1);
}
