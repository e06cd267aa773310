//! Failures of our own: typed as well, and nobody else is hurt.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{Method, Request},
};
use command_api::ApiOptions;
use futures::future::join;
use serde_json::json;

use super::{
    faulty_log::{FaultyLog, Mood},
    shop::{Ask, CUSTOMER, NOBODY, Shop, bare, post, raw},
};

fn open(currency: &str) -> Ask {
    post(
        "/v1/accounts",
        &json!({"owner_id": CUSTOMER, "currency": currency}),
    )
}

/// A shop whose limits are reached at once.
fn shop(options: ApiOptions) -> (Arc<FaultyLog>, Shop) {
    let log = FaultyLog::new();
    let shop = Shop::on(log.clone(), options);
    (log, shop)
}

fn hasty() -> ApiOptions {
    ApiOptions {
        body_timeout: Duration::from_millis(5),
        request_timeout: Duration::from_millis(20),
        import_timeout: Duration::from_millis(20),
        ..ApiOptions::default()
    }
}

#[tokio::test]
async fn a_log_that_is_away_is_told_without_its_secrets() {
    let (log, shop) = shop(ApiOptions::default());
    log.turn(Mood::Away);
    let reply = shop.refuses(open("EUR"), 503, "unavailable", None).await;
    assert_eq!(reply.header("retry-after"), "1");
    assert!(!reply.text.contains("hunter2"));
    log.turn(Mood::Sound);
    shop.send(open("EUR")).await.done(201);
}

#[tokio::test]
async fn a_full_queue_asks_to_come_again() {
    let (log, shop) = shop(ApiOptions::default());
    log.turn(Mood::Full);
    let reply = shop.refuses(open("EUR"), 503, "overloaded", None).await;
    assert_eq!(reply.header("retry-after"), "1");
}

#[tokio::test]
async fn a_command_that_takes_too_long_is_given_up() {
    let (log, shop) = shop(hasty());
    log.turn(Mood::Silent);
    let reply = shop.refuses(open("EUR"), 503, "deadline_exceeded", None).await;
    assert_eq!(reply.header("retry-after"), "1");
    log.turn(Mood::Sound);
    shop.send(open("EUR")).await.done(201);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let (_log, shop) = shop(hasty());
    let request = Request::post("/v1/accounts")
        .header("content-type", "application/json")
        .body(Body::from_stream(futures::stream::pending::<
            Result<&str, std::io::Error>,
        >()))
        .unwrap();
    let reply = shop.request(request).await;
    assert_eq!(reply.problem(), (408, "body_timeout".to_owned(), None));
}

#[tokio::test]
async fn a_panic_costs_its_own_request_alone() {
    let (log, shop) = shop(ApiOptions::default());
    shop.warehouses(&["berlin"]).await;
    shop.unpriced_product("A-1").await;
    let receive = || {
        let body = json!({"warehouse": "berlin", "quantity": 1});
        post("/v1/stock/A-1/receipts", &body)
    };
    log.turn(Mood::Panicking);
    for _ in 0..3 {
        let reply = shop.refuses(receive(), 500, "internal", None).await;
        assert!(!reply.text.contains("told to"));
        assert_eq!(reply.header("x-request-id").len(), 36);
    }
    log.turn(Mood::Sound);
    shop.send(receive()).await.done(202);
}

#[tokio::test]
async fn more_requests_than_there_are_places_come_again() {
    let options = ApiOptions {
        max_in_flight: 1,
        ..hasty()
    };
    let (log, shop) = shop(options);
    log.turn(Mood::Silent);
    let (first, second) = join(shop.send(open("EUR")), shop.send(open("USD"))).await;
    assert_eq!(first.problem().1, "deadline_exceeded");
    assert_eq!(second.problem(), (503, "overloaded".to_owned(), None));
    assert_eq!(second.header("retry-after"), "1");
    // The place is free again.
    log.turn(Mood::Sound);
    shop.send(open("EUR")).await.done(201);
}

#[tokio::test]
async fn a_panic_gives_its_place_back() {
    let options = ApiOptions {
        max_in_flight: 1,
        ..ApiOptions::default()
    };
    let (log, shop) = shop(options);
    let cancel = || bare(Method::POST, format!("/v1/orders/{NOBODY}/cancel"));
    log.turn(Mood::Panicking);
    shop.refuses(cancel(), 500, "internal", None).await;
    log.turn(Mood::Sound);
    shop.refuses(cancel(), 404, "unknown_order", None).await;
}

#[tokio::test]
async fn rows_that_cannot_be_written_are_told_from_rows_that_are_wrong() {
    let (log, shop) = shop(ApiOptions::default());
    log.turn(Mood::Full);
    let table = "name,slug,skus,tax_rate_bp\nLamp,lamp,L-1,1900\nLamp,No Slug,L-2,1900\n";
    let import = || raw(Method::POST, "/v1/products/import", "text/csv", table);
    let report = shop.send(import()).await.json();
    assert_eq!(
        (report["failed"].as_i64(), report["refused"].as_i64()),
        (Some(1), Some(1))
    );
    assert_eq!(report["rows"][0]["code"], "overloaded");
    log.turn(Mood::Sound);
    assert_eq!(shop.send(import()).await.json()["created"], 1);
}

#[tokio::test]
async fn imports_have_places_of_their_own() {
    let options = ApiOptions {
        max_imports: 0,
        ..ApiOptions::default()
    };
    let (_log, shop) = shop(options);
    let import = raw(Method::POST, "/v1/products/import", "text/csv", "name\n");
    shop.refuses(import, 503, "overloaded", None).await;
    shop.send(open("EUR")).await.done(201);
    shop.refuses(bare(Method::GET, "/nowhere"), 404, "unknown_route", None)
        .await;
}
