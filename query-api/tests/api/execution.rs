//! Answers in the shape of the specification.

use query_api::limits::MAX_ERRORS;
use serde_json::{Value, json};

use crate::{
    client::Client,
    shop::{Shop, account_id, order_id},
    stage::Stage,
};

async fn stage() -> Stage {
    let shop = Shop::new();
    shop.list(1, "Teapot", "home", 1_190).await;
    shop.receive(1, "north", None, 5).await;
    shop.open(1, 5_000).await;
    for order in 1..=3 {
        shop.place(order, 1, &[1]).await;
    }
    Stage::new(shop).await
}

/// The data as it was sent, with its keys in their order.
async fn text(stage: &Stage, query: &str) -> String {
    let body = json!({ "query": query }).to_string();
    let text = stage.post_text(&body).await;
    let data = text.split_once("\"data\":").unwrap().1;
    data.split_once(",\"extensions\"").unwrap().0.to_owned()
}

#[tokio::test]
async fn fields_come_in_the_order_of_the_query() {
    let stage = stage().await;
    let query = format!(
        "{{ z: projections {{ name }} product(slug: \"none\") {{ id }} \
         o: order(id: \"{id}\") {{ timeline {{ step }} customer {{ id }} status ...F id lines {{ sku product {{ name id }} quantity }} }} \
         stock(sku: \"SKU-1\") {{ sku available: id }} __typename a: account(id: \"{account}\") {{ ownerId id }} }} \
         fragment F on Order {{ placedAt status payment {{ account {{ id }} method }} id }}",
        id = order_id(1),
        account = account_id(1),
    );
    let first = text(&stage, &query).await;
    let order = [
        "\"z\"",
        "\"product\"",
        "\"o\"",
        "\"timeline\"",
        "\"customer\"",
        "\"status\"",
        "\"placedAt\"",
        "\"payment\"",
        "\"account\"",
        "\"method\"",
        "\"lines\"",
        "\"quantity\"",
        "\"stock\"",
        "\"available\"",
        "\"__typename\"",
        "\"a\"",
        "\"ownerId\"",
    ];
    let places: Vec<_> = order
        .iter()
        .map(|key| first.find(key).unwrap_or_else(|| panic!("{key} {first}")))
        .collect();
    assert!(places.is_sorted(), "{first}");
    for _ in 0..20 {
        assert_eq!(text(&stage, &query).await, first);
    }
}

#[tokio::test]
async fn an_empty_selection_is_an_empty_object() {
    let stage = stage().await;
    let id = order_id(1);
    for (query, data) in [
        (
            "{ orders(first: 2) { nodes { id @skip(if: true) } } }".to_owned(),
            r#"{"orders":{"nodes":[{},{}]}}"#,
        ),
        (
            format!("{{ node(id: \"{id}\") {{ ... on Product {{ name }} }} }}"),
            r#"{"node":{}}"#,
        ),
        (
            format!(
                "{{ node(id: \"{id}\") {{ ... on Product {{ name }} ... @skip(if: true) {{ id }} ... on Order {{ status }} }} }}"
            ),
            r#"{"node":{"status":"PLACED"}}"#,
        ),
        (
            "{ node(id: \"NONE\") { ... on Product { name } } }".to_owned(),
            r#"{"node":null}"#,
        ),
        ("{ __typename @include(if: false) }".to_owned(), "{}"),
        (
            "{ __schema { queryType { name @skip(if: true) } } }".to_owned(),
            r#"{"__schema":{"queryType":{}}}"#,
        ),
        (
            format!(
                "{{ order(id: \"{id}\") {{ ... @include(if: false) {{ id }} payment {{ ...F }} }} }} fragment F on Payment {{ method @skip(if: true) }}"
            ),
            r#"{"order":{"payment":{}}}"#,
        ),
    ] {
        assert_eq!(text(&stage, &query).await, data, "{query}");
    }
}

#[tokio::test]
async fn a_field_that_is_selected_twice_is_merged() {
    let stage = stage().await;
    let data = text(
        &stage,
        "{ orders(first: 2) { nodes { lines { sku } } edges { node { status } } nodes { lines { quantity sku } status } } }",
    )
    .await;
    let node = r#"{"lines":[{"sku":"SKU-1","quantity":"#;
    assert!(
        data.starts_with(&format!(r#"{{"orders":{{"nodes":[{node}"#)),
        "{data}"
    );
}

#[tokio::test]
async fn nothing_that_is_wrong_with_a_document_leaves_data() {
    let stage = stage().await;
    for query in [
        "{",
        "{ nothing }",
        "query($id: ID) { order(id: $id) { id } }",
        "query($id: ID!) { order(id: $id) { id } }",
        "{ orders(filter: { status: PAID, status: PAID }) { nodes { id } } }",
        "{ __typename @include(if: \"yes\") }",
        "{ __typename @nothing }",
        "query A { __typename } query B { __typename }",
        "subscription { projectionProgress(name: \"orders\") { name } }",
        "{ sales(from: \"x\", to: \"y\") { day } }",
    ] {
        let answer = stage.ask_any(query).await;
        assert_eq!(answer.get("data"), None, "{query}\n{answer}");
        assert!(answer["errors"][0]["message"].is_string(), "{query}\n{answer}");
    }
}

#[tokio::test]
async fn many_errors_are_told_as_a_few_in_the_order_of_the_query() {
    let stage = stage().await;
    let fields: String = (0..60)
        .map(|n| format!("a{n}: orders(first: 0) {{ nodes {{ id }} }} "))
        .collect();
    let answer = stage.ask(&format!("{{ {fields} }}")).await;
    let errors = answer["errors"].as_array().unwrap();
    let paths: Vec<_> = errors
        .iter()
        .map(|error| error["path"][0].as_str().unwrap().to_owned())
        .collect();
    let expected: Vec<_> = (0..MAX_ERRORS).map(|n| format!("a{n}")).collect();
    assert_eq!(paths, expected);
    assert_eq!(answer["extensions"]["errorsOmitted"], json!(true));
    assert_eq!(answer["data"]["a59"], Value::Null);
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_refused_as_a_whole() {
    let shop = Shop::new();
    for n in 1..=100 {
        let description = "long text ".repeat(900);
        shop.list_described(n, "Book", "books", 100, &description).await;
    }
    let stage = Stage::new(shop).await;
    let texts: String = (0..12).map(|n| format!("d{n}: description ")).collect();
    let (code, error) = stage
        .error(&format!("{{ products(first: 100) {{ nodes {{ {texts} }} }} }}"))
        .await;
    assert_eq!(code, "ANSWER_TOO_LARGE", "{error}");
    stage
        .data("{ products(first: 100) { nodes { description } } }")
        .await;
}

#[tokio::test]
async fn each_answer_of_a_subscription_says_how_much_of_the_log_it_has_seen() {
    let stage = stage().await;
    let mut client = Client::begin(&stage).await;
    let query = format!(
        "subscription {{ orderChanged(id: \"{}\") {{ position status }} }}",
        order_id(1)
    );
    client.subscribe("1", &query).await;
    let message = client.hear().await;
    let payload = &message["payload"];
    assert_eq!(
        payload["extensions"]["position"], payload["data"]["orderChanged"]["position"],
        "{message}"
    );
    client
        .subscribe(
            "2",
            "subscription { projectionProgress(name: \"orders\") { position name } }",
        )
        .await;
    loop {
        let message = client.hear().await;
        if message["id"] == json!("2") {
            let payload = &message["payload"];
            assert_eq!(
                payload["extensions"]["position"], payload["data"]["projectionProgress"][0]["position"],
                "{message}"
            );
            break;
        }
    }
}
