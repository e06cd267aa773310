//! `/v1/webhooks/payments`

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use axum::http::Method;
use command_api::webhooks::{PaymentWebhooks, WebhookOutcome, WebhookRefused};

use super::shop::{Ask, Shop, bare, raw};

type Answer = Result<WebhookOutcome, WebhookRefused>;

/// An inbox that answers as it is told and remembers what came.
struct Inbox {
    answer: Answer,
    taken: Mutex<Vec<(String, Vec<u8>)>>,
}

impl Inbox {
    fn that_answers(answer: Answer) -> Arc<Self> {
        Arc::new(Self {
            answer,
            taken: Mutex::default(),
        })
    }

    fn taken(&self) -> Vec<(String, Vec<u8>)> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl PaymentWebhooks for Inbox {
    async fn receive(&self, signature: &str, body: &[u8]) -> Answer {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.push((signature.to_owned(), body.to_owned()));
        self.answer
    }
}

fn delivery(body: impl Into<Vec<u8>>) -> Ask {
    raw(
        Method::POST,
        "/v1/webhooks/payments",
        "application/json; charset=utf-8",
        body,
    )
}

#[tokio::test]
async fn a_delivery_is_passed_on_byte_by_byte() {
    for (outcome, name) in [
        (WebhookOutcome::Recorded, "recorded"),
        (WebhookOutcome::Duplicate, "duplicate"),
        (WebhookOutcome::Ignored, "ignored"),
        (WebhookOutcome::Contradicted, "contradicted"),
    ] {
        let inbox = Inbox::that_answers(Ok(outcome));
        let shop = Shop::new().with_webhooks(inbox.clone());
        // No JSON, and with a number that no command may hold: the signature is over the bytes.
        let body = b" {\"id\" : \"4242424242424242\" \xff".to_vec();
        let reply = shop
            .send(delivery(body.clone()).with("stripe-signature", "t=1,v1=00"))
            .await;
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(reply.json()["outcome"], name);
        assert_eq!(inbox.taken(), [("t=1,v1=00".to_owned(), body)]);
    }
}

#[tokio::test]
async fn what_is_not_taken_says_whether_to_come_again() {
    for (refused, status, code) in [
        (WebhookRefused::NoSignature, 400, "no_signature"),
        (WebhookRefused::WrongSignature, 401, "wrong_signature"),
        (WebhookRefused::OutsideTheWindow, 400, "outside_replay_window"),
        (WebhookRefused::TooLong, 413, "body_too_large"),
        (WebhookRefused::Malformed, 400, "malformed_body"),
        (WebhookRefused::TooEarly, 503, "payment_not_yet_known"),
        (WebhookRefused::Unavailable, 503, "unavailable"),
    ] {
        let shop = Shop::new().with_webhooks(Inbox::that_answers(Err(refused)));
        let ask = delivery("{}").with("stripe-signature", "t=1,v1=00");
        let reply = shop.refuses(ask, status, code, None).await;
        assert_eq!(reply.header("retry-after").is_empty(), status != 503, "{code}");
    }
}

#[tokio::test]
async fn a_delivery_has_one_signature() {
    let inbox = Inbox::that_answers(Ok(WebhookOutcome::Recorded));
    let shop = Shop::new().with_webhooks(inbox.clone());
    shop.refuses(delivery("{}"), 400, "no_signature", None).await;
    let twice = delivery("{}")
        .with("stripe-signature", "t=1,v1=00")
        .with("stripe-signature", "t=1,v1=11");
    shop.refuses(twice, 400, "no_signature", None).await;
    assert!(inbox.taken().is_empty());
}

#[tokio::test]
async fn a_large_delivery_is_not_looked_at() {
    let inbox = Inbox::that_answers(Ok(WebhookOutcome::Recorded));
    let shop = Shop::new().with_webhooks(inbox.clone());
    let large = delivery(" ".repeat(256 * 1024 + 1)).with("stripe-signature", "t=1,v1=00");
    shop.refuses(large, 413, "body_too_large", None).await;
    assert!(inbox.taken().is_empty());
}

#[tokio::test]
async fn without_a_secret_no_delivery_is_taken() {
    let shop = Shop::new();
    let ask = delivery("{}").with("stripe-signature", "t=1,v1=00");
    let reply = shop.refuses(ask, 501, "webhooks_not_configured", None).await;
    // It is no overload, and waiting does not help.
    assert_eq!(reply.header("retry-after"), "");
    shop.refuses(
        bare(Method::GET, "/v1/webhooks/payments"),
        405,
        "method_not_allowed",
        None,
    )
    .await;
}
