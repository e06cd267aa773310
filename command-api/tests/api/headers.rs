//! Headers of requests and answers.

use axum::http::Method;
use serde_json::json;

use super::{
    accounts::movement,
    shop::{CUSTOMER, NOBODY, Shop, ask, bare, post},
};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

#[tokio::test]
async fn an_expected_sequence_must_be_the_actual_one() {
    let shop = Shop::new();
    let path = format!("/v1/products/{}", shop.unpriced_product("A-1").await);
    let rename = |name: &str| ask(Method::PATCH, &path, &json!({"name": name}));
    let late = rename("late").with("if-match", "0");
    let reply = shop
        .refuses(late, 412, "sequence_mismatch", Some("If-Match"))
        .await;
    assert_eq!(reply.json()["actual_sequence"], 1);
    let quoted = shop.send(rename("one").with("if-match", "\"1\"")).await.done(202);
    assert_eq!(quoted.json()["sequence"], 2);
    shop.send(rename("two").with("if-match", "2")).await.done(202);
    shop.refuses(
        rename("two").with("if-match", "2"),
        412,
        "sequence_mismatch",
        Some("If-Match"),
    )
    .await;
}

#[tokio::test]
async fn any_sequence_is_met_by_what_exists_and_by_nothing_else() {
    let shop = Shop::new();
    let rename = |id: &str| {
        let path = format!("/v1/products/{id}");
        ask(Method::PATCH, path, &json!({"name": "new"})).with("if-match", "*")
    };
    let id = shop.unpriced_product("A-1").await;
    shop.send(rename(&id)).await.done(202);
    shop.refuses(rename(NOBODY), 404, "unknown_product", None).await;
}

#[tokio::test]
async fn malformed_headers_are_refused() {
    let shop = Shop::new();
    let open = || post("/v1/accounts", &json!({"owner_id": CUSTOMER, "currency": "EUR"}));
    for wrong in [String::new(), "two words".to_owned(), "k".repeat(256)] {
        let field = Some("Idempotency-Key");
        shop.refuses(open().keyed(&wrong), 400, "malformed_header", field)
            .await;
    }
    let field = Some("Idempotency-Key");
    shop.refuses(open().keyed("a").keyed("b"), 400, "malformed_header", field)
        .await;
    for wrong in ["three", "-1", "W/\"1\"", "*1", "1, 2"] {
        let field = Some("If-Match");
        shop.refuses(open().with("if-match", wrong), 400, "malformed_header", field)
            .await;
    }
}

#[tokio::test]
async fn the_trace_of_the_caller_is_in_every_event() {
    let shop = Shop::new();
    let traceparent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let open = post("/v1/accounts", &json!({"owner_id": CUSTOMER, "currency": "EUR"}));
    let reply = shop.send(open.with("traceparent", &traceparent)).await.done(201);
    assert_eq!(reply.header("souk-correlation-id"), TRACE);
    let metadata = shop.events().await[0].metadata();
    assert_eq!(metadata.correlation_id, TRACE);
    assert_eq!(metadata.traceparent.as_deref(), Some(traceparent.as_str()));
    assert_eq!(metadata.command_id.as_bytes()[14], b'7');
    assert!(metadata.causation_id.is_none());
}

#[tokio::test]
async fn without_a_sound_trace_a_request_has_a_correlation_of_its_own() {
    let shop = Shop::new();
    let account = format!("/v1/accounts/{}", shop.account("EUR").await);
    for header in [
        "garbage",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    ] {
        let deposit = post(format!("{account}/deposits"), &movement(1, "EUR", header));
        let reply = shop.send(deposit.with("traceparent", header)).await.done(202);
        let metadata = shop.events().await.pop().unwrap().metadata();
        assert_eq!(metadata.correlation_id, reply.header("souk-correlation-id"));
        assert_eq!(metadata.correlation_id.len(), 36);
        assert_eq!(metadata.traceparent, None);
    }
}

#[tokio::test]
async fn every_answer_tells_its_request_id() {
    let shop = Shop::new();
    let named = shop
        .send(bare(Method::GET, "/nowhere").with("x-request-id", "mine"))
        .await;
    assert_eq!(named.header("x-request-id"), "mine");
    let unnamed = shop.send(bare(Method::GET, "/nowhere")).await;
    assert_eq!(
        unnamed.header("x-request-id"),
        unnamed.header("souk-correlation-id")
    );
    assert_eq!(unnamed.header("x-request-id").len(), 36);
}
