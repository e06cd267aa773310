//! `product` and `products`.

use serde_json::json;

use crate::{
    shop::{Shop, product_id},
    stage::{Stage, all_pages},
};

async fn stage() -> Stage {
    let shop = Shop::new();
    for number in 1..=7 {
        shop.list(
            number,
            &format!("Teapot {number}"),
            "home/kitchen",
            1_000 * i64::try_from(number).unwrap(),
        )
        .await;
    }
    shop.list(8, "Running shoes", "sports", 9_900).await;
    shop.receive(2, "north", None, 5).await;
    Stage::new(shop).await
}

#[tokio::test]
async fn a_product_is_found_by_its_id_its_slug_and_its_sku() {
    let stage = stage().await;
    let id = product_id(2).to_string();
    for by in [
        format!("id: \"{id}\""),
        "slug: \"product-2\"".to_owned(),
        "sku: \"SKU-2\"".to_owned(),
        format!("by: {{ id: \"{id}\" }}"),
        "by: { slug: \"product-2\" }".to_owned(),
        "by: { sku: \"SKU-2\" }, slug: null".to_owned(),
    ] {
        let query = format!(
            "{{ product({by}) {{ id slug name description categories tags images {{ url alt }} taxRateBp active \
             variants {{ sku name prices {{ price {{ amount currency formatted }} }} \
             price(currency: \"EUR\") {{ amount }} none: price(currency: \"USD\") {{ amount }} \
             stock {{ available }} }} }} }}"
        );
        let expected = json!({
            "id": id, "slug": "product-2", "name": "Teapot 2", "description": "All about Teapot 2.",
            "categories": ["home/kitchen"], "tags": ["sale"],
            "images": [{ "url": "https://img.test/1.png", "alt": "seen" }], "taxRateBp": 1900, "active": true,
            "variants": [{
                "sku": "SKU-2", "name": "plain",
                "prices": [{ "price": { "amount": "2000", "currency": "EUR", "formatted": "20.00 EUR" } }],
                "price": { "amount": "2000" }, "none": null, "stock": { "available": 5 },
            }],
        });
        assert_eq!(stage.data(&query).await["product"], expected, "{by}");
    }
    let unknown = stage.data("{ product(slug: \"no-such\") { id } }").await;
    assert_eq!(unknown["product"], json!(null));
}

#[tokio::test]
async fn a_product_is_asked_for_in_one_way_at_a_time() {
    let stage = stage().await;
    for arguments in [
        "slug: null",
        "slug: \"a\", sku: \"b\"",
        "by: { sku: \"a\" }, id: \"b\"",
    ] {
        let (code, _) = stage.error(&format!("{{ product({arguments}) {{ id }} }}")).await;
        assert_eq!(code, "INVALID_ARGUMENT", "{arguments}");
    }
    for by in ["{}", "{ slug: null }", "{ slug: \"a\", sku: \"b\" }"] {
        let (code, _) = stage.error(&format!("{{ product(by: {by}) {{ id }} }}")).await;
        assert_eq!(code, "GRAPHQL_VALIDATION_FAILED", "{by}");
    }
    for (argument, value) in [("id", "nonsense"), ("slug", "Not A Slug\\u0000"), ("sku", "a b")] {
        let (code, error) = stage
            .error(&format!("{{ product({argument}: \"{value}\") {{ id }} }}"))
            .await;
        assert_eq!(
            (code.as_str(), &error["extensions"]["argument"]),
            ("INVALID_ARGUMENT", &json!(argument))
        );
        assert_eq!(error["path"], json!(["product"]));
    }
}

#[tokio::test]
async fn the_catalogue_is_searched_by_text_and_conditions() {
    let stage = stage().await;
    let found = async |arguments: &str| {
        let query = format!("{{ products({arguments}) {{ totalCount nodes {{ name }} }} }}");
        let data = stage.data(&query).await;
        let names: Vec<_> = data["products"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| node["name"].clone())
            .collect();
        assert_eq!(data["products"]["totalCount"], json!(names.len()));
        names
    };
    assert_eq!(found("query: \"shoe\"").await, ["Running shoes"]);
    assert_eq!(found("filter: { category: \"sports\" }").await, ["Running shoes"]);
    assert_eq!(found("filter: { inStock: true }").await, ["Teapot 2"]);
    assert_eq!(found("query: \"runing sho\"").await, ["Running shoes"]);
    assert_eq!(
        found("filter: { attributes: [{ name: \"tag\", values: [\"sale\", \"none\"] }] }")
            .await
            .len(),
        8
    );
    assert_eq!(
        found("filter: { attributes: [{ name: \"colour\", values: [\"red\"] }] }").await,
        Vec::<serde_json::Value>::new()
    );
    assert_eq!(
        found("filter: { currency: \"EUR\", priceMin: \"6000\", priceMax: 9900 }, sort: PRICE_DESC").await,
        ["Running shoes", "Teapot 7", "Teapot 6"]
    );
    assert_eq!(
        found("query: \"teapot\", filter: { currency: \"EUR\", priceMax: \"2000\" }, sort: PRICE_ASC").await,
        ["Teapot 1", "Teapot 2"]
    );
    assert_eq!(
        found("query: \"\\u0000 ((( *:* AND\"").await,
        Vec::<serde_json::Value>::new()
    );
}

#[tokio::test]
async fn a_search_tells_what_could_be_chosen_further() {
    let stage = stage().await;
    let data = stage
        .data(
            "{ products(query: \"teapto\", filter: { currency: \"EUR\", inStock: true, category: \"home\" }) { totalCount \
             corrections { typed meant } facets { categories { path name depth count selected } \
             attributes { name values { value count selected } } prices { min max count } inStock outOfStock } } }",
        )
        .await;
    let expected = json!({
        "totalCount": 1,
        "corrections": [{ "typed": "teapto", "meant": "teapot" }],
        "facets": {
            "categories": [
                { "path": "home", "name": "home", "depth": 1, "count": 1, "selected": true },
                { "path": "home/kitchen", "name": "kitchen", "depth": 2, "count": 1, "selected": false },
            ],
            "attributes": [{ "name": "tag", "values": [{ "value": "sale", "count": 1, "selected": false }] }],
            "prices": [{ "min": "2000", "max": "4999", "count": 1 }],
            "inStock": 1, "outOfStock": 6,
        },
    });
    assert_eq!(data["products"], expected);
}

#[tokio::test]
async fn a_search_tells_where_the_words_are() {
    let stage = stage().await;
    let data = stage
        .data(
            "{ products(query: \"shoe\") { edges { highlights { name { html parts { text matches } } \
             description { html } } } } }",
        )
        .await;
    let expected = json!([{ "highlights": {
        "name": {
            "html": "Running <mark>shoes</mark>",
            "parts": [{ "text": "Running ", "matches": false }, { "text": "shoes", "matches": true }],
        },
        "description": { "html": "All about Running <mark>shoes</mark>." },
    } }]);
    assert_eq!(data["products"]["edges"], expected);
}

#[tokio::test]
async fn suggestions_complete_what_is_typed() {
    let stage = stage().await;
    let data = stage
        .data("{ suggestions(prefix: \"running s\", first: 5) { kind text product { slug } } }")
        .await;
    let expected = json!([
        { "kind": "WORDS", "text": "running shoes", "product": null },
        { "kind": "PRODUCT", "text": "Running shoes", "product": { "slug": "product-8" } },
    ]);
    // A tag counts as a word of the title, too.
    let mut suggestions = data["suggestions"].as_array().unwrap().clone();
    suggestions.retain(|suggestion| {
        suggestion["text"] != json!("running sale") && suggestion["text"] != json!("running sports")
    });
    assert_eq!(json!(suggestions), expected);
    for first in [0, 21] {
        let query = format!("{{ suggestions(prefix: \"a\", first: {first}) {{ text }} }}");
        let (code, error) = stage.error(&query).await;
        assert_eq!(
            (code.as_str(), &error["extensions"]["argument"]),
            ("INVALID_ARGUMENT", &json!("first"))
        );
    }
}

#[tokio::test]
async fn the_pages_of_a_search_have_every_product_once() {
    let stage = stage().await;
    let nodes = all_pages(&stage, "/products", |after| {
        format!(
            "{{ products(sort: PRICE_ASC, filter: {{ currency: \"EUR\" }}, first: 3, after: {after}) {{ \
             totalCount edges {{ cursor node {{ name }} }} pageInfo {{ hasPreviousPage hasNextPage endCursor }} }} }}"
        )
    });
    let names: Vec<String> = nodes
        .await
        .iter()
        .map(|node| node["name"].as_str().unwrap().to_owned())
        .collect();
    let mut expected: Vec<String> = (1..=7).map(|number| format!("Teapot {number}")).collect();
    expected.push("Running shoes".to_owned());
    assert_eq!(names, expected);
}

#[tokio::test]
async fn pages_end_where_found_products_cannot_be_shown() {
    let mut stage = stage().await;
    stage.stop_workers().await;
    for number in [7, 4, 1] {
        stage.hide_product(&format!("product-{number}")).await;
    }
    for first in [1, 2, 3] {
        let nodes = all_pages(&stage, "/products", |after| {
            format!(
                "{{ products(query: \"teapot\", sort: NEWEST, first: {first}, after: {after}) {{ \
                 edges {{ node {{ name }} }} pageInfo {{ hasPreviousPage hasNextPage endCursor }} }} }}"
            )
        });
        let names: Vec<_> = nodes.await.iter().map(|node| node["name"].clone()).collect();
        assert_eq!(
            json!(names),
            json!(["Teapot 6", "Teapot 5", "Teapot 3", "Teapot 2"]),
            "by {first}"
        );
    }
    let first = "{ products(query: \"teapot\", sort: NEWEST, first: 1) { nodes { name } \
                 pageInfo { hasNextPage startCursor endCursor } } }";
    let data = stage.data(first).await;
    assert_eq!(data["products"]["nodes"], json!([]));
    assert_eq!(data["products"]["pageInfo"]["hasNextPage"], json!(true));
    assert!(data["products"]["pageInfo"]["endCursor"].is_string(), "{data}");
}

#[tokio::test]
async fn a_search_says_when_products_have_only_some_of_the_words() {
    let stage = stage().await;
    let found = async |text: &str| {
        let query = format!("{{ products(query: \"{text}\") {{ totalCount partial leftOut }} }}");
        stage.data(&query).await["products"].take()
    };
    let expected = |total: i64, partial: bool, left_out: &[&str]| json!({ "totalCount": total, "partial": partial, "leftOut": left_out });
    assert_eq!(found("running shoes").await, expected(1, false, &[]));
    assert_eq!(found("expensive shoes").await, expected(1, true, &["expensive"]));
    assert_eq!(found("shoes -running").await, expected(0, false, &[]));
    assert_eq!(found("\\\"running shoes\\\"").await, expected(1, false, &[]));
    assert_eq!(found("???").await, expected(0, false, &[]));
}

#[tokio::test]
async fn products_are_sorted_by_name() {
    let stage = stage().await;
    let nodes = all_pages(&stage, "/products", |after| {
        format!(
            "{{ products(sort: NAME, first: 3, after: {after}) {{ edges {{ node {{ name }} }} \
             pageInfo {{ hasPreviousPage hasNextPage endCursor }} }} }}"
        )
    });
    let names: Vec<String> = nodes
        .await
        .iter()
        .map(|node| node["name"].as_str().unwrap().to_owned())
        .collect();
    let mut expected: Vec<String> = (1..=7).map(|number| format!("Teapot {number}")).collect();
    expected.insert(0, "Running shoes".to_owned());
    assert_eq!(names, expected);
}

#[tokio::test]
async fn categories_and_skus_are_suggested() {
    let stage = stage().await;
    let suggested = async |prefix: &str, kind: &str| {
        let query = format!("{{ suggestions(prefix: \"{prefix}\") {{ kind text product {{ name }} }} }}");
        let mut data = stage.data(&query).await;
        let mut found = data["suggestions"].as_array_mut().unwrap().clone();
        found.retain(|suggestion| suggestion["kind"] == json!(kind));
        json!(found)
    };
    assert_eq!(
        suggested("kitch", "CATEGORY").await,
        json!([{ "kind": "CATEGORY", "text": "home/kitchen", "product": null }])
    );
    assert_eq!(
        suggested("SKU-8", "SKU").await,
        json!([{ "kind": "SKU", "text": "SKU-8", "product": { "name": "Running shoes" } }])
    );
}

#[tokio::test]
async fn a_bad_condition_is_named() {
    let stage = stage().await;
    for (arguments, argument) in [
        ("filter: { priceMin: \"1\" }", "filter.currency"),
        ("sort: PRICE_ASC", "filter.currency"),
        ("filter: { currency: \"euro\" }", "filter.currency"),
        (
            "filter: { currency: \"EUR\", priceMin: \"-1\" }",
            "filter.priceMin",
        ),
        (
            "filter: { currency: \"EUR\", priceMin: \"2\", priceMax: \"1\" }",
            "filter.priceMax",
        ),
        ("first: 0", "first"),
        ("first: -1", "first"),
        ("first: 101", "first"),
        ("after: \"nonsense\"", "after"),
        (
            "filter: { attributes: [{ name: \"a\", values: [] }] }",
            "filter.attributes",
        ),
    ] {
        let (code, error) = stage
            .error(&format!("{{ products({arguments}) {{ totalCount }} }}"))
            .await;
        assert_eq!(
            (code.as_str(), &error["extensions"]["argument"]),
            ("INVALID_ARGUMENT", &json!(argument))
        );
        assert!(error["message"].as_str().unwrap().contains(argument), "{error}");
    }
    let long = format!(
        "{{ products(query: \"{}\") {{ totalCount }} }}",
        "a".repeat(10_000)
    );
    assert_eq!(
        stage.error(&long).await.1["extensions"]["argument"],
        json!("query")
    );
    let (code, error) = stage
        .error("{ products(filter: { priceMin: \"1.5\" }) { totalCount } }")
        .await;
    assert_eq!(code, "GRAPHQL_VALIDATION_FAILED");
    assert!(error["message"].as_str().unwrap().contains("priceMin"), "{error}");
}

#[tokio::test]
async fn a_cursor_of_another_search_is_refused() {
    let stage = stage().await;
    let page = |arguments: &str| {
        format!("{{ products({arguments}, first: 1) {{ pageInfo {{ endCursor hasNextPage }} }} }}")
    };
    let data = stage.data(&page("query: \"teapot\"")).await;
    let cursor = data["products"]["pageInfo"]["endCursor"].to_string();
    stage
        .data(&page(&format!("query: \"teapot\", after: {cursor}")))
        .await;
    for other in [
        "query: \"shoes\"",
        "query: \"teapot\", sort: NEWEST",
        "query: \"teapot\", filter: { inStock: true }",
    ] {
        let (code, error) = stage.error(&page(&format!("{other}, after: {cursor}"))).await;
        assert_eq!(
            (code.as_str(), &error["extensions"]["argument"]),
            ("INVALID_ARGUMENT", &json!("after")),
            "{other}"
        );
    }
}
