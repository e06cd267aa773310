//! Webhooks that come early, twice, late and in any order.

use std::{sync::Arc, time::Duration};

use chrono::Utc;
use domain::{
    payment::{Payment, PaymentCommand},
    value::PaymentId,
};
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

/// Delivers what is about a payment that only the gateway's own name tells.
async fn deliver_object(
    inbox: &WebhookInbox,
    id: &str,
    kind: &str,
    object: serde_json::Value,
) -> Result<Recorded, WebhookError> {
    let body = serde_json::json!({"id": id, "type": kind, "data": {"object": object}}).to_string();
    let header = inbox.verifier().sign(body.as_bytes(), Utc::now());
    inbox.receive(&header, body.as_bytes(), Utc::now()).await
}

fn refund(id: &str, intent: &str, cents: i64, status: &str) -> serde_json::Value {
    serde_json::json!({
        "id": id, "status": status, "amount": cents, "currency": "eur", "payment_intent": intent,
        "metadata": null,
    })
}

fn sum(intent: &str, cents: i64) -> serde_json::Value {
    serde_json::json!({
        "id": "ch_1", "payment_intent": intent, "amount_refunded": cents, "currency": "eur", "metadata": {},
    })
}

/// A captured payment of ten euros, with the name that the gateway gave it.
async fn captured(shop: &Shop, order: domain::value::OrderId) -> (domain::payment::OpenPayment, String) {
    let payment = shop.history(order).await[2].aggregate_id.clone();
    let payment = shop.bus.fetch::<Payment>(&payment).await.unwrap().state;
    let name = format!("sandbox_ok_{}", shop.history(order).await[2].aggregate_id);
    (payment.open().unwrap().clone(), name)
}

#[tokio::test]
async fn what_is_done_at_the_gateways_own_pages_is_recorded_once_and_in_any_order() {
    for in_postgres in [false, true] {
        let shop = if in_postgres {
            Shop::open_on_postgres().await
        } else {
            Shop::open().await
        };
        let inbox = inbox(&shop);
        let running = shop.start();
        let order = shop.place(&["TEA"], card("tok_approved")).await;
        running.settle().await.unwrap();
        let (_, name) = captured(&shop, order).await;
        for (id, kind, object, recorded) in [
            // The sum arrives before the refund that made it.
            ("evt_1", "charge.refunded", sum(&name, 300), Recorded::Now),
            (
                "evt_2",
                "refund.created",
                refund("re_1", &name, 300, "succeeded"),
                Recorded::Now,
            ),
            (
                "evt_2",
                "refund.created",
                refund("re_1", &name, 300, "succeeded"),
                Recorded::Before,
            ),
            (
                "evt_3",
                "refund.updated",
                refund("re_1", &name, 300, "succeeded"),
                Recorded::Now,
            ),
            (
                "evt_4",
                "refund.created",
                refund("re_2", &name, 200, "pending"),
                Recorded::Ignored,
            ),
            (
                "evt_5",
                "refund.updated",
                refund("re_2", &name, 200, "succeeded"),
                Recorded::Now,
            ),
            ("evt_6", "charge.refunded", sum(&name, 500), Recorded::Now),
            // What cannot be: more than was captured, a done refund that fails, a dispute.
            (
                "evt_7",
                "refund.created",
                refund("re_3", &name, 501, "succeeded"),
                Recorded::Refused,
            ),
            (
                "evt_8",
                "refund.failed",
                refund("re_2", &name, 200, "failed"),
                Recorded::Refused,
            ),
            (
                "evt_9",
                "charge.dispute.created",
                sum(&name, 0),
                Recorded::Refused,
            ),
            // What belongs to nobody here.
            (
                "evt_10",
                "refund.created",
                refund("re_4", "pi_foreign", 1, "succeeded"),
                Recorded::Ignored,
            ),
            (
                "evt_11",
                "charge.refunded",
                sum("pi_foreign", 1),
                Recorded::Ignored,
            ),
            (
                "evt_12",
                "charge.dispute.created",
                sum("pi_foreign", 0),
                Recorded::Ignored,
            ),
        ] {
            assert_eq!(
                deliver_object(&inbox, id, kind, object).await.unwrap(),
                recorded,
                "{id} {kind}"
            );
        }
        let (payment, _) = captured(&shop, order).await;
        assert_eq!(payment.refundable(), 500);
        let story = shop.story(order).await;
        let refunded = story.iter().filter(|name| *name == "PaymentRefunded").count();
        assert_eq!(refunded, 2, "{story:?}");
    }
}

#[tokio::test]
async fn a_refund_that_arrives_before_its_capture_is_delivered_again_and_not_lost() {
    let shop = Shop::open().await;
    let inbox = inbox(&shop);
    // Nothing runs yet, so the payment is only asked for.
    let payment_id = PaymentId::new(Uuid::now_v7());
    let send = |command| {
        let bus = Arc::clone(&shop.bus);
        async move {
            let context = event_store::CommandContext::default();
            bus.execute::<Payment>(&payment_id.to_string(), command, context)
                .await
                .unwrap();
        }
    };
    send(PaymentCommand::Request {
        order_id: domain::value::OrderId::new(Uuid::now_v7()),
        customer_id: domain::value::CustomerId::new(Uuid::nil()),
        amount: super::shop::euros(1_000),
        method: card("tok_approved"),
    })
    .await;
    send(PaymentCommand::RecordAuthorised {
        gateway_reference: Some("pi_early".to_owned().try_into().unwrap()),
    })
    .await;
    let refunded = || {
        let object = refund("re_1", "pi_early", 300, "succeeded");
        deliver_object(&inbox, "evt_1", "refund.created", object)
    };
    let early = refunded().await;
    assert!(matches!(early, Err(WebhookError::OutOfOrder(_))), "{early:?}");
    // The staff captured a part at the gateway's own page.
    let intent = serde_json::json!({
        "id": "pi_early", "status": "succeeded", "amount_received": 700, "currency": "eur", "metadata": null,
    });
    let recorded = deliver_object(&inbox, "evt_2", "payment_intent.succeeded", intent).await;
    assert_eq!(recorded.unwrap(), Recorded::Now);
    assert_eq!(refunded().await.unwrap(), Recorded::Now);
    let payment = shop
        .bus
        .fetch::<Payment>(&payment_id.to_string())
        .await
        .unwrap()
        .state;
    assert_eq!(payment.open().unwrap().refundable(), 400);
}

#[tokio::test]
async fn a_payment_that_was_authorised_before_there_were_claims_is_found_after_the_migration() {
    let shop = Shop::open_on_postgres().await;
    let inbox = inbox(&shop);
    let running = shop.start();
    let order = shop.place(&["TEA"], card("tok_approved")).await;
    running.settle().await.unwrap();
    let (_, name) = captured(&shop, order).await;
    let owner = shop.owner().await;
    sqlx::raw_sql("DELETE FROM claims WHERE scope = 'payment.gateway_reference'")
        .execute(&owner)
        .await
        .unwrap();
    let refunded = || {
        deliver_object(
            &inbox,
            "evt_1",
            "refund.created",
            refund("re_1", &name, 300, "succeeded"),
        )
    };
    assert_eq!(refunded().await.unwrap(), Recorded::Ignored);
    let migration = include_str!("../../../schema/migrations/0011_claim_gateway_references.sql");
    sqlx::raw_sql(migration).execute(&owner).await.unwrap();
    assert_eq!(refunded().await.unwrap(), Recorded::Now);
    let (payment, _) = captured(&shop, order).await;
    assert_eq!(payment.refundable(), 700);
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
