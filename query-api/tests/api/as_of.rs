//! Orders, accounts and stock as they were.

use serde_json::{Value, json};

use crate::{
    shop::{Shop, account_id, order_id},
    stage::Stage,
};

/// Everything that has a past, as of a point of it or as it is.
fn question(as_of: &str) -> String {
    let (order, account) = (order_id(1), account_id(1));
    let argument = if as_of.is_empty() {
        String::new()
    } else {
        format!(", asOf: {as_of}")
    };
    format!(
        "{{ order(id: \"{order}\"{argument}) {{ id status cancelReason {{ code text }} total {{ amount }} updatedAt position \
         shipment {{ carrier trackingNumber }} lines {{ sku quantity }} timeline {{ step position }} \
         payment {{ account {{ booked {{ amount }} held {{ amount }} }} }} }} \
         account(id: \"{account}\"{argument}) {{ booked {{ amount }} available {{ amount }} held {{ amount }} updatedAt position \
         entries(first: 100) {{ nodes {{ position amount {{ amount }} counterAccount }} }} }} \
         stock(sku: \"SKU-1\"{argument}) {{ onHand reserved available updatedAt position \
         warehouses {{ warehouse onHand reserved lots {{ lot onHand }} }} }} }}"
    )
}

async fn shop() -> Shop {
    let shop = Shop::new();
    shop.list(1, "Teapot", "home/kitchen", 1_190).await;
    shop.receive(1, "north", Some("L 1"), 5).await;
    shop.open(1, 5_000).await;
    shop.place(1, 1, &[1]).await;
    shop.carry_out(1, 1, 1).await;
    shop.receive(1, "south", None, 2).await;
    shop.deposit(1, 300, "later").await;
    shop
}

#[tokio::test]
async fn the_past_is_what_a_replay_up_to_it_shows() {
    let stage = Stage::new(shop().await).await;
    let head = stage.shop.head().await;
    // Before the account, with the account, in the middle of the order, and at the end.
    for position in [2, 5, 8, 11, head] {
        let replayed = Stage::new(stage.shop.as_of(position).await).await;
        let then = replayed.data(&question("")).await;
        let as_of = stage
            .data(&question(&format!("{{ position: {position} }}")))
            .await;
        assert_eq!(as_of, then, "at {position}");
    }
    let present = stage.data(&question("")).await;
    assert_eq!(present["order"]["status"], json!("SHIPPED"));
    assert_eq!(
        stage.data(&question(&format!("{{ position: {head} }}"))).await,
        present
    );
}

#[tokio::test]
async fn a_time_stands_for_what_was_written_until_then() {
    let stage = Stage::new(shop().await).await;
    stage.write_times().await;
    for position in [0, 4, 7, stage.shop.head().await] {
        // Half a minute after the event, and half a minute before the next.
        let time = format!("{{ time: \"2026-01-15T12:{position:02}:30Z\" }}");
        let at_position = question(&format!("{{ position: {position} }}"));
        assert_eq!(
            stage.data(&question(&time)).await,
            stage.data(&at_position).await,
            "{time}"
        );
    }
}

#[tokio::test]
async fn pages_of_past_entries_have_every_entry_until_then_once() {
    let stage = Stage::new(shop().await).await;
    let first_page = format!(
        "{{ account(id: \"{}\", asOf: {{ position: 5 }}) {{ entries(first: 1) {{ nodes {{ position }} \
         pageInfo {{ hasPreviousPage hasNextPage }} }} }} }}",
        account_id(1)
    );
    let data = stage.data(&first_page).await;
    let page_info = json!({ "hasPreviousPage": false, "hasNextPage": false });
    assert_eq!(
        data["account"]["entries"],
        json!({ "nodes": [{ "position": 5 }], "pageInfo": page_info })
    );
}

#[tokio::test]
async fn a_point_of_the_past_is_exactly_one() {
    let stage = Stage::new(shop().await).await;
    for as_of in [
        "{}",
        "{ position: null }",
        "{ position: 1, time: \"2026-01-15T12:00:00Z\" }",
        "{ position: 1, time: null }",
    ] {
        let query = format!("{{ stock(sku: \"SKU-1\", asOf: {as_of}) {{ id }} }}");
        assert_eq!(
            stage.error(&query).await.0,
            "GRAPHQL_VALIDATION_FAILED",
            "{as_of}"
        );
    }
    for (as_of, argument) in [
        ("{ position: -1 }", "asOf.position"),
        ("{ time: \"2999-01-01T00:00:00Z\" }", "asOf.time"),
    ] {
        let query = format!("{{ stock(sku: \"SKU-1\", asOf: {as_of}) {{ id }} }}");
        let (code, error) = stage.error(&query).await;
        assert_eq!(
            (code.as_str(), &error["extensions"]["argument"]),
            ("INVALID_ARGUMENT", &json!(argument)),
            "{as_of}"
        );
    }
}

#[tokio::test]
async fn a_point_that_is_still_to_come_is_waited_for() {
    let stage = Stage::new(shop().await).await;
    let head = stage.shop.head().await;
    let query = format!(
        "{{ stock(sku: \"SKU-1\", asOf: {{ position: {} }}) {{ onHand }} }}",
        head + 1
    );
    let (answer, _) = tokio::join!(stage.data(&query), stage.shop.receive(1, "north", None, 10));
    assert_eq!(answer, json!({ "stock": { "onHand": 17 } }));
    let nothing: Value = stage.data(&question("{ position: 0 }")).await;
    assert_eq!(nothing, json!({ "order": null, "account": null, "stock": null }));
}
