//! Starting, stopping, dying, and starting again.

use std::process::Command;

use serde_json::json;
use tests::{Shop, signal, souk_binary};

const POSITION: &str = "{ projections { name position } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_on_the_same_folder_is_refused_and_says_why() {
    let shop = Shop::start(&[]).unwrap();
    let second = Command::new(souk_binary().unwrap())
        .args(["up", "--listen", "127.0.0.1:0", "--data"])
        .arg(shop.data())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&second.stderr);
    assert_eq!(second.status.code(), Some(1), "{said}");
    assert!(said.contains("in use by process"), "{said}");
    // The first one does not mind.
    shop.client().unwrap().query(POSITION, json!({})).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_named() {
    let shop = Shop::start(&[]).unwrap();
    let address = shop
        .client()
        .unwrap()
        .base()
        .trim_start_matches("http://")
        .to_owned();
    let folder = tempfile::tempdir().unwrap();
    let second = Command::new(souk_binary().unwrap())
        .args(["up", "--listen", &address, "--data"])
        .arg(folder.path().join("data"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&second.stderr);
    assert_eq!(second.status.code(), Some(1), "{said}");
    assert!(said.contains(&address), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_stop_and_a_kill() {
    let mut shop = Shop::start(&[]).unwrap();
    let owner = uuid::Uuid::now_v7();
    let open = json!({"owner_id": owner, "currency": "EUR"});
    let account = shop
        .client()
        .unwrap()
        .accepted("/v1/accounts", &open)
        .await
        .unwrap()
        .id()
        .unwrap();
    let deposits = format!("/v1/accounts/{account}/deposits");
    for round in 0..4 {
        let amount =
            json!({"amount": {"amount": 100, "currency": "EUR"}, "reference": format!("round {round}")});
        shop.client().unwrap().accepted(&deposits, &amount).await.unwrap();
        if round % 2 == 0 {
            shop.kill().unwrap();
        } else {
            assert_eq!(shop.terminate().unwrap(), Some(0));
        }
        shop.resume().unwrap();
    }
    let query = "query ($id: ID!) { account(id: $id) { booked { amount } } }";
    let booked = |data: &serde_json::Value| data["account"]["booked"]["amount"].to_string().contains("400");
    shop.client()
        .unwrap()
        .eventually(query, json!({"id": account}), booked)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_gets_over_the_death_of_its_database() {
    let shop = Shop::start(&[]).unwrap();
    let client = shop.client().unwrap();
    let owner = uuid::Uuid::now_v7();
    let open = json!({"owner_id": owner, "currency": "EUR"});
    let account = client
        .accepted("/v1/accounts", &open)
        .await
        .unwrap()
        .id()
        .unwrap();
    let deposits = format!("/v1/accounts/{account}/deposits");

    let mut killed = 0;
    for round in 0..3 {
        killed = next_postmaster(&shop, killed);
        signal("-KILL", killed).unwrap();
        let reference = format!("round {round}");
        let deposit = json!({"amount": {"amount": 100, "currency": "EUR"}, "reference": reference});
        // Asked again under the same reference until the answer is yes: it happens once.
        let mut answers = Vec::new();
        while answers.last() != Some(&true) {
            let answer = client.post(&deposits, &deposit).await.unwrap();
            assert!(answer.status.is_success() || answer.status == 503, "{answer:?}");
            answers.push(answer.status.is_success());
            assert!(answers.len() < 1_000, "the database did not come back");
        }
    }
    let query = "query ($id: ID!) { account(id: $id) { booked { amount } } }";
    let booked = |data: &serde_json::Value| data["account"]["booked"]["amount"].to_string().contains("300");
    client
        .eventually(query, json!({"id": account}), booked)
        .await
        .unwrap();
}

/// The process number of the server that came after another, from the file where PostgreSQL itself
/// writes it. For a moment after a kill the file is still that of the dead one, or gone.
fn next_postmaster(shop: &Shop, previous: u32) -> u32 {
    let file = shop.data().join("postgres/data/postmaster.pid");
    loop {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        match text.lines().next().map(str::parse) {
            Some(Ok(process_id)) if process_id != previous => return process_id,
            _ => std::thread::yield_now(),
        }
    }
}
