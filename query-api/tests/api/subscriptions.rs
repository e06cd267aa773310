//! Subscriptions over a WebSocket.

use std::time::Duration;

use domain::order::{Order, OrderCommand};
use query_api::{
    QueryOptions,
    limits::{MAX_BODY_BYTES, MAX_SOCKET_OPERATIONS},
};
use serde_json::{Value, json};

use crate::{
    client::Client,
    shop::{Shop, account_id, order_id},
    stage::{LONG, Stage},
};

const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

async fn stage() -> Stage {
    let shop = Shop::new();
    shop.list(1, "Teapot", "home", 1_190).await;
    shop.receive(1, "north", None, 5).await;
    shop.open(1, 5_000).await;
    shop.place(1, 1, &[1]).await;
    Stage::new(shop).await
}

async fn stage_with(options: impl FnOnce(QueryOptions) -> QueryOptions) -> Stage {
    let shop = Shop::new();
    shop.open(1, 5_000).await;
    Stage::with(shop, options(QueryOptions::default())).await
}

/// What is told of until `is_last`, which comes last.
async fn until(client: &mut Client, id: &str, is_last: impl Fn(&Value) -> bool) -> Vec<Value> {
    let mut told = Vec::new();
    loop {
        let data = client.next(id).await;
        let ends = is_last(&data);
        told.push(data);
        if ends {
            return told;
        }
    }
}

#[tokio::test]
async fn an_order_is_told_as_it_is_and_whenever_it_changes() {
    let stage = stage().await;
    let mut client = Client::begin(&stage).await;
    let query = format!(
        "subscription {{ orderChanged(id: \"{}\") {{ status position timeline {{ step }} \
         payment {{ account {{ booked {{ amount }} }} }} }} }}",
        order_id(1)
    );
    client.subscribe("1", &query).await;
    let first = client.next("1").await;
    assert_eq!(first["orderChanged"]["status"], json!("PLACED"));
    stage.shop.carry_out(1, 1, 1).await;
    let told = until(&mut client, "1", |data| {
        data["orderChanged"]["status"] == json!("SHIPPED")
    })
    .await;
    let last = &told[told.len() - 1]["orderChanged"];
    // What belongs to the change is there: what other read models know is waited for.
    assert_eq!(last["timeline"].as_array().unwrap().len(), 9, "{last}");
    assert_eq!(last["payment"]["account"]["booked"]["amount"], json!("3810"));
    let positions: Vec<_> = told
        .iter()
        .map(|data| data["orderChanged"]["position"].as_i64().unwrap())
        .collect();
    assert!(
        positions.is_sorted_by(|before, after| before < after),
        "{positions:?}"
    );
}

#[tokio::test]
async fn an_account_that_does_not_exist_yet_is_told_when_it_does() {
    let stage = stage().await;
    let mut client = Client::begin(&stage).await;
    let changed = |number: u128| {
        let id = account_id(number);
        format!("subscription {{ accountChanged(id: \"{id}\") {{ available {{ amount }} }} }}")
    };
    let available = |amount: &str| json!({ "accountChanged": { "available": { "amount": amount } } });
    client.subscribe("new", &changed(2)).await;
    client.subscribe("old", &changed(1)).await;
    assert_eq!(client.next("old").await, available("5000"));
    stage.shop.open(2, 700).await;
    // It may be seen between its opening and the first deposit.
    until(&mut client, "new", |data| *data == available("700")).await;
    // Whoever has had enough is told nothing more.
    client.say(json!({ "type": "complete", "id": "new" })).await;
    stage.shop.deposit(2, 1, "unseen").await;
    stage.settle().await;
    stage.shop.deposit(1, 1, "seen").await;
    assert_eq!(client.next("old").await, available("5001"));
}

#[tokio::test]
async fn subscribers_of_the_same_order_are_told_the_same() {
    let stage = stage().await;
    let (mut one, mut other) = (Client::begin(&stage).await, Client::begin(&stage).await);
    let query = format!(
        "subscription {{ orderChanged(id: \"{}\") {{ status }} }}",
        order_id(1)
    );
    for client in [&mut one, &mut other] {
        client.subscribe("a", &query).await;
        client.next("a").await;
    }
    stage.shop.carry_out(1, 1, 1).await;
    for client in [&mut one, &mut other] {
        until(client, "a", |data| {
            data["orderChanged"]["status"] == json!("SHIPPED")
        })
        .await;
    }
}

#[tokio::test]
async fn the_progress_of_a_projection_is_told_as_it_moves() {
    let stage = stage().await;
    let mut client = Client::begin(&stage).await;
    let query = "subscription { projectionProgress(name: \"balances\") { name state position progress } }";
    client.subscribe("p", query).await;
    let generation = |data: &Value| data["projectionProgress"][0].clone();
    let first = generation(&client.next("p").await);
    assert_eq!(
        (&first["name"], &first["state"]),
        (&json!("balances"), &json!("LIVE"))
    );
    let position = stage.shop.deposit(1, 1, "more").await;
    until(&mut client, "p", |data| {
        generation(data)["position"].as_i64() >= Some(position)
    })
    .await;
}

#[tokio::test]
async fn a_subscription_goes_on_after_an_answer_that_failed() {
    let stage = stage().await;
    let mut client = Client::begin(&stage).await;
    let id = order_id(1);
    let query = format!("subscription {{ orderChanged(id: \"{id}\") {{ status lines {{ sku }} }} }}");
    let order = |status: &str| json!({ "orderChanged": { "status": status, "lines": [{ "sku": "SKU-1" }] } });
    client.subscribe("1", &query).await;
    assert_eq!(client.next("1").await, order("PLACED"));

    // The change itself is still noticed: the lines are read for the answer alone.
    stage.break_table("orders_g1.lines", "sku").await;
    stage.shop.send::<Order>(id, OrderCommand::Confirm).await;
    let failed = client.hear().await;
    assert_eq!(
        (&failed["type"], &failed["id"], failed["payload"].get("data")),
        (&json!("next"), &json!("1"), Some(&json!(null))),
        "{failed}"
    );
    let error = &failed["payload"]["errors"][0];
    assert_eq!(error["extensions"]["code"], json!("INTERNAL"), "{failed}");

    stage.mend_table("orders_g1.lines", "sku").await;
    stage.shop.send::<Order>(id, OrderCommand::MarkPaid).await;
    assert_eq!(client.next("1").await, order("PAID"));
}

#[tokio::test]
async fn a_subscription_whose_first_answer_fails_ends() {
    let stage = stage().await;
    let mut client = Client::begin(&stage).await;
    let query = format!(
        "subscription {{ orderChanged(id: \"{}\") {{ lines {{ sku }} }} }}",
        order_id(1)
    );
    stage.break_table("orders_g1.lines", "sku").await;
    client.subscribe("1", &query).await;
    assert_eq!(client.failure("1").await, json!("INTERNAL"));
    // Nothing is left of it: its id may be used again.
    stage.mend_table("orders_g1.lines", "sku").await;
    client.subscribe("1", &query).await;
    assert_eq!(
        client.next("1").await,
        json!({ "orderChanged": { "lines": [{ "sku": "SKU-1" }] } })
    );
}

#[tokio::test]
async fn a_query_is_answered_once() {
    let stage = stage().await;
    let mut client = Client::begin(&stage).await;
    client
        .subscribe("q", "{ stock(sku: \"SKU-1\") { onHand } }")
        .await;
    assert_eq!(client.next("q").await, json!({ "stock": { "onHand": 5 } }));
    assert_eq!(client.hear().await, json!({ "type": "complete", "id": "q" }));
    client.say(json!({ "type": "ping", "payload": { "n": 1 } })).await;
    assert_eq!(
        client.hear().await,
        json!({ "type": "pong", "payload": { "n": 1 } })
    );
}

#[tokio::test]
async fn what_cannot_be_subscribed_to_fails_with_a_code() {
    let stage = stage().await;
    let mut client = Client::begin(&stage).await;
    let deep = format!(
        "subscription {{ orderChanged(id: \"{}\") {{ {} id {} }} }}",
        order_id(1),
        "payment { account { entries(first: 1) { nodes { order { ".repeat(3),
        "} ".repeat(15)
    );
    let costly = format!(
        "subscription {{ accountChanged(id: \"{}\") {{ entries(first: 100) {{ nodes {{ order {{ lines {{ product {{ \
         variants {{ sku stock {{ id }} }} }} }} }} }} }} }} }}",
        account_id(1)
    );
    for (query, code) in [
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "subscription { orderChanged(id: \"1\") { id } }",
            "INVALID_ARGUMENT",
        ),
        (
            "subscription { projectionProgress(name: \"x\") { name } }",
            "INVALID_ARGUMENT",
        ),
        (&*deep, "QUERY_TOO_DEEP"),
        (&*costly, "QUERY_TOO_COMPLEX"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
    ] {
        client.subscribe("x", query).await;
        assert_eq!(client.failure("x").await, json!(code), "{query}");
    }
    // The connection goes on.
    client.subscribe("x", "{ __typename }").await;
    assert_eq!(client.next("x").await, json!({ "__typename": "Query" }));
}

#[tokio::test]
async fn whoever_breaks_the_protocol_is_told_how() {
    let stage = stage().await;
    let query = format!(
        "subscription {{ orderChanged(id: \"{}\") {{ id }} }}",
        order_id(1)
    );

    let mut client = Client::connect(&stage).await;
    client.subscribe("1", &query).await;
    assert_eq!(client.closed().await, 4401);

    let mut client = Client::begin(&stage).await;
    client.say(json!({ "type": "connection_init" })).await;
    assert_eq!(client.closed().await, 4429);

    let mut client = Client::begin(&stage).await;
    client.subscribe("1", &query).await;
    client.subscribe("1", &query).await;
    assert_eq!(client.closed().await, 4409);

    let mut client = Client::begin(&stage).await;
    client.say(json!({ "type": "start" })).await;
    assert_eq!(client.closed().await, 4400);
}

#[tokio::test]
async fn whoever_does_not_begin_is_sent_away() {
    let stage = stage_with(|options| QueryOptions {
        init_limit: Duration::from_millis(50),
        ..options
    })
    .await;
    assert_eq!(Client::connect(&stage).await.closed().await, 4408);
}

#[tokio::test]
async fn whoever_gives_no_sign_of_life_is_left() {
    let keep_alive = Duration::from_millis(50);
    let stage = stage_with(|options| QueryOptions {
        keep_alive,
        ..options
    })
    .await;
    let client = Client::begin(&stage).await;
    assert!(client.was_left_in_silence().await);
    // Whoever answers stays.
    let mut client = Client::begin(&stage).await;
    for _ in 0..4 {
        client.answer_ping().await;
    }
    client.subscribe("q", "{ __typename }").await;
    assert_eq!(client.next("q").await, json!({ "__typename": "Query" }));
}

#[tokio::test]
async fn more_than_may_be_under_way_is_refused() {
    let stage = stage_with(|options| QueryOptions {
        max_operations: MAX_SOCKET_OPERATIONS + 1,
        max_sockets: 2,
        ..options
    })
    .await;
    let query = format!(
        "subscription {{ accountChanged(id: \"{}\") {{ id }} }}",
        account_id(1)
    );
    let mut client = Client::begin(&stage).await;
    for number in 0..MAX_SOCKET_OPERATIONS {
        client.subscribe(&number.to_string(), &query).await;
        client.next(&number.to_string()).await;
    }
    client.subscribe("one more", &query).await;
    assert_eq!(client.failure("one more").await, json!("OVERLOADED"));

    let mut other = Client::begin(&stage).await;
    other.subscribe("1", &query).await;
    other.next("1").await;
    other.subscribe("2", &query).await;
    assert_eq!(other.failure("2").await, json!("OVERLOADED"));

    let refused = Client::refused(&stage, &[PROTOCOL]).await;
    assert_eq!(refused, (503.try_into().unwrap(), json!("OVERLOADED")));
}

#[tokio::test]
async fn a_page_of_another_site_and_another_protocol_are_refused() {
    let stage = stage().await;
    let foreign = Client::refused(&stage, &[PROTOCOL, ("origin", "https://other.test")]).await;
    assert_eq!(foreign, (403.try_into().unwrap(), json!("FOREIGN_ORIGIN")));
    for headers in [&[("sec-websocket-protocol", "graphql-ws")][..], &[]] {
        let refused = Client::refused(&stage, headers).await;
        assert_eq!(refused, (400.try_into().unwrap(), json!("INVALID_REQUEST")));
    }
    let own = [PROTOCOL, ("origin", "http://ADDRESS")];
    assert!(Client::is_accepted(&stage, &own).await);
    // What is no WebSocket is told so in JSON.
    let request = axum::http::Request::get("/graphql/ws").body(axum::body::Body::empty());
    let (status, _, answer) = crate::stage::json_of(stage.send(request.unwrap()).await).await;
    assert_eq!(
        (status.as_u16(), &answer["errors"][0]["extensions"]["code"]),
        (400, &json!("INVALID_REQUEST"))
    );
}

#[tokio::test]
async fn connections_are_closed_when_the_server_stops() {
    let stage = stage().await;
    let mut client = Client::begin(&stage).await;
    let query = format!(
        "subscription {{ orderChanged(id: \"{}\") {{ id }} }}",
        order_id(1)
    );
    client.subscribe("1", &query).await;
    client.next("1").await;
    stage.closing.cancel();
    stage.open.close();
    assert_eq!(client.closed().await, 1001);
    // Nothing is left once the goodbye was answered.
    let (_, left) = tokio::join!(client.goodbye(), tokio::time::timeout(LONG, stage.open.wait()));
    left.unwrap();
}

#[tokio::test]
async fn a_connection_ends_with_a_close_frame_that_says_why() {
    let stage = stage().await;
    assert!(Client::connect(&stage).await.leave().await);
    assert!(Client::begin(&stage).await.leave().await);
    let mut busy = Client::begin(&stage).await;
    let query = format!(
        "subscription {{ orderChanged(id: \"{}\") {{ id }} }}",
        order_id(1)
    );
    busy.subscribe("1", &query).await;
    busy.next("1").await;
    assert!(busy.leave().await);

    let mut large = Client::begin(&stage).await;
    large.subscribe("1", &"x".repeat(MAX_BODY_BYTES + 1)).await;
    assert_eq!(large.closed().await, 1009);
}
