//! `subscription` and `subscriptions`: what customers pay every period.

use domain::{
    order::PaymentMethod,
    payment::{Payment, PaymentCommand},
    subscription::{Subscription, SubscriptionCommand},
    value::OrderId,
};
use serde_json::json;

use crate::{
    shop::{Shop, account_id, customer_id, eur, payment_id, subscription_id},
    stage::Stage,
};

/// Three subscriptions, the first of which was charged once.
async fn stage() -> Stage {
    let shop = Shop::new();
    shop.open(1, 5_000).await;
    for (number, customer) in [(1, 1), (2, 2), (3, 1)] {
        shop.start_subscription(number, customer).await;
    }
    shop.charge_subscription(1, 1).await;
    let request = PaymentCommand::Request {
        order_id: OrderId::of_subscription(subscription_id(1)),
        customer_id: customer_id(1),
        amount: eur(990),
        method: PaymentMethod::Account {
            account_id: account_id(1),
        },
    };
    shop.send::<Payment>(payment_id(1), request).await;
    let charged = SubscriptionCommand::RecordCharged {
        payment_id: payment_id(1),
    };
    shop.send::<Subscription>(subscription_id(1), charged).await;
    shop.send::<Subscription>(subscription_id(3), SubscriptionCommand::Pause)
        .await;
    Stage::new(shop).await
}

#[tokio::test]
async fn a_subscription_shows_how_it_stands_and_what_was_charged() {
    let stage = stage().await;
    let query = format!(
        "{{ subscription(id: \"{}\") {{ id customerId amount {{ amount }} method account {{ id }} \
         period {{ count unit }} status pauseReason nextChargeAt paidPeriods sequence \
         charges {{ nodes {{ period attempt state payment {{ id state subscription {{ id }} order {{ id }} }} }} }} }} }}",
        subscription_id(1)
    );
    let id = subscription_id(1).to_string();
    let payment = json!({
        "id": payment_id(1).to_string(), "state": "REQUESTED", "subscription": {"id": id}, "order": null,
    });
    let charge = json!({"period": 1, "attempt": 1, "state": "CHARGED", "payment": payment});
    assert_eq!(
        stage.data(&query).await["subscription"],
        json!({
            "id": id, "customerId": customer_id(1).to_string(), "amount": {"amount": "990"}, "method": "ACCOUNT",
            "account": {"id": account_id(1).to_string()}, "period": {"count": 1, "unit": "MONTH"},
            "status": "ACTIVE", "pauseReason": null, "nextChargeAt": "2026-02-28T09:00:00+00:00",
            "paidPeriods": 1, "sequence": 3, "charges": {"nodes": [charge]},
        })
    );
}

#[tokio::test]
async fn subscriptions_are_listed_by_customer_and_by_status() {
    let stage = stage().await;
    let customer = customer_id(1);
    let data = stage
        .data(&format!(
            "{{ all: subscriptions {{ nodes {{ id }} }} \
             mine: subscriptions(customerId: \"{customer}\") {{ nodes {{ id }} }} \
             paused: subscriptions(customerId: \"{customer}\", status: PAUSED) {{ nodes {{ id pauseReason }} }} }}"
        ))
        .await;
    let ids = |numbers: &[u128]| {
        let node = |number: &u128| json!({"id": subscription_id(*number).to_string()});
        json!(numbers.iter().map(node).collect::<Vec<_>>())
    };
    assert_eq!(data["all"]["nodes"], ids(&[3, 2, 1]));
    assert_eq!(data["mine"]["nodes"], ids(&[3, 1]));
    assert_eq!(
        data["paused"]["nodes"],
        json!([{"id": subscription_id(3).to_string(), "pauseReason": "BY_CUSTOMER"}])
    );
}

#[tokio::test]
async fn a_subscription_that_does_not_exist_is_null_and_a_malformed_id_an_error() {
    let stage = stage().await;
    let query = format!("{{ subscription(id: \"{}\") {{ id }} }}", subscription_id(9));
    assert_eq!(stage.data(&query).await["subscription"], json!(null));
    let (code, _) = stage
        .error("{ subscriptions(customerId: \"x\") { nodes { id } } }")
        .await;
    assert_eq!(code, "INVALID_ARGUMENT");
}
