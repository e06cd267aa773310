//! `/v1/products/import`: files as people have them, from every editor and spreadsheet.

use axum::http::Method;
use serde_json::{Value, json};

use super::shop::{Ask, Reply, Shop, post, raw};

const PATH: &str = "/v1/products/import";
const HEAD: &str = "name,slug,skus,tax_rate_bp";

fn table(text: impl Into<Vec<u8>>) -> Ask {
    raw(Method::POST, PATH, "text/csv", text)
}

fn json_lines(text: impl Into<Vec<u8>>) -> Ask {
    raw(Method::POST, PATH, "application/x-ndjson", text)
}

/// The line, the status and the code of each row.
fn rows(reply: &Reply) -> Vec<(u64, String, String)> {
    let report = reply.json();
    let rows = report["rows"].as_array().unwrap();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    rows.iter()
        .map(|row| {
            (
                row["row"].as_u64().unwrap(),
                text(row, "status"),
                text(row, "code"),
            )
        })
        .collect()
}

fn lines(reply: &Reply) -> Vec<u64> {
    rows(reply).iter().map(|(line, ..)| *line).collect()
}

#[tokio::test]
async fn a_report_names_the_lines_of_the_file_however_they_end() {
    let text = format!(
        "{HEAD}\n\nFolding stool,folding-stool,STOOL-1,1900\n\n\n\"Bar\nstool\",Bar Stool,STOOL-2,1900\n\
         Desk,desk,D-1,much\nTable,table,T-1\n   \n,,,\nLast,Last,L-1,1900"
    );
    for (name, ending) in [("lf", "\n"), ("crlf", "\r\n"), ("cr", "\r")] {
        let shop = Shop::new();
        for closed in ["", ending] {
            let text = text.replace('\n', ending) + closed;
            let reply = shop.send(table(text)).await;
            assert_eq!(lines(&reply), [3, 6, 8, 9, 12], "{name}: {reply:?}");
            let refused = rows(&reply)
                .iter()
                .filter(|(_, status, _)| status == "refused")
                .count();
            assert_eq!(refused, 4, "{name}");
        }
    }
}

#[tokio::test]
async fn json_lines_are_counted_alike() {
    let good = json!({"name": "Lamp", "slug": "lamp", "variants": [{"sku": "L-1"}], "tax_rate_bp": 0});
    for ending in ["\n", "\r\n", "\r"] {
        let text = format!("\u{feff}{good}{ending}{ending} {ending}{{{ending}{good}");
        let reply = Shop::new().send(json_lines(text)).await;
        let statuses: Vec<_> = rows(&reply)
            .into_iter()
            .map(|(line, status, _)| (line, status))
            .collect();
        let expected = [(1, "created"), (4, "refused"), (5, "unchanged")];
        assert_eq!(
            statuses,
            expected.map(|(line, status)| (line, status.to_owned())),
            "{ending:?}"
        );
    }
}

#[tokio::test]
async fn a_byte_order_mark_is_no_part_of_a_file() {
    let shop = Shop::new();
    let reply = shop
        .send(table(format!("\u{feff}{HEAD}\r\nLamp,lamp,L-1,0\r\n")))
        .await;
    assert_eq!(
        rows(&reply),
        [(2, "created".to_owned(), String::new())],
        "{reply:?}"
    );
    let row = json!({"name": "Desk", "slug": "desk", "variants": [{"sku": "D-1"}], "tax_rate_bp": 0});
    let reply = shop.send(json_lines(format!("\u{feff}{row}\r\n"))).await;
    assert_eq!(
        rows(&reply),
        [(1, "created".to_owned(), String::new())],
        "{reply:?}"
    );
}

#[tokio::test]
async fn a_line_break_within_a_description_is_kept_as_a_line_feed() {
    for ending in ["\n", "\r\n", "\r"] {
        let shop = Shop::new();
        let text = format!("{HEAD},description\nLamp,lamp,L-1,0,\"First{ending}second\"\n");
        let reply = shop.send(table(text)).await;
        assert_eq!(rows(&reply)[0].1, "created", "{ending:?}: {reply:?}");
        let mut body =
            json!({"name": "Desk", "slug": "desk", "variants": [{"sku": "D-1"}], "tax_rate_bp": 0});
        body["description"] = json!(format!("First{ending}second"));
        shop.send(post("/v1/products", &body)).await.done(201);
        for event in shop.events().await {
            let event: Value = serde_json::from_str(&event.payload).unwrap();
            assert_eq!(
                event["ProductCreated"]["description"], "First\nsecond",
                "{ending:?}"
            );
        }
    }
}

#[tokio::test]
async fn the_same_row_from_another_editor_is_the_same_row() {
    let shop = Shop::new();
    let text = format!("{HEAD},description\nLamp,lamp,L-1,0,\"First\nsecond\"\n");
    shop.send(table(text.clone())).await;
    let reply = shop
        .send(table(format!("\u{feff}{}", text.replace('\n', "\r\n"))))
        .await;
    assert_eq!(rows(&reply)[0].1, "unchanged");
}

#[tokio::test]
async fn a_price_with_a_decimal_sign_is_answered_with_what_a_price_looks_like() {
    for price in [
        "24.50 EUR",
        "\"24,50 EUR\"",
        "EUR 2450",
        "2450EUR",
        "2450",
        "€24.50",
        "24.50",
        "1 999 EUR",
        "1.999 EUR",
    ] {
        let reply = Shop::new()
            .send(table(format!("{HEAD},prices\nLamp,lamp,L-1,0,{price}\n")))
            .await;
        let error = &reply.json()["rows"][0]["errors"][0];
        assert_eq!(error["field"], "prices[0]", "{price}: {reply:?}");
        let rule = error["rule"].as_str().unwrap();
        assert!(
            rule.contains("minor units") && rule.contains("1999 EUR"),
            "{price}: {rule}"
        );
    }
    let tax = Shop::new()
        .send(table(format!("{HEAD}\nLamp,lamp,L-1,19 %\n")))
        .await
        .json();
    let error = &tax["rows"][0]["errors"][0];
    assert_eq!(error["field"], "tax_rate_bp");
    assert!(
        error["rule"].as_str().unwrap().contains("1900 for 19 %"),
        "{error}"
    );
}

#[tokio::test]
async fn all_faults_of_a_row_are_told_at_once() {
    let text = format!("{HEAD},prices,images\nLamp,No Slug,..,19 %,24.50 EUR|1999 EUR,javascript:alert(1)\n");
    let report = Shop::new().send(table(text)).await.json();
    let errors = report["rows"][0]["errors"].as_array().unwrap();
    let fields: Vec<&str> = errors
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    assert_eq!(
        fields,
        [
            "tax_rate_bp",
            "prices[0]",
            "slug",
            "images[0].url",
            "variants[0].sku"
        ]
    );
}

#[tokio::test]
async fn spreadsheets_separate_by_semicolons_and_tabs_as_well() {
    for (media_type, separator) in [
        ("text/csv", ";"),
        ("text/csv", "\t"),
        ("text/tab-separated-values", "\t"),
    ] {
        let text = "Name;SLUG;Skus;tax_rate_bp;prices\r\n\"Lamp; small, red\";lamp;L-1|L-2;1900;1999 EUR\r\n;;;;\r\n";
        let ask = raw(Method::POST, PATH, media_type, text.replace(';', separator));
        let shop = Shop::new();
        let reply = shop.send(ask).await;
        assert_eq!(
            rows(&reply),
            [(2, "created".to_owned(), String::new())],
            "{separator:?}: {reply:?}"
        );
        assert_eq!(shop.head().await, 3);
    }
}

#[tokio::test]
async fn a_head_line_has_each_column_once_and_with_a_name() {
    let shop = Shop::new();
    for (head, code, field) in [
        ("name,slug,skus,tax_rate_bp,Name", "column_twice", "Name"),
        ("name,slug,skus,tax_rate_bp,", "unknown_column", "column 5"),
        ("sep=;\nname;slug;skus;tax_rate_bp", "missing_column", "name"),
    ] {
        shop.refuses(
            table(format!("{head}\nLamp,lamp,L-1,0,\n")),
            422,
            code,
            Some(field),
        )
        .await;
    }
    let endless = format!("name,slug,skus,\"tax_rate_bp\nLamp,{}", "x".repeat(10_000));
    let reply = shop
        .refuses(table(endless), 422, "missing_column", Some("tax_rate_bp"))
        .await;
    assert!(
        reply.text.len() < 2_000,
        "the file is not repeated: {}",
        reply.text
    );
}

#[tokio::test]
async fn a_row_of_another_length_is_named_by_its_line() {
    let text = format!("{HEAD}\nLamp,lamp,L-1,0,more,and more\nDesk,desk\n");
    let reply = Shop::new().send(table(text)).await;
    assert_eq!(lines(&reply), [2, 3]);
    let report = reply.json();
    for (row, count) in [(0, "has 6 values"), (1, "has 2 values")] {
        let rule = report["rows"][row]["errors"][0]["rule"].as_str().unwrap();
        assert!(rule.contains(count) && rule.contains("4 columns"), "{rule}");
    }
}

#[tokio::test]
async fn a_quotation_mark_that_is_never_closed_is_found() {
    let text = format!("{HEAD}\n\nLamp,lamp,L-1,0\n\"Desk,desk,D-1,0\nTable,table,T-1,0\n");
    let reply = Shop::new().send(table(text)).await;
    let (line, status, code) = rows(&reply).pop().unwrap();
    assert_eq!(
        (line, status.as_str(), code.as_str()),
        (4, "refused", "malformed_row")
    );
    let report = reply.json();
    let rule = report["rows"][1]["errors"][0]["rule"].as_str().unwrap();
    assert!(rule.contains("not closed"), "{rule}");
    assert_eq!(report["created"], 1);
    // A quotation mark within a value is a sign for inches.
    let text = format!("{HEAD}\nPipe 5\" wide,pipe,P-1,0");
    let reply = Shop::new().send(table(text)).await;
    assert_eq!(rows(&reply)[0].1, "created", "{reply:?}");
}

#[tokio::test]
async fn a_file_that_is_not_utf_8_is_told_so() {
    let shop = Shop::new();
    let wide: Vec<u8> = format!("\u{feff}{HEAD}\nLamp,lamp,L-1,0\n")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for ask in [table(wide.clone()), json_lines(wide)] {
        shop.refuses(ask, 422, "unsupported_encoding", Some("")).await;
    }
    // In an encoding with one byte for each letter only rows with other letters are broken.
    let mut latin = format!("{HEAD}\nLamp,lamp,L-1,0\nStehk").into_bytes();
    latin.extend(b"\xf6rper,stand,S-1,0\nDesk,desk,D-1,0\n");
    let reply = shop.send(table(latin)).await;
    assert_eq!(lines(&reply), [2, 3, 4]);
    assert_eq!(rows(&reply)[1].2, "malformed_row");
    assert_eq!(reply.json()["created"], 2);
}
