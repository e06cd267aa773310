//! `/v1/subscriptions`

use axum::http::Method;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::shop::{CUSTOMER, NOBODY, Shop, bare, post};

fn subscription() -> Value {
    json!({
        "customer_id": CUSTOMER,
        "amount": {"amount": 990, "currency": "EUR"},
        "payment": {"method": "card", "token": "tok_approved"},
        "period": {"months": 1},
    })
}

fn now() -> DateTime<Utc> {
    "2026-11-21T10:00:00.000000999Z".parse().unwrap()
}

#[tokio::test]
async fn a_subscription_begins_at_once_or_when_it_is_said() {
    let shop = Shop::at(now);
    let reply = shop
        .send(post("/v1/subscriptions", &subscription()))
        .await
        .done(201);
    assert_eq!(
        (reply.json()["sequence"].as_i64(), reply.id().as_bytes()[14]),
        (Some(1), b'7')
    );
    let mut started = subscription();
    started["method"] = started["payment"].take();
    started.as_object_mut().unwrap().remove("payment");
    started["first_charge_at"] = json!("2026-11-21T10:00:00Z");
    assert_eq!(shop.last_payload().await, json!({"SubscriptionStarted": started}));

    let mut body = subscription();
    body["first_charge_at"] = json!("2027-01-31T10:00:00.0000009+01:00");
    body["period"] = json!({"days": 14});
    shop.send(post("/v1/subscriptions", &body)).await.done(201);
    let started = shop.last_payload().await["SubscriptionStarted"].clone();
    assert_eq!(started["first_charge_at"], "2027-01-31T09:00:00Z");
    assert_eq!(started["period"], body["period"]);
}

#[tokio::test]
async fn a_subscription_is_paused_resumed_and_cancelled() {
    let shop = Shop::at(now);
    let id = shop
        .send(post("/v1/subscriptions", &subscription()))
        .await
        .done(201)
        .id();
    let path = format!("/v1/subscriptions/{id}");
    shop.send(bare(Method::POST, format!("{path}/pause")))
        .await
        .done(202);
    shop.send(post(format!("{path}/pause"), &json!({})))
        .await
        .done(202);
    shop.send(bare(Method::POST, format!("{path}/resume")))
        .await
        .done(202);
    shop.send(post(format!("{path}/cancel"), &json!({"reason": "moved"})))
        .await
        .done(202);
    assert_eq!(
        shop.last_payload().await,
        json!({"SubscriptionCancelled": {"note": "moved"}})
    );
    assert_eq!(
        shop.event_types().await,
        [
            "SubscriptionStarted",
            "SubscriptionPaused",
            "SubscriptionResumed",
            "SubscriptionCancelled"
        ]
    );
    shop.refuses(
        bare(Method::POST, format!("{path}/resume")),
        422,
        "already_cancelled",
        None,
    )
    .await;
}

#[tokio::test]
async fn a_repeated_start_charges_one_subscription() {
    let shop = Shop::at(now);
    let start = || post("/v1/subscriptions", &subscription()).keyed("s-1");
    let first = shop.send(start()).await.done(201);
    assert_eq!(shop.send(start()).await.done(201).json(), first.json());
    assert_eq!(shop.head().await, 1);
}

#[tokio::test]
async fn what_cannot_be_charged_is_not_started() {
    let shop = Shop::at(now);
    let refuses = async |field: &str, value: Value, status: u16, code: &str, blamed: &str| {
        let mut body = subscription();
        body[field] = value;
        shop.refuses(post("/v1/subscriptions", &body), status, code, Some(blamed))
            .await;
    };
    for days in [0, -1, 367, 65_537] {
        let period = json!({"days": days});
        refuses("period", period, 422, "invalid_period", "period.days").await;
    }
    refuses("period", json!({"weeks": 1}), 400, "malformed_body", "period").await;
    refuses(
        "amount",
        json!({"amount": 0, "currency": "EUR"}),
        422,
        "invalid_amount",
        "amount.amount",
    )
    .await;
    for text in ["tomorrow", "2026-11-22", "2026-11-22T10:00:00"] {
        refuses(
            "first_charge_at",
            json!(text),
            422,
            "invalid_time",
            "first_charge_at",
        )
        .await;
    }
    // All that was due since then would be charged at once.
    for wrong in [now() - TimeDelta::days(30), now() + TimeDelta::days(3650)] {
        let code = "invalid_first_charge";
        refuses("first_charge_at", json!(wrong), 422, code, "first_charge_at").await;
    }
    let account = shop.account("USD").await;
    let payment = |account_id: &str| json!({"method": "account", "account_id": account_id});
    refuses(
        "payment",
        payment(&account),
        422,
        "other_currency",
        "amount.currency",
    )
    .await;
    refuses(
        "payment",
        payment(NOBODY),
        422,
        "unknown_account",
        "payment.account_id",
    )
    .await;
    let mut body = subscription();
    body["payment"] = payment(&account);
    body["amount"]["currency"] = json!("USD");
    shop.send(post("/v1/subscriptions", &body)).await.done(201);
}

#[tokio::test]
async fn a_subscription_that_a_card_cannot_be_charged_for_is_told_the_steps() {
    let shop = Shop::at(now);
    let mut body = subscription();
    body["payment"] = json!({"method": "card", "token": "tok_approved"});
    body["amount"] = json!({"amount": 1_001, "currency": "JOD"});
    let ask = post("/v1/subscriptions", &body);
    let reply = shop.refuses(ask, 422, "not_chargeable", Some("amount")).await;
    assert_eq!(reply.json()["step"], json!({"amount": 10, "currency": "JOD"}));
    body["amount"]["amount"] = json!(1_010);
    shop.send(post("/v1/subscriptions", &body)).await.done(201);
}
