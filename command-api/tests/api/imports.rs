//! `/v1/products/import`

use std::collections::BTreeSet;

use axum::http::Method;
use command_api::ApiOptions;
use event_store::Metadata;
use serde_json::{Value, json};

use super::faulty_log::{FaultyLog, Mood};
use super::shop::{Ask, Shop, order, post, product, raw};

fn csv(text: impl Into<String>) -> Ask {
    raw(Method::POST, "/v1/products/import", "text/csv", text.into())
}

fn ndjson(rows: &[Value]) -> Ask {
    let lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
    let text = lines.join("\n");
    raw(Method::POST, "/v1/products/import", "application/x-ndjson", text)
}

fn row(sku: &str) -> Value {
    let mut row = product(sku);
    row["prices"] = json!([{"amount": 1999, "currency": "EUR"}, {"amount": 2199, "currency": "USD"}]);
    row
}

fn statuses(report: &Value) -> Vec<&str> {
    let rows = report["rows"].as_array().unwrap();
    rows.iter().map(|row| row["status"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn products_are_imported_with_their_prices() {
    let shop = Shop::new();
    let reply = shop.send(ndjson(&[row("A-1"), row("B-1")])).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let report = reply.json();
    assert_eq!(statuses(&report), ["created", "created"]);
    assert_eq!(
        (report["created"].as_i64(), report["position"].as_i64()),
        (Some(2), Some(6))
    );
    assert_eq!(reply.header("souk-position"), "6");
    assert_eq!(shop.head().await, 6);
    shop.send(post("/v1/orders", &order("B-1", 1))).await.done(201);
}

#[tokio::test]
async fn a_file_that_is_sent_again_changes_nothing() {
    let shop = Shop::new();
    let first = shop.send(ndjson(&[row("A-1"), row("B-1")])).await.json();
    let again = shop
        .send(ndjson(&[row("A-1"), row("B-1"), row("C-1")]))
        .await
        .json();
    assert_eq!(statuses(&again), ["unchanged", "unchanged", "created"]);
    assert_eq!(first["rows"][0]["id"], again["rows"][0]["id"]);
    assert_eq!(shop.head().await, 9);
}

#[tokio::test]
async fn a_row_that_stands_there_twice_is_imported_once() {
    let shop = Shop::new();
    let report = shop.send(ndjson(&vec![row("A-1"); 100])).await.json();
    assert_eq!(
        (report["created"].as_i64(), shop.head().await),
        (Some(1), 3),
        "{report}"
    );
}

#[tokio::test]
async fn broken_rows_cost_only_themselves() {
    let shop = Shop::new();
    let mut broken = row("B-1");
    broken["slug"] = json!("No Slug");
    broken["prices"][1]["amount"] = json!(0);
    let mut clash = row("A-1");
    clash["name"] = json!("Another name");
    let mut text = format!("{}\n\n{{\n", row("A-1"));
    for row in [broken, clash, json!({"name": 1}), row("C-1")] {
        text.push_str(&row.to_string());
        text.push('\n');
    }
    let ask = raw(Method::POST, "/v1/products/import", "application/ndjson", text);
    let report = shop.send(ask).await.json();
    let rows = report["rows"].as_array().unwrap();
    let told: Vec<(i64, &str, &str)> = rows
        .iter()
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap_or_default();
            (row["row"].as_i64().unwrap(), text("status"), text("code"))
        })
        .collect();
    // Two rows claim the SKU A-1.
    assert_eq!(told[0], (1, "created", ""));
    assert_eq!(told[3], (5, "refused", "already_exists"));
    assert_eq!(told[1], (3, "refused", "malformed_row"));
    assert_eq!(told[2], (4, "refused", "invalid_amount"));
    assert_eq!(told[4], (6, "refused", "malformed_row"));
    assert_eq!(told[5], (7, "created", ""));
    assert_eq!(
        (report["created"].as_i64(), report["refused"].as_i64()),
        (Some(2), Some(4))
    );
    let fields: Vec<&Value> = rows[2]["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["field"])
        .collect();
    assert_eq!(fields, ["prices[1].amount", "slug"]);
    assert_eq!(rows[4]["errors"][0]["field"], "name");
}

#[tokio::test]
async fn a_table_is_imported_as_well() {
    let shop = Shop::new();
    let table = "name,slug,skus,tax_rate_bp,categories,prices,description\n\
                 \"Lamp, small\",lamp,L-1|L-2,1900,home|home/light,1999 EUR | 2199 USD,\"Two\nlines\"\n\
                 Chair,chair,C-1,much,home,,\n\
                 Table,table,T-1\n\
                 Desk,desk,D-1,700,,12 XYZ,\n";
    let report = shop.send(csv(table)).await.json();
    assert_eq!(statuses(&report), ["created", "refused", "refused", "refused"]);
    let lines: Vec<&Value> = report["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["row"])
        .collect();
    assert_eq!(lines, [2, 4, 5, 6]);
    assert_eq!(report["rows"][1]["errors"][0]["field"], "tax_rate_bp");
    assert_eq!(report["rows"][2]["code"], "malformed_row");
    assert_eq!(report["rows"][3]["errors"][0]["field"], "prices[0].currency");
    let events = shop.events().await;
    let created: Value = serde_json::from_str(&events[0].payload).unwrap();
    assert_eq!(created["ProductCreated"]["name"], "Lamp, small");
    assert_eq!(
        created["ProductCreated"]["variants"],
        json!([{"sku": "L-1"}, {"sku": "L-2"}])
    );
    // One event for each variant and currency.
    assert_eq!(events.len(), 5);
}

#[tokio::test]
async fn the_same_row_in_either_format_is_the_same_row() {
    let shop = Shop::new();
    shop.send(csv(
        "name,slug,skus,tax_rate_bp,prices\nLamp,lamp,L-1,1900,1999 EUR\n",
    ))
    .await;
    let same = json!({
        "name": "Lamp", "slug": "lamp", "variants": [{"sku": "L-1"}], "tax_rate_bp": 1900,
        "prices": [{"amount": 1999, "currency": "EUR"}],
    });
    let report = shop.send(ndjson(&[same])).await.json();
    assert_eq!(statuses(&report), ["unchanged"]);
}

#[tokio::test]
async fn a_head_line_must_have_the_right_columns() {
    let shop = Shop::new();
    let table = csv("name,slug,sku,tax_rate_bp\nLamp,lamp,L-1,1900\n");
    let reply = shop.refuses(table, 422, "missing_column", Some("skus")).await;
    assert_eq!(reply.json()["errors"][1]["code"], "unknown_column");
}

#[tokio::test]
async fn none_and_too_many_rows_are_refused() {
    let shop = Shop::new();
    let code = "row_count";
    shop.refuses(csv("name,slug,skus,tax_rate_bp\n"), 422, code, Some(""))
        .await;
    shop.refuses(ndjson(&[]), 422, code, Some("")).await;
    let rows = "Lamp,lamp,L-1,1900\n".repeat(10_001);
    let table = csv(format!("name,slug,skus,tax_rate_bp\n{rows}"));
    shop.refuses(table, 422, code, Some("")).await;
}

#[tokio::test]
async fn an_import_that_was_cut_off_is_completed() {
    let log = FaultyLog::new();
    let shop = Shop::on(log.clone(), ApiOptions::default());
    let rows = [row("A-1"), row("B-1")];
    log.turn(Mood::FullAfterOne);
    let cut_off = shop.send(ndjson(&rows)).await.json();
    assert_eq!(
        (statuses(&cut_off), shop.head().await),
        (vec!["created", "failed"], 3)
    );
    log.turn(Mood::Sound);
    let again = shop.send(ndjson(&rows)).await.json();
    assert_eq!(
        (statuses(&again), shop.head().await),
        (vec!["unchanged", "created"], 6)
    );
    shop.send(post("/v1/orders", &order("B-1", 1))).await.done(201);
}

#[tokio::test]
async fn every_row_of_an_import_is_one_command_and_all_have_one_correlation() {
    let shop = Shop::new();
    shop.send(ndjson(&[row("A-1"), row("B-1")])).await;
    let events = shop.events().await;
    let ids = |of: fn(Metadata) -> String| {
        let ids: BTreeSet<String> = events.iter().map(|event| of(event.metadata())).collect();
        ids.len()
    };
    assert_eq!(ids(|metadata| metadata.command_id), 2);
    assert_eq!(ids(|metadata| metadata.correlation_id), 1);
}
