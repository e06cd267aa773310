//! `/v1/accounts`

use serde_json::{Value, json};

use super::shop::{CUSTOMER, NOBODY, Shop, post};

pub(crate) fn movement(amount: i64, currency: &str, reference: &str) -> Value {
    json!({"amount": {"amount": amount, "currency": currency}, "reference": reference})
}

#[tokio::test]
async fn an_account_is_opened() {
    let shop = Shop::new();
    let body = json!({"owner_id": CUSTOMER, "currency": "EUR"});
    let reply = shop.send(post("/v1/accounts", &body)).await.done(201);
    assert_eq!(
        (reply.json()["sequence"].as_i64(), shop.head().await),
        (Some(1), 1)
    );
    assert_eq!(shop.last_payload().await["AccountOpened"], body);
}

#[tokio::test]
async fn an_owner_has_one_account_in_each_currency() {
    let shop = Shop::new();
    let id = shop.account("EUR").await;
    shop.account("USD").await;
    let again = post("/v1/accounts", &json!({"owner_id": CUSTOMER, "currency": "EUR"}));
    let reply = shop.refuses(again, 409, "already_exists", Some("owner_id")).await;
    assert_eq!(reply.json()["existing_id"], id);
}

#[tokio::test]
async fn money_comes_in_and_goes_out() {
    let shop = Shop::new();
    let account = format!("/v1/accounts/{}", shop.account("EUR").await);
    let deposit = post(format!("{account}/deposits"), &movement(500, "EUR", "d1"));
    shop.send(deposit).await.done(202);
    let withdraw = |amount| post(format!("{account}/withdrawals"), &movement(amount, "EUR", "w1"));
    shop.refuses(withdraw(501), 422, "insufficient_funds", Some("amount"))
        .await;
    shop.send(withdraw(500)).await.done(202);
    assert_eq!(
        shop.event_types().await,
        ["AccountOpened", "AccountDeposited", "AccountWithdrawn"]
    );
}

#[tokio::test]
async fn a_reference_moves_money_once() {
    let shop = Shop::new();
    let account = format!("/v1/accounts/{}", shop.account("EUR").await);
    let deposit = |amount| post(format!("{account}/deposits"), &movement(amount, "EUR", "salary"));
    let first = shop.send(deposit(500)).await.done(202);
    let again = shop.send(deposit(500)).await.done(202);
    assert_eq!(first.json(), again.json());
    assert_eq!(again.header("idempotent-replayed"), "true");
    // Another idempotency key makes it no other movement.
    let keyed = shop.send(deposit(500).keyed("k")).await.done(202);
    assert_eq!(keyed.header("idempotent-replayed"), "true");
    assert_eq!(shop.head().await, 2);
    shop.refuses(deposit(501), 422, "reference_reused", Some("reference"))
        .await;
    let back = post(format!("{account}/withdrawals"), &movement(500, "EUR", "salary"));
    shop.refuses(back, 422, "reference_reused", Some("reference"))
        .await;
}

#[tokio::test]
async fn a_reference_is_remembered_longer_than_the_account_remembers() {
    let shop = Shop::new();
    let account = format!("/v1/accounts/{}", shop.account("EUR").await);
    let deposit = |reference: &str| post(format!("{account}/deposits"), &movement(1, "EUR", reference));
    for number in 0..300 {
        shop.send(deposit(&number.to_string())).await.done(202);
    }
    let again = shop.send(deposit("0")).await.done(202);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(shop.head().await, 301);
}

#[tokio::test]
async fn another_currency_is_refused() {
    let shop = Shop::new();
    let account = format!("/v1/accounts/{}", shop.account("EUR").await);
    for movement_kind in ["deposits", "withdrawals"] {
        let ask = post(format!("{account}/{movement_kind}"), &movement(500, "USD", "r"));
        shop.refuses(ask, 422, "other_currency", Some("amount.currency"))
            .await;
    }
}

#[tokio::test]
async fn an_unknown_account_moves_nothing() {
    let shop = Shop::new();
    for kind in ["deposits", "withdrawals"] {
        let ask = post(
            format!("/v1/accounts/{NOBODY}/{kind}"),
            &movement(500, "EUR", "r"),
        );
        shop.refuses(ask, 404, "unknown_account", None).await;
    }
}
