//! The endpoint as HTTP.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use query_api::QueryOptions;
use serde_json::json;

use crate::{
    shop::{Shop, account_id, order_id},
    stage::{Stage, json_of},
};

#[tokio::test]
async fn a_query_may_come_in_the_body_or_in_the_query_string() {
    let stage = Stage::new(Shop::new()).await;
    let body = json!({
        "query": "query A { __typename } query B($sku: String!) { stock(sku: $sku) { id } }",
        "operationName": "B", "variables": { "sku": "SKU-1" },
    });
    let (status, headers, answer) = stage.post(&body.to_string(), &[]).await;
    assert_eq!(
        (status, &answer["data"]),
        (StatusCode::OK, &json!({ "stock": null }))
    );
    assert_eq!(headers[header::CONTENT_TYPE], "application/json");
    assert!(headers.contains_key("souk-correlation-id"));

    let query = "query%20A%7B__typename%7Dquery%20B(%24sku%3AString!)%7Bstock(sku%3A%24sku)%7Bid%7D%7D";
    let uri = format!("/graphql?query={query}&operationName=B&variables=%7B%22sku%22%3A%22SKU-1%22%7D");
    let (status, _, answer) = json_of(stage.send(Request::get(uri).body(Body::empty()).unwrap()).await).await;
    assert_eq!(
        (status, &answer["data"]),
        (StatusCode::OK, &json!({ "stock": null })),
        "{answer}"
    );
}

#[tokio::test]
async fn a_browser_is_sent_to_the_editor() {
    let stage = Stage::new(Shop::new()).await;
    let request = Request::get("/graphql").header(header::ACCEPT, "text/html,application/xhtml+xml;q=0.9");
    let response = stage.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers()[header::LOCATION], "graphiql");
}

#[tokio::test]
async fn what_is_no_query_is_refused_with_a_code() {
    let stage = Stage::new(Shop::new()).await;
    for (body, code) in [
        ("", "INVALID_REQUEST"),
        ("{", "INVALID_REQUEST"),
        ("null", "INVALID_REQUEST"),
        ("{}", "INVALID_REQUEST"),
        ("{\"query\": 1}", "INVALID_REQUEST"),
        (
            "{\"query\": \"{ __typename }\", \"variables\": []}",
            "INVALID_REQUEST",
        ),
        (" [{\"query\": \"{ __typename }\"}]", "BATCHING_NOT_SUPPORTED"),
        ("[\"{ __typename }\"]", "BATCHING_NOT_SUPPORTED"),
    ] {
        let (status, _, answer) = stage.post(body, &[]).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], json!(code), "{body}");
        assert_eq!(answer.get("data"), None, "{body}");
    }
    for uri in ["/graphql", "/graphql?query=%7Ba%7D&variables=x"] {
        let response = stage.send(Request::get(uri).body(Body::empty()).unwrap()).await;
        let (status, _, answer) = json_of(response).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{uri}");
        assert_eq!(
            answer["errors"][0]["extensions"]["code"],
            json!("INVALID_REQUEST"),
            "{uri}"
        );
    }
}

#[tokio::test]
async fn another_content_type_and_another_method_are_refused() {
    let stage = Stage::new(Shop::new()).await;
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ] {
        let request = Request::post("/graphql").header(header::CONTENT_TYPE, content_type);
        let response = stage
            .send(
                request
                    .body(Body::from("{\"query\":\"{ __typename }\"}"))
                    .unwrap(),
            )
            .await;
        let (status, _, answer) = json_of(response).await;
        assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(
            answer["errors"][0]["extensions"]["code"],
            json!("UNSUPPORTED_MEDIA_TYPE")
        );
    }
    let response = stage
        .send(Request::delete("/graphql").body(Body::empty()).unwrap())
        .await;
    let (status, headers, answer) = json_of(response).await;
    assert_eq!(
        (status, &headers[header::ALLOW]),
        (StatusCode::METHOD_NOT_ALLOWED, &"GET, POST".parse().unwrap())
    );
    assert_eq!(
        answer["errors"][0]["extensions"]["code"],
        json!("METHOD_NOT_ALLOWED")
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_document_has_a_code() {
    let stage = Stage::new(Shop::new()).await;
    for (query, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ stock { id } }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "{ orders(first: \"many\") { nodes { id } } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "{ orders(filter: { status: LOST }) { nodes { id } } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("query A { __typename } query B { __typename }", "INVALID_REQUEST"),
        ("mutation { order }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { order }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "fragment F on Order { ...F } { node(id: \"1\") { ...F } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ] {
        let answer = stage.ask(query).await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"],
            json!(code),
            "{query}\n{answer}"
        );
    }
}

#[tokio::test]
async fn what_breaks_on_our_side_is_told_by_a_correlation_id_alone() {
    let stage = Stage::new(Shop::new()).await;
    stage.break_table("balances_g1.accounts", "booked").await;
    let body = json!({ "query": format!("{{ account(id: \"{}\") {{ id }} }}", account_id(1)) }).to_string();
    let (_, headers, answer) = stage.post(&body, &[]).await;
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["code"], json!("INTERNAL"), "{answer}");
    let correlation_id = headers["souk-correlation-id"].to_str().unwrap();
    assert_eq!(error["extensions"]["correlationId"], json!(correlation_id));
    for secret in ["booked", "does not exist", "database"] {
        assert!(!answer.to_string().contains(secret), "{answer}");
    }
    assert_eq!(answer["data"], json!({ "account": null }));
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_ended() {
    let options = QueryOptions {
        max_wait: Duration::from_secs(60),
        time_limit: Duration::from_millis(100),
        ..QueryOptions::default()
    };
    let stage = Stage::with(Shop::new(), options).await;
    let body = json!({ "query": "{ stock(sku: \"SKU-1\", atLeastPosition: 1000) { id } }" }).to_string();
    let (status, headers, answer) = stage.post(&body, &[]).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(headers.contains_key(header::RETRY_AFTER));
    assert_eq!(answer["errors"][0]["extensions"]["code"], json!("TIMEOUT"));
}

#[tokio::test]
async fn more_requests_than_there_are_places_are_refused_as_overloaded() {
    let options = QueryOptions {
        max_in_flight: 0,
        ..QueryOptions::default()
    };
    let stage = Stage::with(Shop::new(), options).await;
    let (status, _, answer) = stage.post("{\"query\":\"{ __typename }\"}", &[]).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer["errors"][0]["extensions"]["code"], json!("OVERLOADED"));
}

#[tokio::test]
async fn an_error_takes_the_nearest_field_that_may_be_null() {
    let shop = Shop::new();
    shop.open(1, 100).await;
    shop.place(1, 1, &[1]).await;
    let stage = Stage::new(shop).await;
    let query = format!(
        "{{ order(id: \"{}\") {{ lines {{ sku }} payment {{ method account {{ id }} }} }} projections {{ name }} }}",
        order_id(1)
    );
    stage.break_table("balances_g1.accounts", "booked").await;
    let answer = stage.ask(&query).await;
    let order = json!({ "lines": [{ "sku": "SKU-1" }], "payment": { "method": "ACCOUNT", "account": null } });
    assert_eq!(answer["data"]["order"], order, "{answer}");
    assert_eq!(
        answer["errors"][0]["path"],
        json!(["order", "payment", "account"]),
        "{answer}"
    );

    stage.break_table("orders_g1.lines", "sku").await;
    let answer = stage.ask(&query).await;
    assert_eq!(answer["data"]["order"], json!(null), "{answer}");
    assert_eq!(
        answer["data"]["projections"].as_array().unwrap().len(),
        projections::registry().len(),
        "{answer}"
    );
    let mut paths: Vec<_> = answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["path"].to_string())
        .collect();
    paths.sort();
    assert_eq!(
        paths,
        [r#"["order","lines"]"#, r#"["order","payment","account"]"#]
    );
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_told_with_a_code_and_a_time_to_retry() {
    let mut stage = Stage::new(Shop::new()).await;
    stage.stop_workers().await;
    stage.lose_database().await;
    let body = json!({ "query": format!("{{ account(id: \"{}\") {{ id }} projections {{ name }} }}", account_id(1)) });
    let (status, headers, answer) = stage.post(&body.to_string(), &[]).await;
    assert_eq!(
        (status, &answer["data"]),
        (StatusCode::OK, &json!({ "account": null, "projections": null }))
    );
    assert_eq!(headers[header::RETRY_AFTER], "1");
    let errors = answer["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 2, "{answer}");
    for error in errors {
        assert_eq!(error["extensions"]["code"], json!("UNAVAILABLE"), "{answer}");
        assert_eq!(error["extensions"]["retryAfterSeconds"], json!(1), "{answer}");
    }
}

#[tokio::test]
async fn the_status_says_what_became_of_a_request_to_those_who_know_the_media_type() {
    let stage = Stage::new(Shop::new()).await;
    let accept = [("accept", "application/graphql-response+json")];
    for (query, status) in [
        ("{ __typename }", StatusCode::OK),
        // A field with an error is an answer.
        ("{ orders(first: 0) { nodes { id } } }", StatusCode::OK),
        ("{", StatusCode::BAD_REQUEST),
        ("{ nothing }", StatusCode::BAD_REQUEST),
        (
            "query A { __typename } query B { __typename }",
            StatusCode::BAD_REQUEST,
        ),
        (
            "subscription { projectionProgress(name: \"orders\") { name } }",
            StatusCode::BAD_REQUEST,
        ),
    ] {
        let body = json!({ "query": query }).to_string();
        let (answered, headers, answer) = stage.post(&body, &accept).await;
        assert_eq!(answered, status, "{query}\n{answer}");
        let content_type = headers[header::CONTENT_TYPE].to_str().unwrap();
        assert!(
            content_type.starts_with("application/graphql-response+json"),
            "{content_type}"
        );
        assert_eq!(
            answer.get("data").is_some(),
            status == StatusCode::OK,
            "{query}\n{answer}"
        );
    }
    let body = json!({ "query": "{ __typename }" }).to_string();
    let (status, _, answer) = stage.post(&body, &[("accept", "text/plain")]).await;
    assert_eq!(status, StatusCode::NOT_ACCEPTABLE);
    assert_eq!(answer["errors"][0]["extensions"]["code"], json!("NOT_ACCEPTABLE"));
}
