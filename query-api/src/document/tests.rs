//! What is refused, and what is left of what is not.

use async_graphql::{ServerError, Value, Variables};
use serde_json::json;

use super::{Documents, Plan, Selected, complete};
use crate::{limits::MAX_ERRORS, sdl};

fn documents() -> Documents {
    Documents::new(&sdl())
}

fn plan_with(query: &str, variables: serde_json::Value) -> Result<Plan, Vec<ServerError>> {
    let documents = documents();
    let document = documents.read(query)?;
    let chosen = documents.choose(&document, None).map_err(|error| vec![error])?;
    chosen.plan(Variables::from_json(variables))
}

fn plan(query: &str) -> Plan {
    plan_with(query, json!({})).unwrap_or_else(|errors| panic!("{query}\n{errors:#?}"))
}

/// The messages with which a query is refused.
fn refused(query: &str, variables: serde_json::Value) -> Vec<String> {
    match plan_with(query, variables) {
        Ok(_) => panic!("not refused: {query}"),
        Err(errors) => errors.into_iter().map(|error| error.message).collect(),
    }
}

fn keys(selected: &Selected) -> Vec<&str> {
    match selected {
        Selected::Object(keys) => keys.iter().map(|key| key.name.as_str()).collect(),
        _ => panic!("not an object of one type"),
    }
}

#[test]
fn a_document_is_kept_and_found_again() {
    let documents = documents();
    let first = documents.read("{ projections { name } }").unwrap();
    let again = documents.read("{ projections { name } }").unwrap();
    assert!(std::sync::Arc::ptr_eq(&first, &again));
    assert!(documents.read("{ nothing }").is_err());
    let other = documents.read("{ projections { state } }").unwrap();
    assert!(!std::sync::Arc::ptr_eq(&first, &other));
}

#[test]
fn documents_are_kept_within_their_bytes() {
    let cache = super::cache::Cache::new(1_000_000);
    let documents = documents();
    for n in 0..2_000 {
        cache.keep(
            &documents
                .read(&format!("{{ a{n}: projections {{ name }} }}"))
                .unwrap(),
        );
    }
    assert!(cache.bytes() <= 1_000_000, "{}", cache.bytes());
    assert!(cache.bytes() > 0);
}

#[test]
fn fields_are_merged_in_the_order_of_their_first_appearance() {
    let plan = plan(
        "query($no: Boolean = false) { b: projections { name } ...F a: projections { state } \
         c: projections @include(if: $no) { name } } \
         fragment F on Query { d: projections { name } a: projections { name state position } b: projections { position } }",
    );
    assert_eq!(keys(&plan.answer), ["b", "d", "a"]);
    let Selected::Object(root) = &plan.answer else {
        panic!()
    };
    assert_eq!(keys(&root[0].value), ["name", "position"]);
    assert_eq!(keys(&root[2].value), ["name", "state", "position"]);
}

#[test]
fn the_type_of_an_object_decides_which_fragments_apply() {
    let plan = plan(
        "{ node(id: \"1\") { ... on Order { status id } ... on Node { id } ... on Product { __typename: name } } }",
    );
    let Selected::Object(root) = &plan.answer else {
        panic!()
    };
    let Selected::OneOf { marker, types } = &root[0].value else {
        panic!()
    };
    // A field of the answer has the name under which the type would stand.
    assert_eq!(marker.as_str(), "__typename_");
    let keys = |ty| types[ty].iter().map(|key| key.name.as_str()).collect::<Vec<_>>();
    assert_eq!(keys("Order"), ["status", "id"]);
    assert_eq!(keys("Product"), ["id", "__typename"]);
    assert_eq!(keys("Stock"), ["id"]);
}

#[test]
fn an_answer_is_completed_in_the_order_of_its_query() {
    let selected = plan(
        "{ orders { nodes { status id @skip(if: true) } } node(id: \"1\") { ... on Product { name } } }",
    )
    .answer;
    let of = |data: serde_json::Value| {
        let data = Value::from_json(data).unwrap();
        // Not by way of JSON values, which sort their keys.
        serde_json::to_string(&complete(data, &selected, &mut [])).unwrap()
    };
    assert_eq!(
        of(json!({ "node": { "__typename": "Order" }, "orders": { "nodes": [{ "status": "PAID" }] } })),
        r#"{"orders":{"nodes":[{"status":"PAID"}]},"node":{}}"#
    );
    // A missing value takes the nearest one that may be null.
    assert_eq!(
        of(json!({ "orders": { "nodes": [{}] }, "node": null })),
        r#"{"orders":null,"node":null}"#
    );
    let nullable = plan("{ order(id: \"1\") { id status } __typename }").answer;
    let data = Value::from_json(json!({ "__typename": "Query", "order": { "id": "1" } })).unwrap();
    assert_eq!(
        complete(data, &nullable, &mut []).into_json().unwrap(),
        json!({ "order": null, "__typename": "Query" })
    );
    let empty = plan("{ orders @skip(if: true) { nodes { id } } }").answer;
    let data = Value::from_json(json!({ "__typename": "Query" })).unwrap();
    assert_eq!(complete(data, &empty, &mut []), Value::Object(Default::default()));
}

#[test]
fn an_object_whose_fields_all_have_errors_is_an_object_of_nulls() {
    let selected = plan(
        "{ order(id: \"1\") { payment { account { id } } } orders { nodes { payment { account { id } } } } }",
    )
    .answer;
    let of = |data: serde_json::Value, paths: &[serde_json::Value]| {
        let error = |path: &serde_json::Value| {
            let mut error = ServerError::new("failed", None);
            error.path = serde_json::from_value(path.clone()).unwrap();
            error
        };
        let mut errors: Vec<_> = paths.iter().map(error).collect();
        let data = complete(Value::from_json(data).unwrap(), &selected, &mut errors);
        data.into_json().unwrap()
    };
    assert_eq!(
        of(
            json!({ "order": null, "orders": { "nodes": [{ "payment": null }] } }),
            &[
                json!(["order", "payment", "account"]),
                json!(["orders", "nodes", 0, "payment", "account"]),
            ]
        ),
        json!({
            "order": { "payment": { "account": null } },
            "orders": { "nodes": [{ "payment": { "account": null } }] },
        })
    );
    // The root may be such an object.
    let order = json!(["order"]);
    let alone = plan("{ order(id: \"1\") { id } }").answer;
    let mut errors = [ServerError::new("failed", None)];
    errors[0].path = serde_json::from_value(order.clone()).unwrap();
    let data = complete(Value::Null, &alone, &mut errors);
    assert_eq!(data.into_json().unwrap(), json!({ "order": null }));
    assert_eq!(
        of(json!(null), &[order, json!(["orders"])]),
        json!({ "order": null, "orders": null })
    );
    assert_eq!(of(json!(null), &[]), json!(null));
}

#[test]
fn every_rule_of_the_specification_that_the_library_leaves_out_is_kept() {
    for (query, part) in [
        ("query($id: ID) { order(id: $id) { id } }", "$id"),
        (
            "{ orders(filter: { status: PAID, status: PAID }) { nodes { id } } }",
            "more than once",
        ),
        ("{ __typename @nothing }", "nothing"),
        ("{ __typename @skip }", "if"),
        ("{ __typename @include(if: \"yes\") }", "Boolean"),
        ("{ __typename @skip(if: true) @skip(if: true) }", "skip"),
        (
            "subscription { orderChanged(id: \"1\") { id } accountChanged(id: \"1\") { id } }",
            "one root field",
        ),
        ("subscription { __typename }", "introspection"),
        ("fragment F on Order { ...F } { node(id: \"1\") { ...F } }", "F"),
        ("{ projections { name } } fragment F on Order { id }", "F"),
        ("query Q { __typename } query Q { __typename }", "Q"),
        ("query Q { __typename } { __typename }", "anonymous"),
        (
            "query($a: Int, $a: Int) { orders(first: $a) { nodes { id } } }",
            "a",
        ),
        ("query($a: Int) { __typename }", "a"),
        ("{ orders(first: $a) { nodes { id } } }", "a"),
        ("query($o: Order) { __typename }", "input type"),
        ("{ orders(first: 1, first: 1) { nodes { id } } }", "first"),
        ("{ orders(last: 1) { nodes { id } } }", "last"),
        ("{ orders { nodes { id { a } } } }", "ID"),
        ("{ orders }", "selection"),
        ("{ node(id: \"1\") { ... on Money { currency } } }", ""),
        ("{ node(id: \"1\") { ... on String { a } } }", ""),
        ("{ ...Missing }", "Missing"),
        ("{ a: projections { name } a: orders { nodes { id } } }", "a"),
        (
            "{ a: orders(first: 1) { nodes { id } } a: orders(first: 2) { nodes { id } } }",
            "a",
        ),
        ("type T { a: Int } { __typename }", "type"),
        (
            "{ sales(from: \"2026-01-01\", to: \"2026-02-30\") { day } }",
            "\"to\" must be a day",
        ),
        (
            "{ stock(sku: \"A\", atLeastPosition: \"1\") { id } }",
            "whole number",
        ),
        (
            "{ stock(sku: \"A\", asOf: { time: \"-100000-01-01T00:00:00Z\" }) { id } }",
            "asOf.time",
        ),
        (
            "query($v: [String]) { products(filter: { attributes: [{ name: \"a\", values: $v }] }) { nodes { id } } }",
            "$v",
        ),
        (
            "query($s: String) { products(filter: { attributes: [{ name: $s, values: [\"a\"] }] }) { nodes { id } } }",
            "$s",
        ),
        (
            "{ a: products(filter: { attributes: [] }) { nodes { id } } \
             a: products(filter: { attributes: [{ name: \"a\", values: [\"b\"] }] }) { nodes { id } } }",
            "a",
        ),
    ] {
        let messages = refused(query, json!({}));
        assert!(
            messages.iter().any(|message| message.contains(part)),
            "{query}\n{messages:#?}"
        );
    }
}

#[test]
fn a_variable_that_does_not_fit_is_named_with_the_path_to_what_does_not() {
    for (query, variables, message) in [
        (
            "query($id: ID!) { order(id: $id) { id } }",
            json!({}),
            "the variable \"$id\" of type ID! is required and was not given",
        ),
        (
            "query($id: ID!) { order(id: $id) { id } }",
            json!({ "id": null }),
            "the variable \"$id\" of type ID! must not be null",
        ),
        (
            "query($n: Int) { orders(first: $n) { nodes { id } } }",
            json!({ "n": "many" }),
            "the variable \"$n\" must be a whole number of at most 32 bits",
        ),
        (
            "query($f: OrderFilter) { orders(filter: $f) { nodes { id } } }",
            json!({ "f": { "status": "LOST" } }),
            "the variable \"$f.status\" must be a value of OrderStatus",
        ),
        (
            "query($f: ProductFilter) { products(filter: $f) { nodes { id } } }",
            json!({ "f": { "attributes": [{ "name": "a", "values": ["b"] }, { "name": "a" }] } }),
            "the variable \"$f.attributes[1].values\" of type [String!]! is required and was not given",
        ),
        (
            "query($f: ProductFilter) { products(filter: $f) { nodes { id } } }",
            json!({ "f": { "colour": "red" } }),
            "the variable \"$f.colour\" is no field of ProductFilter",
        ),
        (
            "query($p: Position) { stock(sku: \"A\", atLeastPosition: $p) { id } }",
            json!({ "p": 1.5 }),
            "the variable \"$p\" must be a whole number",
        ),
    ] {
        assert_eq!(refused(query, variables), [message], "{query}");
    }
}

#[test]
fn variables_are_coerced_as_the_specification_says() {
    for (query, variables) in [
        (
            "query($n: Int = 3) { orders(first: $n) { nodes { id } } }",
            json!({}),
        ),
        (
            "query($n: Int) { orders(first: $n) { nodes { id } } }",
            json!({ "n": 1.0, "other": [[]] }),
        ),
        ("query($id: ID!) { order(id: $id) { id } }", json!({ "id": 1 })),
        (
            "query($f: ProductFilter) { products(filter: $f) { nodes { id } } }",
            json!({ "f": { "attributes": { "name": "a", "values": "b" } } }),
        ),
        (
            "query($yes: Boolean!) { projections @include(if: $yes) { name } }",
            json!({ "yes": true }),
        ),
    ] {
        assert!(plan_with(query, variables).is_ok(), "{query}");
    }
}

#[test]
fn errors_are_few_and_short_and_have_their_places() {
    let many = format!(
        "{{ {} }}",
        (0..1_000).map(|n| format!("nothing{n} ")).collect::<String>()
    );
    let errors = documents().read(&many).err().unwrap();
    assert_eq!(errors.len(), MAX_ERRORS + 1);
    let long = format!("{{ {} }}", "x".repeat(200_000));
    let errors = documents().read(&long).err().unwrap();
    assert!(
        errors.iter().all(|error| error.message.len() < 1_000),
        "{errors:?}"
    );
    for query in [
        long,
        format!("{{ a(b: \"{}", "x".repeat(200_000)),
        format!("query({}", "$".repeat(9_000)),
    ] {
        let errors = documents().read(&query).err().unwrap();
        assert!(errors.len() <= MAX_ERRORS + 1);
        assert!(
            errors.iter().all(|error| error.message.len() < 1_000),
            "{errors:?}"
        );
    }
    let errors = documents().read("{\n  nothing }").err().unwrap();
    assert_eq!(
        (errors[0].locations[0].line, errors[0].locations[0].column),
        (2, 3)
    );
    let errors = documents()
        .read("{\n  sales(from: \"x\", to: \"2026-01-01\") { day } }")
        .err()
        .unwrap();
    assert_eq!(
        (errors[0].locations[0].line, errors[0].locations[0].column),
        (2, 15)
    );
}

#[test]
fn the_introspection_of_common_clients_costs_less_than_what_a_query_may() {
    let introspection = include_str!("../../tests/api/introspection.graphql");
    let cost = plan(introspection).introspection_cost;
    assert!((1_000..3_500).contains(&cost), "{cost}");
    let aliases: String = (0..400).map(|n| format!("a{n}: description ")).collect();
    let cost = plan(&format!(
        "{{ __schema {{ types {{ fields {{ {aliases} }} }} }} }}"
    ))
    .introspection_cost;
    assert!(cost > crate::limits::MAX_COMPLEXITY, "{cost}");
}
