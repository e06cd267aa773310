//! `/v1/payments`

use domain::value::Currency;
use serde_json::{Value, json};

use super::shop::{NOBODY, Shop, post};

fn refund(amount: i64, currency: &str) -> Value {
    json!({"amount": {"amount": amount, "currency": currency}, "reason": "damaged"})
}

#[tokio::test]
async fn a_captured_payment_is_refunded_in_parts() {
    let shop = Shop::new();
    let path = format!("/v1/payments/{}/refunds", shop.payment().await);
    let first = shop.send(post(&path, &refund(1500, "EUR"))).await.done(202);
    assert_eq!(first.json()["sequence"], 5);
    assert_eq!(
        shop.last_payload().await["RefundRequested"]["amount"]["amount"],
        1500
    );
    let reply = shop
        .refuses(
            post(&path, &refund(2501, "EUR")),
            422,
            "more_than_captured",
            Some("amount"),
        )
        .await;
    assert_eq!(
        reply.json()["refundable"],
        json!({"amount": 2500, "currency": "EUR"})
    );
    shop.send(post(&path, &refund(2500, "EUR"))).await.done(202);
}

#[tokio::test]
async fn a_repeated_refund_gives_back_once() {
    let shop = Shop::new();
    let path = format!("/v1/payments/{}/refunds", shop.payment().await);
    let ask = || post(&path, &refund(1500, "EUR")).keyed("refund-1");
    let first = shop.send(ask()).await.done(202);
    let again = shop.send(ask()).await.done(202);
    assert_eq!((first.json(), shop.head().await), (again.json(), 5));
}

#[tokio::test]
async fn what_cannot_be_refunded_is_not() {
    let shop = Shop::new();
    let path = format!("/v1/payments/{NOBODY}/refunds");
    shop.refuses(post(&path, &refund(1, "EUR")), 404, "unknown_payment", None)
        .await;
    shop.payment().await;
    shop.refuses(
        post(&path, &refund(1, "USD")),
        422,
        "other_currency",
        Some("amount.currency"),
    )
    .await;
    for amount in [0, -1, 1_000_000_000_000_000_000] {
        let ask = post(&path, &refund(amount, "EUR"));
        shop.refuses(ask, 422, "invalid_amount", Some("amount.amount"))
            .await;
    }
}

#[tokio::test]
async fn a_refund_that_a_card_cannot_take_is_told_the_steps() {
    let shop = Shop::new();
    shop.payment_of(5_000, Currency::try_from("KWD".to_owned()).unwrap())
        .await;
    let path = format!("/v1/payments/{NOBODY}/refunds");
    let ask = post(&path, &refund(1_234, "KWD"));
    let reply = shop.refuses(ask, 422, "not_chargeable", Some("amount")).await;
    assert_eq!(reply.json()["step"], json!({"amount": 10, "currency": "KWD"}));
    shop.send(post(&path, &refund(1_230, "KWD"))).await.done(202);
}
