//! Webhooks that come early, twice, late and in any order.

use std::{sync::Arc, time::Duration};

use chrono::Utc;
use domain::value::PaymentId;
use uuid::Uuid;

use super::shop::{PAID_BY_CARD, Shop, card};
use crate::{
    SandboxGateway,
    gateway::{
        SecretKey,
        webhook::{REPLAY_WINDOW, Recorded, WebhookError, WebhookInbox, WebhookVerifier},
    },
};

fn inbox(shop: &Shop) -> WebhookInbox {
    let secret = SecretKey::new("whsec_test".to_owned());
    WebhookInbox::new(WebhookVerifier::new(secret, REPLAY_WINDOW), Arc::clone(&shop.bus))
}

async fn deliver(
    inbox: &WebhookInbox,
    id: &str,
    kind: &str,
    payment: &str,
) -> Result<Recorded, WebhookError> {
    let body = serde_json::json!({
        "id": id, "type": kind,
        "data": {"object": {"id": "pi_1", "status": "succeeded", "metadata": {"payment_id": payment}}},
    });
    let body = body.to_string();
    let header = inbox.verifier().sign(body.as_bytes(), Utc::now());
    inbox.receive(&header, body.as_bytes(), Utc::now()).await
}

#[tokio::test]
async fn an_early_one_is_told_to_come_again_and_each_counts_once() {
    let shop = Shop::open().await;
    let inbox = inbox(&shop);
    let nobody = PaymentId::new(Uuid::now_v7()).to_string();
    let early = deliver(&inbox, "evt_0", "payment_intent.succeeded", &nobody).await;
    assert!(early.is_err_and(|error| error.is_transient()));

    let running = shop.start();
    let order = shop.place(&["TEA"], card("tok_approved")).await;
    running.settle().await.unwrap();
    let payment = shop.history(order).await[2].aggregate_id.clone();
    // Old news, in the wrong order and twice.
    for (id, kind, recorded) in [
        ("evt_2", "payment_intent.succeeded", Recorded::Now),
        ("evt_1", "payment_intent.amount_capturable_updated", Recorded::Now),
        ("evt_2", "payment_intent.succeeded", Recorded::Before),
        ("evt_3", "payout.paid", Recorded::Ignored),
    ] {
        assert_eq!(
            deliver(&inbox, id, kind, &payment).await.unwrap(),
            recorded,
            "{id}"
        );
    }
    running.settle().await.unwrap();
    assert_eq!(shop.story(order).await, PAID_BY_CARD);
}

#[tokio::test]
async fn the_sandbox_sends_early_double_and_late_ones_through_the_same_inbox() {
    let mut shop = Shop::open().await;
    let inbox = inbox(&shop);
    shop.gateway = Arc::new(SandboxGateway::default().with_webhooks(inbox));
    let running = shop.start();
    let early = shop.place(&["TEA"], card("tok_webhook_first")).await;
    let twice = shop.place(&["TEA"], card("tok_duplicate_webhooks")).await;
    running.settle().await.unwrap();
    for order in [early, twice] {
        assert_eq!(shop.story(order).await, PAID_BY_CARD);
        let told = shop.history(order).await;
        let told = told
            .iter()
            .filter(|event| event.metadata().actor == "gateway")
            .count();
        // The webhook was first each time, so it and not the answer is what the log has.
        assert_eq!(told, 2);
    }
    // And on the way back.
    shop.cancel(early).await;
    shop.cancel(twice).await;
    running.settle().await.unwrap();
    for order in [early, twice] {
        let story = shop.story(order).await;
        let refunded = story.iter().filter(|name| *name == "PaymentRefunded").count();
        assert_eq!(refunded, 1, "{story:?}");
    }
}

#[tokio::test]
async fn a_question_without_an_answer_is_asked_again_and_never_guessed() {
    let mut shop = Shop::open().await;
    shop.options.gateway.time_limit = Duration::from_millis(20);
    let running = shop.start();
    let approved = shop.place(&["TEA"], card("tok_timeout_approved")).await;
    let declined = shop.place(&["TEA"], card("tok_timeout_declined")).await;
    running.settle().await.unwrap();
    assert_eq!(shop.story(approved).await, PAID_BY_CARD);
    let story = shop.story(declined).await;
    assert_eq!(story[3], "PaymentDeclined", "{story:?}");
}
