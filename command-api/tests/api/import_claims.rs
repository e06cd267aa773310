//! `/v1/products/import`: rows that claim the same slug or SKU.

use axum::http::Method;
use command_api::ApiOptions;
use serde_json::{Value, json};

use super::faulty_log::{FaultyLog, Mood};
use super::shop::{Ask, Shop, post, product, raw};

fn import(rows: &[Value]) -> Ask {
    let lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
    raw(
        Method::POST,
        "/v1/products/import",
        "application/x-ndjson",
        lines.join("\n"),
    )
}

fn row(name: &str, slug: &str, sku: &str) -> Value {
    json!({
        "name": name, "slug": slug, "variants": [{"sku": sku}], "tax_rate_bp": 1900,
        "prices": [{"amount": 1900, "currency": "EUR"}],
    })
}

fn status(report: &Value, index: usize) -> &str {
    report["rows"][index]["status"].as_str().unwrap_or_default()
}

/// So many rows that have nothing to do with each other.
fn others(from: usize, count: usize) -> impl Iterator<Item = Value> {
    (from..from + count).map(|number| row("Hook", &format!("hook-{number}"), &format!("HOOK-{number}")))
}

#[tokio::test]
async fn of_two_rows_that_claim_the_same_the_upper_one_is_listed_at_any_distance() {
    for (before, between) in [
        (0, 0),
        (41, 0),
        (42, 0),
        (63, 0),
        (64, 0),
        (5, 63),
        (5, 64),
        (0, 200),
    ] {
        for second in [
            ("brass-hook", "BRASS-2"),
            ("steel-hook", "BRASS-1"),
            ("steel-hook", "brass-1"),
        ] {
            let shop = Shop::new();
            let mut rows: Vec<Value> = others(0, before).collect();
            rows.push(row("Brass hook", "brass-hook", "BRASS-1"));
            rows.extend(others(1_000, between));
            rows.push(row("Steel hook", second.0, second.1));
            let (upper, lower) = (before, before + between + 1);
            let first = shop.send(import(&rows)).await.json();
            let told = (status(&first, upper), status(&first, lower));
            assert_eq!(
                told,
                ("created", "refused"),
                "{before} rows before, {between} between: {second:?}"
            );
            assert_eq!(first["rows"][lower]["code"], "already_exists");
            let written = shop.head().await;
            let again = shop.send(import(&rows)).await.json();
            assert_eq!(
                (status(&again, upper), status(&again, lower)),
                ("unchanged", "refused")
            );
            assert_eq!(shop.head().await, written);
        }
    }
}

#[tokio::test]
async fn a_row_that_breaks_a_rule_claims_nothing() {
    let shop = Shop::new();
    let mut broken = row("Brass hook", "brass-hook", "BRASS-1");
    broken["tax_rate_bp"] = json!(-1);
    let rows = [broken, row("Steel hook", "brass-hook", "BRASS-1")];
    let report = shop.send(import(&rows)).await.json();
    assert_eq!((status(&report, 0), status(&report, 1)), ("refused", "created"));
}

#[tokio::test]
async fn an_upper_row_that_could_not_be_written_keeps_its_claims_for_the_next_time() {
    let log = FaultyLog::new();
    let shop = Shop::on(log.clone(), ApiOptions::default());
    let rows = [
        row("Brass hook", "brass-hook", "BRASS-1"),
        row("Steel hook", "brass-hook", "BRASS-2"),
    ];
    log.turn(Mood::Full);
    let report = shop.send(import(&rows)).await.json();
    assert_eq!((status(&report, 0), status(&report, 1)), ("failed", "failed"));
    assert_eq!(report["rows"][1]["code"], "upper_row_failed");
    log.turn(Mood::Sound);
    let report = shop.send(import(&rows)).await.json();
    assert_eq!((status(&report, 0), status(&report, 1)), ("created", "refused"));
}

#[tokio::test]
async fn a_row_is_listed_with_its_prices_or_not_at_all() {
    let log = FaultyLog::new();
    let shop = Shop::on(log.clone(), ApiOptions::default());
    log.turn(Mood::FullAfterOne);
    let rows = [row("Brass hook", "brass-hook", "BRASS-1")];
    let report = shop.send(import(&rows)).await.json();
    assert_eq!(
        (status(&report, 0), shop.event_types().await),
        (
            "created",
            vec!["ProductCreated".to_owned(), "PriceSet".to_owned()]
        )
    );
}

#[tokio::test]
async fn a_price_that_changed_since_is_not_set_back_by_the_same_file() {
    let shop = Shop::new();
    let rows = [row("Brass hook", "brass-hook", "BRASS-1")];
    let report = shop.send(import(&rows)).await.json();
    let path = format!(
        "/v1/products/{}/prices",
        report["rows"][0]["id"].as_str().unwrap()
    );
    let price = json!({"price": {"amount": 2100, "currency": "EUR"}});
    shop.send(post(path, &price)).await.done(202);
    let written = shop.head().await;
    let again = shop.send(import(&rows)).await.json();
    assert_eq!((status(&again, 0), shop.head().await), ("unchanged", written));
}

#[tokio::test]
async fn a_sku_is_listed_once_in_any_case_and_found_as_it_is_written() {
    let shop = Shop::new();
    shop.product("Stool-1").await;
    let clash = shop
        .refuses(
            post("/v1/products", &product("STOOL-1")),
            409,
            "already_exists",
            Some("slug"),
        )
        .await;
    assert!(clash.text.contains("product-stool-1"), "{clash:?}");
    let mut other = product("STOOL-1");
    other["slug"] = json!("another");
    shop.refuses(
        post("/v1/products", &other),
        409,
        "already_exists",
        Some("variants"),
    )
    .await;
    shop.warehouses(&["berlin"]).await;
    let receipt = json!({"warehouse": "berlin", "quantity": 1});
    shop.send(post("/v1/stock/Stool-1/receipts", &receipt))
        .await
        .done(202);
}
