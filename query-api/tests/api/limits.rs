//! How much one query may ask for.

use query_api::limits::{MAX_BODY_BYTES, MAX_COMPLEXITY, MAX_DEPTH};
use serde_json::json;

use crate::{
    shop::{Shop, account_id},
    stage::Stage,
};

#[tokio::test]
async fn a_query_may_not_nest_too_deep() {
    let stage = Stage::new(Shop::new()).await;
    // Each round of order, payment, account, entries and nodes is five fields deep.
    let round = "payment { account { entries(first: 1) { nodes { order { ";
    let deep = format!(
        "{{ node(id: \"SKU-1\") {{ ... on Order {{ {} id {} }} }} }}",
        round.repeat(3),
        "} ".repeat(15)
    );
    let (code, error) = stage.error(&deep).await;
    assert_eq!(code, "QUERY_TOO_DEEP");
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains(&MAX_DEPTH.to_string())
    );
    let shallow =
        deep.replacen(&round.repeat(3), &round.repeat(2), 1)
            .replacen(&"} ".repeat(15), &"} ".repeat(10), 1);
    stage.data(&shallow).await;
}

#[tokio::test]
async fn a_query_may_not_ask_for_too_much_at_once() {
    let stage = Stage::new(Shop::new()).await;
    let aliases = |count: usize| {
        let fields = (0..count).map(|n| format!("a{n}: stock(sku: \"SKU-1\") {{ id }} "));
        format!("{{ {} }}", fields.collect::<String>())
    };
    stage.data(&aliases(90)).await;
    let (code, error) = stage.error(&aliases(100)).await;
    assert_eq!(code, "QUERY_TOO_COMPLEX");
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains(&MAX_COMPLEXITY.to_string())
    );

    let page = |first: u32| {
        format!(
            "{{ products(first: {first}) {{ nodes {{ id slug name variants {{ sku prices {{ price {{ formatted }} }} \
             stock {{ available reserved }} }} }} }} }}"
        )
    };
    stage.data(&page(100)).await;
    let nested = "{ orders(first: 100) { nodes { lines { product { variants { sku stock { id } } } } } } }";
    assert_eq!(stage.error(nested).await.0, "QUERY_TOO_COMPLEX");
    // The size of a page counts where it is a variable, too.
    let body = json!({
        "query": "query Q($n: Int) { orders(first: $n) { nodes { lines { product { variants { sku stock { id } } } } } } }",
        "variables": { "n": 100 },
    });
    let (_, _, answer) = stage.post(&body.to_string(), &[]).await;
    assert_eq!(
        answer["errors"][0]["extensions"]["code"],
        json!("QUERY_TOO_COMPLEX")
    );
    let below_a_node = format!(
        "{{ node(id: \"{}\") {{ ... on Account {{ entries(first: 100) {{ nodes {{ order {{ lines {{ product {{ \
         variants {{ sku stock {{ id }} }} }} }} }} }} }} }} }} }}",
        account_id(1)
    );
    assert_eq!(stage.error(&below_a_node).await.0, "QUERY_TOO_COMPLEX");
}

#[tokio::test]
async fn a_large_body_is_refused_before_it_is_read() {
    let stage = Stage::new(Shop::new()).await;
    let body = json!({ "query": "{ __typename }", "padding": "x".repeat(MAX_BODY_BYTES) }).to_string();
    let (status, _, answer) = stage.post(&body, &[]).await;
    assert_eq!(status, 413);
    assert_eq!(answer["errors"][0]["extensions"]["code"], json!("BODY_TOO_LARGE"));
}

#[tokio::test]
async fn the_introspection_of_common_clients_is_within_the_limits() {
    let stage = Stage::new(Shop::new()).await;
    let data = stage.data(include_str!("introspection.graphql")).await;
    assert_eq!(data["__schema"]["queryType"]["name"], json!("Query"));
}
