//! What is logged of a request, and what never is.

use std::{
    io::{Result, Write},
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::Method;
use serde_json::json;
use tracing::Level;

use super::shop::{Ask, NOBODY, Shop, bare, order, post};

/// Log lines in memory.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }
    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

impl Lines {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        String::from_utf8(bytes).unwrap()
    }
}

#[tokio::test]
async fn a_request_is_logged_by_its_route_and_never_by_its_content() {
    const TRACE: &str = "5759e988bd862e3fe1be46a994272793";
    let traced = |ask: Ask| ask.with("traceparent", format!("00-{TRACE}-53995c3f42cd8ad8-01"));
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    // For all threads: what another test logs first would otherwise be remembered as of no interest.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let shop = Shop::new();
    shop.product("A-1").await;
    let place = post("/v1/orders", &order("A-1", 1)).keyed("secret-key");
    shop.send(traced(place)).await.done(201);
    let mut broken = order("A-1", 0);
    broken["surprise"] = json!("secret-surprise");
    shop.send(traced(post("/v1/orders", &broken))).await;
    let mut card = order("A-1", 1);
    card["payment"]["token"] = json!("4242424242424242");
    card["4242-4242-4242-4242"] = json!(4_242_424_242_424_242_u64);
    for key in ["k", "4242424242424242"] {
        let refused = shop.send(traced(post("/v1/orders", &card).keyed(key))).await;
        assert_eq!(refused.problem().1, "card_number_refused");
    }
    shop.send(traced(bare(Method::POST, format!("/v1/orders/{NOBODY}/cancel"))))
        .await;
    shop.send(traced(bare(Method::GET, "/secret-address?token=secret-token")))
        .await;
    let text = lines.text();
    // A line for each request is for those who ask for it: what is logged by default says nothing of them.
    let by_default =
        |line: &&str| line.contains(" INFO ") || line.contains(" WARN ") || line.contains(" ERROR ");
    let unasked: Vec<&str> = text
        .lines()
        .filter(by_default)
        .filter(|line| line.contains("answered"))
        .collect();
    assert!(unasked.is_empty(), "{unasked:?}");
    let traced: Vec<&str> = text.lines().filter(|line| line.contains(TRACE)).collect();
    let ours = traced.join("\n");
    for expected in [
        "http.method=POST http.route=\"/v1/orders\"",
        "http.status=201 latency_us=",
        "http.status=400",
        "http.status=422",
        "http.route=\"/v1/orders/{id}/cancel\"",
        "http.route=\"unmatched\"",
    ] {
        assert!(ours.contains(expected), "{expected}: {text}");
    }
    for private in [
        "Ada",
        "Unter den Linden",
        "tok_approved",
        "secret",
        "4242",
        NOBODY,
    ] {
        assert!(!text.contains(private), "{private}: {text}");
    }
}
