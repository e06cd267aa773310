//! The description of the API says what the API does.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::{Value, json};

use super::shop::{NOBODY, Shop, ask, bare};

/// Every command of the shop.
const ROUTES: [(&str, &str); 30] = [
    ("post", "/v1/accounts"),
    ("post", "/v1/accounts/{id}/deposits"),
    ("post", "/v1/accounts/{id}/withdrawals"),
    ("post", "/v1/orders"),
    ("post", "/v1/orders/{id}/cancel"),
    ("post", "/v1/orders/{id}/deliver"),
    ("post", "/v1/orders/{id}/refuse-shipping"),
    ("post", "/v1/orders/{id}/ship"),
    ("post", "/v1/orders/{id}/returns"),
    ("post", "/v1/orders/{id}/returns/{return_id}/accept"),
    ("post", "/v1/orders/{id}/returns/{return_id}/reject"),
    ("post", "/v1/payments/{id}/refunds"),
    ("post", "/v1/products"),
    ("patch", "/v1/products/{id}"),
    ("post", "/v1/products/{id}/prices"),
    ("post", "/v1/products/import"),
    ("post", "/v1/stock/{sku}/adjustments"),
    ("put", "/v1/stock/{sku}/lot-expiry"),
    ("put", "/v1/stock/{sku}/low-stock-threshold"),
    ("post", "/v1/stock/{sku}/receipts"),
    ("post", "/v1/stock/{sku}/transfers"),
    ("post", "/v1/subscriptions"),
    ("post", "/v1/subscriptions/{id}/cancel"),
    ("post", "/v1/subscriptions/{id}/pause"),
    ("post", "/v1/subscriptions/{id}/resume"),
    ("post", "/v1/warehouses"),
    ("patch", "/v1/warehouses/{code}"),
    ("post", "/v1/warehouses/{code}/close"),
    ("post", "/v1/warehouses/{code}/reopen"),
    ("post", "/v1/webhooks/payments"),
];

fn description() -> Value {
    serde_json::to_value(command_api::openapi()).unwrap()
}

/// Each operation of the description: method, path, and what is said of it.
fn operations(description: &Value) -> Vec<(String, String, Value)> {
    let paths = description["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (method.clone(), path.clone(), operation.clone()))
    });
    operations.collect()
}

#[test]
fn every_route_is_described_and_nothing_else() {
    let described: BTreeSet<(String, String)> = operations(&description())
        .into_iter()
        .map(|(method, path, _)| (method, path))
        .collect();
    let routes = ROUTES.map(|(method, path)| (method.to_owned(), path.to_owned()));
    assert_eq!(described, BTreeSet::from(routes));
}

#[tokio::test]
async fn every_described_route_is_there_with_no_other_method() {
    let shop = Shop::new();
    for (method, path, _) in operations(&description()) {
        // No identifier may look so, so nothing is looked for under it.
        let path = ["{id}", "{return_id}", "{sku}", "{code}"]
            .iter()
            .fold(path, |path, name| path.replace(name, "X"));
        let reply = shop.send(bare(Method::OPTIONS, &path)).await;
        assert_eq!(reply.status, 405, "{path}");
        assert_eq!(reply.header("allow"), method.to_uppercase(), "{path}");
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let there = shop.send(bare(method, &path)).await.status.as_u16();
        assert!(![404, 405].contains(&there), "{path}");
    }
}

#[test]
fn every_operation_says_how_it_may_end() {
    for (_, path, operation) in operations(&description()) {
        let responses = operation["responses"].as_object().unwrap();
        let codes: BTreeSet<&str> = responses.keys().map(String::as_str).collect();
        let problems = [
            "400", "403", "404", "408", "409", "412", "413", "415", "421", "422", "500", "503",
        ];
        assert!(
            problems.iter().all(|code| codes.contains(code)),
            "{path}: {codes:?}"
        );
        assert!(
            ["200", "201", "202"].iter().any(|code| codes.contains(code)),
            "{path}"
        );
        let schema = &responses["422"]["content"]["application/problem+json"]["schema"]["$ref"];
        assert_eq!(schema, "#/components/schemas/Problem", "{path}");
        assert!(operation["requestBody"]["content"].is_object(), "{path}");
        assert!(
            operation["summary"].is_string() && operation["operationId"].is_string(),
            "{path}"
        );
    }
}

#[test]
fn every_command_takes_the_same_headers() {
    let takes_others = |path: &str| path.ends_with("/import") || path.starts_with("/v1/webhooks/");
    for (_, path, operation) in operations(&description()) {
        let none = Vec::new();
        let parameters = operation["parameters"].as_array().unwrap_or(&none);
        let headers: Vec<&str> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "header")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        if !takes_others(&path) {
            assert_eq!(headers, ["Idempotency-Key", "If-Match", "traceparent"], "{path}");
        }
    }
}

/// Every schema that a request may have, with its path.
fn request_schemas(description: &Value) -> Vec<(String, Value)> {
    fn within(description: &Value, path: &str, schema: &Value, found: &mut Vec<(String, Value)>) {
        if let Some(reference) = schema["$ref"].as_str() {
            let target = description.pointer(reference.trim_start_matches('#')).unwrap();
            return within(description, path, target, found);
        }
        found.push((path.to_owned(), schema.clone()));
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            within(description, &format!("{path}.{name}"), property, found);
        }
        for item in schema["oneOf"].as_array().into_iter().flatten() {
            within(description, path, item, found);
        }
        if schema["items"].is_object() {
            within(description, &format!("{path}[]"), &schema["items"], found);
        }
    }
    let mut found = Vec::new();
    for (_, path, operation) in operations(description) {
        // What the gateway sends is its own affair, and a table in CSV has no schema.
        if path.starts_with("/v1/webhooks/") {
            continue;
        }
        for content in operation["requestBody"]["content"].as_object().unwrap().values() {
            if content["schema"]["$ref"].is_string() {
                within(description, &path, &content["schema"], &mut found);
            }
        }
    }
    found
}

#[test]
fn every_text_number_list_and_object_of_a_body_has_its_bounds() {
    let schemas = request_schemas(&description());
    assert!(schemas.len() > 50, "{}", schemas.len());
    for (path, schema) in schemas {
        let is = |wanted: &str| {
            schema["type"] == wanted
                || schema["type"]
                    .as_array()
                    .is_some_and(|types| types.iter().any(|found| found == wanted))
        };
        let has = |name: &str| !schema[name].is_null();
        if is("string") {
            assert!(
                has("maxLength") || has("format") || has("enum"),
                "{path}: {schema}"
            );
        }
        if is("integer") {
            assert!(has("minimum") && has("maximum"), "{path}: {schema}");
        }
        if is("array") {
            assert!(has("minItems") && has("maxItems"), "{path}: {schema}");
        }
        if is("object") {
            assert_eq!(schema["additionalProperties"], false, "{path}: {schema}");
        }
    }
}

#[test]
fn a_refund_for_goods_may_be_nothing_and_any_other_amount_is_more() {
    let description = description();
    let schemas = &description["components"]["schemas"];
    let least = |reference: &Value| {
        let target = reference.as_str().unwrap().trim_start_matches('#');
        let money = description.pointer(target).unwrap();
        money["properties"]["amount"]["oneOf"][0]["minimum"].clone()
    };
    let of_goods = &schemas["AcceptReturn"]["properties"]["refund"]["oneOf"][0]["$ref"];
    let of_payment = &schemas["Refund"]["properties"]["amount"]["$ref"];
    assert_eq!((least(of_goods), least(of_payment)), (json!(0), json!(1)));
}

#[tokio::test]
async fn every_example_is_a_command_that_breaks_no_rule_of_its_own() {
    let (shop, description) = (Shop::new(), description());
    let mut tried = 0;
    for (method, path, operation) in operations(&description) {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let Some(reference) = schema.as_str().filter(|_| !path.starts_with("/v1/webhooks/")) else {
            continue;
        };
        let example = &description.pointer(reference.trim_start_matches('#')).unwrap()["example"];
        assert!(!example.is_null(), "{path} has no example");
        let path = path
            .replace("{sku}", "DEMO-MUG")
            .replace("{code}", "berlin")
            .replace("{id}", NOBODY)
            .replace("{return_id}", NOBODY);
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let reply = shop.send(ask(method, &path, example)).await;
        // What the example names is not in this shop.
        let is_unknown = reply.json()["code"]
            .as_str()
            .is_some_and(|code| code.starts_with("unknown_"));
        assert!(
            reply.status.is_success() || is_unknown,
            "{path}: {example}: {}",
            reply.text
        );
        tried += 1;
    }
    assert_eq!(tried, ROUTES.len() - 2);
}

#[test]
fn optional_headers_have_no_example_and_every_problem_code_is_listed() {
    let description = description();
    for (_, path, operation) in operations(&description) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            if parameter["in"] == "header" && path != "/v1/webhooks/payments" {
                assert_eq!(parameter["required"], false, "{path}");
                assert!(
                    parameter["example"].is_null() && parameter["schema"]["example"].is_null(),
                    "{path}"
                );
                assert_eq!(parameter["schema"]["type"], "string", "{path}");
            }
        }
    }
    let code = &description["components"]["schemas"]["Problem"]["properties"]["code"];
    let listed = code["examples"].as_array().unwrap();
    for known in ["sequence_mismatch", "unknown_sku", "foreign_origin", "overloaded"] {
        assert!(listed.iter().any(|code| code == known), "{known}");
    }
    assert_eq!(description["servers"][0]["url"], "/");
}

#[test]
fn every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
                    found.insert(reference.to_owned());
                }
                fields.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let description = description();
    let mut found = BTreeSet::new();
    references(&description, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(description.pointer(pointer).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn the_description_is_served() {
    let shop = Shop::new();
    let reply = shop.send(bare(Method::GET, "/openapi.json")).await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("content-type")),
        (200, "application/json")
    );
    assert_eq!(reply.json(), description());
    assert!(reply.json()["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[tokio::test]
async fn the_pages_are_served_from_the_binary() {
    let shop = Shop::new();
    let moved = shop.send(bare(Method::GET, "/docs")).await;
    assert_eq!((moved.status.as_u16(), moved.header("location")), (303, "/docs/"));
    let page = shop.send(bare(Method::GET, "/docs/")).await;
    assert_eq!(page.status, 200);
    assert!(
        !page.text.contains("https://") && !page.text.contains("http://"),
        "{}",
        page.text
    );
    for file in ["swagger-ui-bundle.js", "swagger-ui.css", "swagger-initializer.js"] {
        assert_eq!(
            shop.send(bare(Method::GET, format!("/docs/{file}"))).await.status,
            200,
            "{file}"
        );
    }
    let start = shop
        .send(bare(Method::GET, "/docs/swagger-initializer.js"))
        .await
        .text;
    assert!(
        start.contains("/openapi.json") && start.contains("\"validatorUrl\": \"none\""),
        "{start}"
    );
}
