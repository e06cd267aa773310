//! Documents that are made to hurt: over every way in, refused with a code before anything runs.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use query_api::limits::{MAX_ERRORS, MAX_SELECTIONS, MAX_TOKENS};
use serde_json::{Value, json};

use crate::{
    client::Client,
    shop::{Shop, account_id},
    stage::{Stage, json_of},
};

/// A value that nests: `[[[…]]]`, or `{a:{a:…}}`.
fn nested(open: &str, inner: &str, close: &str, depth: usize) -> String {
    format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
}

/// `levels` fragments, each of which spreads the next `times` times.
fn bomb(levels: usize, times: usize) -> String {
    let fragments = (0..levels).map(|level| {
        let spreads = format!("...F{} ", level + 1).repeat(times);
        format!("fragment F{level} on Query {{ {spreads} }} ")
    });
    let fragments: String = fragments.collect();
    format!("{{ ...F0 }} {fragments} fragment F{levels} on Query {{ __typename }}")
}

/// Documents with the code that refuses them.
fn hostile() -> Vec<(String, &'static str)> {
    let deep = [100, 1_400, 6_900, 30_000];
    let mut documents = Vec::new();
    for depth in deep {
        let list = nested("[", "", "]", depth);
        let object = nested("{a:", "1", "}", depth);
        for value in [&list, &object] {
            documents.extend([
                format!("{{ products(query: {value}) {{ nodes {{ id }} }} }}"),
                format!("query($q: String = {value}) {{ products(query: $q) {{ nodes {{ id }} }} }}"),
                format!("{{ __typename @include(if: {value}) }}"),
                format!("{{ __typename @nothing(a: {value}) }}"),
            ]);
        }
        documents.extend([
            nested("{ a ", "", "}", depth),
            nested("{ ... ", "{ a }", "}", depth),
            format!("query($q: {}) {{ __typename }}", nested("[", "Int", "]", depth)),
            // Nothing is ever closed.
            format!("{{ products(query: {}", "[".repeat(depth)),
            "{a(".repeat(depth),
        ]);
    }
    let mut documents: Vec<_> = documents
        .into_iter()
        .map(|text| (text, "QUERY_TOO_DEEP"))
        .collect();
    for (levels, times) in [(22, 2), (30, 2), (45, 2), (3, 400), (40, 300)] {
        documents.push((bomb(levels, times), "QUERY_TOO_COMPLEX"));
    }
    documents.push((bomb(1_000, 1), "QUERY_TOO_DEEP"));
    let aliases =
        |count: usize, field: &str| (0..count).map(|n| format!("a{n}:{field} ")).collect::<String>();
    documents.extend([
        (
            format!("{{ {} }}", aliases(MAX_SELECTIONS + 1, "__typename")),
            "QUERY_TOO_COMPLEX",
        ),
        (
            format!("{{ {} }}", aliases(200, "projections{name}")),
            "QUERY_TOO_COMPLEX",
        ),
        (
            format!(
                "{{ __schema {{ types {{ {} }} }} }}",
                aliases(3_000, "description")
            ),
            "QUERY_TOO_COMPLEX",
        ),
        (
            format!(
                "{{ {} }}",
                aliases(60, "__schema{types{fields{args{type{name}}}}}")
            ),
            "QUERY_TOO_COMPLEX",
        ),
        (
            format!("{{ __typename {} }}", "@skip(if:true)".repeat(MAX_TOKENS)),
            "QUERY_TOO_COMPLEX",
        ),
        (
            format!("{{ __typename {} }}", "@a ".repeat(2_000)),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            format!("{{ {} }}", "nothing ".repeat(4_000)),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            format!("{{ {} }}", "x".repeat(200_000)),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("{".to_owned() + &",".repeat(200_000), "QUERY_TOO_COMPLEX"),
        ("#\n".repeat(50_000), "QUERY_TOO_COMPLEX"),
        ("\"".repeat(100_000), "QUERY_TOO_COMPLEX"),
        ("\u{0}".repeat(20_000), "QUERY_TOO_COMPLEX"),
    ]);
    documents
}

/// An answer that refuses: a few short errors, the first with this code, and no data.
fn assert_refuses(answer: &Value, code: &str, document: &str) {
    let document = &document[..document.len().min(100)];
    assert_eq!(answer.get("data"), None, "{document}");
    let errors = answer["errors"].as_array().unwrap();
    assert!((1..=MAX_ERRORS).contains(&errors.len()), "{document}");
    assert_eq!(
        errors[0]["extensions"]["code"],
        json!(code),
        "{document}\n{errors:#?}"
    );
    assert!(answer.to_string().len() < 20_000, "{document}");
}

#[tokio::test]
async fn a_hostile_document_is_refused_with_a_code_in_a_body() {
    let stage = Stage::new(Shop::new()).await;
    for (document, code) in hostile() {
        let body = json!({ "query": document }).to_string();
        let (status, _, answer) = stage.post(&body, &[]).await;
        assert_eq!(status, StatusCode::OK);
        assert_refuses(&answer, code, &document);
        let accept = ("accept", "application/graphql-response+json");
        let (status, headers, answer) = stage.post(&body, &[accept]).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        let content_type = headers[header::CONTENT_TYPE].to_str().unwrap();
        assert!(content_type.starts_with("application/graphql-response+json"));
        assert_refuses(&answer, code, &document);
    }
}

#[tokio::test]
async fn a_hostile_document_is_refused_with_a_code_in_a_query_string() {
    let stage = Stage::new(Shop::new()).await;
    for (document, code) in hostile() {
        let query: String = document.bytes().map(|byte| format!("%{byte:02X}")).collect();
        // An address has at most 64 KiB.
        if query.len() > 60_000 {
            continue;
        }
        let request = Request::get(format!("/graphql?query={query}"));
        let (_, _, answer) = json_of(stage.send(request.body(Body::empty()).unwrap()).await).await;
        assert_refuses(&answer, code, &document);
    }
}

#[tokio::test]
async fn a_hostile_document_is_refused_with_a_code_over_a_socket() {
    let stage = Stage::new(Shop::new()).await;
    let mut client = Client::begin(&stage).await;
    for (document, code) in hostile() {
        if document.len() < 200_000 {
            client.subscribe("1", &document).await;
            assert_eq!(
                client.failure("1").await,
                json!(code),
                "{}",
                &document[..100.min(document.len())]
            );
        }
    }
    // The connection still answers.
    client.subscribe("2", "{ __typename }").await;
    assert_eq!(client.next("2").await, json!({ "__typename": "Query" }));
}

#[tokio::test]
async fn variables_that_nest_deep_are_refused_with_a_code() {
    let stage = Stage::new(Shop::new()).await;
    for depth in [200, 5_000, 100_000] {
        for value in [nested("[", "", "]", depth), nested("{\"a\":", "1", "}", depth)] {
            if value.len() > 200_000 {
                continue;
            }
            let body = format!("{{\"query\":\"{{__typename}}\",\"variables\":{{\"v\":{value}}}}}");
            let (status, _, answer) = stage.post(&body, &[]).await;
            assert_eq!(status, StatusCode::BAD_REQUEST);
            assert_refuses(&answer, "INVALID_REQUEST", &body);
        }
    }
    // What JSON allows, types may not.
    let value: Value = serde_json::from_str(&nested("[", "", "]", 100)).unwrap();
    let query = "query($q: [String!]!) { products(filter: { attributes: [{ name: \"a\", values: $q }] }) { totalCount } }";
    let body = json!({ "query": query, "variables": { "q": value } });
    let (_, _, answer) = stage.post(&body.to_string(), &[]).await;
    assert_refuses(&answer, "GRAPHQL_VALIDATION_FAILED", "variables");
}

#[tokio::test]
async fn what_a_query_costs_is_told_when_it_is_answered_and_when_it_is_refused() {
    let stage = Stage::new(Shop::new()).await;
    let page = |first: u32| format!("{{ orders(first: {first}) {{ nodes {{ lines {{ sku name }} }} }} }}");
    let answer = stage.ask(&page(10)).await;
    let cost = answer["extensions"]["cost"]["requested"].as_u64().unwrap();
    let limit = answer["extensions"]["cost"]["limit"].as_u64().unwrap();
    assert!(cost > 100 && cost < limit, "{answer}");
    let (code, error) = stage
        .error("{ orders(first: 100) { nodes { lines { product { variants { sku stock { id } } } } } } }")
        .await;
    assert_eq!(code, "QUERY_TOO_COMPLEX");
    assert_eq!(error["extensions"]["limit"], json!(limit));
    assert!(error["extensions"]["cost"].as_u64().unwrap() > limit, "{error}");
}

#[tokio::test]
async fn a_text_that_the_database_cannot_keep_is_the_callers_mistake() {
    let stage = Stage::new(Shop::new()).await;
    let days = "from: \"2026-01-01\", to: \"2026-01-02\"";
    for (query, argument) in [
        (
            format!("{{ sales({days}, category: \"a\\u0000\") {{ day }} }}"),
            "category",
        ),
        (
            format!("{{ bestSellers({days}, currency: \"EUR\", category: \"\\u0000\") {{ units }} }}"),
            "category",
        ),
        (
            format!("{{ account(id: \"{}\\u0000\") {{ id }} }}", account_id(1)),
            "id",
        ),
        (
            "{ suggestions(prefix: \"\\u0000\") { text } }".to_owned(),
            "prefix",
        ),
        (
            "{ products(after: \"\\u0000\") { nodes { id } } }".to_owned(),
            "after",
        ),
    ] {
        let (code, error) = stage.error(&query).await;
        assert_eq!(
            (code.as_str(), &error["extensions"]["argument"]),
            ("INVALID_ARGUMENT", &json!(argument)),
            "{query}"
        );
    }
    for query in [
        "{ stock(sku: \"A\", asOf: { time: \"-100000-01-01T00:00:00Z\" }) { id } }",
        "{ sales(from: \"-5000-01-01\", to: \"-5000-01-02\") { day } }",
        "{ sales(from: \"+99999-01-01\", to: \"+99999-01-02\") { day } }",
    ] {
        assert_refuses(&stage.ask_any(query).await, "GRAPHQL_VALIDATION_FAILED", query);
    }
}
