//! What `/health` tells of a shop in which something does not get on, and what it leaves to a load balancer.

use anyhow::Result;
use platform::postgres::running_server;
use serde_json::{Value, json};
use sqlx::PgPool;
use tests::{Client, Role, Shop, signal, until};

use crate::apart::Apart;

/// The troubles that `/health` names; none when everything gets on.
async fn troubles(client: &Client) -> Result<Vec<String>> {
    let health = client.get("/health").await?;
    let troubles: Vec<String> = serde_json::from_value(health.body["troubles"].clone())?;
    anyhow::ensure!(health.status.is_success() == troubles.is_empty(), "{health:?}");
    anyhow::ensure!(
        health.body["status"] == if troubles.is_empty() { "ok" } else { "degraded" },
        "{health:?}"
    );
    Ok(troubles)
}

/// Waits until `/health` names one trouble with these words, or with none any trouble is over.
async fn told(client: &Client, words: Option<&str>) {
    let what = words.map_or_else(
        || "everything gets on".to_owned(),
        |words| format!("{words:?} is told"),
    );
    until(&what, async || {
        let troubles = troubles(client).await?;
        Ok(match words {
            Some(words) => troubles.iter().any(|trouble| trouble.contains(words)),
            None => troubles.is_empty(),
        })
    })
    .await
    .unwrap();
}

/// A shop of processes apart, once it answers and everything gets on.
async fn apart(name: &str) -> (Apart, Client) {
    let shop = Apart::start(name).await.unwrap();
    let client = shop.roles.client().unwrap();
    until("the shop answers", async || {
        Ok(client.get("/health").await.is_ok())
    })
    .await
    .unwrap();
    told(&client, None).await;
    (shop, client)
}

async fn takes_commands(client: &Client) {
    let ready = client.get("/health/ready").await.unwrap();
    assert_eq!(ready.status, 200, "{ready:?}");
    let open = json!({"owner_id": uuid::Uuid::now_v7(), "currency": "EUR"});
    client.accepted("/v1/accounts", &open).await.unwrap();
}

fn souk(shop: &Shop, arguments: &[&str]) {
    let output = shop.souk(arguments).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_model_that_stands_still_is_named_and_commands_are_taken_all_the_same() {
    let shop = Shop::start(&[]).unwrap();
    let client = shop.client().unwrap();
    told(&client, None).await;
    let pause = [
        "projections",
        "pause",
        "balances",
        "--by",
        "ada",
        "--reason",
        "a test",
        "--yes",
    ];
    souk(&shop, &pause);
    takes_commands(&client).await;
    told(&client, Some("the read model balances is paused by an operator")).await;
    takes_commands(&client).await;

    let health = client.get("/health").await.unwrap().body;
    let named = |name: &str| -> Value {
        let models = health["read_models"].as_array().unwrap();
        models.iter().find(|model| model["name"] == name).unwrap().clone()
    };
    assert_eq!(named("balances")["gets_on"], false, "{health}");
    assert_eq!(named("orders")["gets_on"], true, "{health}");
    assert_eq!(named("catalogue")["gets_on"], true, "{health}");
    for manager in health["process_managers"].as_array().unwrap() {
        assert_eq!(
            (&manager["gets_on"], &manager["is_worked"]),
            (&json!(true), &json!(true)),
            "{health}"
        );
    }
    assert_eq!(health["checks"]["postgres"]["state"], "ready", "{health}");
    assert!(health["disk"]["free_bytes"].is_u64(), "{health}");

    souk(
        &shop,
        &[
            "projections",
            "resume",
            "balances",
            "--by",
            "ada",
            "--reason",
            "a test",
        ],
    );
    told(&client, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_time_is_ahead_of_the_clock_is_told_and_orders_are_carried() {
    let shop = Shop::start(&[]).unwrap();
    let client = shop.client().unwrap();
    told(&client, None).await;
    let pool = PgPool::connect_with(running_server(&shop.data(), "souk").unwrap().unwrap())
        .await
        .unwrap();
    // As after a clock that was an hour ahead for a moment.
    sqlx::query("UPDATE log_head SET recorded_at = clock_timestamp() + interval '1 hour'")
        .execute(&pool)
        .await
        .unwrap();
    told(&client, Some("ahead of the database's clock")).await;
    takes_commands(&client).await;
    sqlx::query("UPDATE log_head SET recorded_at = clock_timestamp()")
        .execute(&pool)
        .await
        .unwrap();
    told(&client, None).await;
    pool.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn process_managers_and_projections_that_hang_are_named_until_they_go_on() {
    let (shop, client) = apart("hanging").await;
    for (role, words) in [
        (Role::ProcessManagers, "the process manager fulfilment"),
        (Role::Projections, "the read model balances"),
    ] {
        let process = shop.roles.process_id(role).unwrap();
        signal("-STOP", process).unwrap();
        takes_commands(&client).await;
        told(&client, Some(words)).await;
        signal("-CONT", process).unwrap();
        takes_commands(&client).await;
        told(&client, None).await;
    }
    shop.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn process_managers_and_projections_that_are_gone_are_named_until_others_take_their_place() {
    let (mut shop, client) = apart("gone").await;
    for (role, words) in [
        (Role::ProcessManagers, "fulfilment has been worked by no process"),
        (Role::Projections, "no process has worked the read model balances"),
    ] {
        shop.roles.kill(role).unwrap();
        told(&client, Some(words)).await;
        takes_commands(&client).await;
        shop.roles.resume(role).unwrap();
        told(&client, None).await;
    }
    shop.stop().await.unwrap();
}
