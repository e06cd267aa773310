//! Starting, stopping, dying, and starting again.

use std::{
    fs::File,
    path::Path,
    process::{Child, Command},
    time::{Duration, Instant},
};

use serde_json::json;
use tests::{Shop, signal, souk_binary, until};
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

/// Longer than anything takes unless it hangs.
const LONG: Duration = Duration::from_secs(120);

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

#[test]
fn a_second_signal_ends_a_process_that_is_blocked() {
    // The kernel may run the handlers of two signals that are pending together in either order.
    for (signals, codes) in [
        (["-TERM", "-TERM"], &[143][..]),
        (["-INT", "-INT"], &[130]),
        (["-INT", "-TERM"], &[143, 130]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut child = blocked_worker(folder.path());
        let [first, second] = signals;
        signal(first, child.id()).unwrap();
        let start = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            // More than once, as two of the same kind may be delivered as one.
            signal(second, child.id()).unwrap();
            assert!(start.elapsed() < LONG, "the process does not end");
        };
        let is_of_a_signal = status.code().is_some_and(|code| codes.contains(&code));
        assert!(is_of_a_signal, "{signals:?}: {status}");
    }
}

/// A worker whose only thread of its runtime is blocked for ever, after it has said so.
fn blocked_worker(folder: &Path) -> Child {
    let said = folder.join("said");
    let child = Command::new(env!("CARGO_BIN_EXE_blocked-worker"))
        .stdout(File::create(&said).unwrap())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while std::fs::read_to_string(&said).unwrap().is_empty() {
        assert!(start.elapsed() < LONG, "the worker does not start");
        std::thread::yield_now();
    }
    child
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_does_not_wait_for_requests() {
    let mut shop = Shop::start(&[]).unwrap();
    let address = shop
        .client()
        .unwrap()
        .base()
        .trim_start_matches("http://")
        .to_owned();
    let mut half = TcpStream::connect(address).await.unwrap();
    let head = "POST /v1/accounts HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{";
    half.write_all(head.as_bytes()).await.unwrap();
    signal("-TERM", shop.process_id().unwrap()).unwrap();
    until("the shop stops taking requests", async || {
        Ok(shop.log()?.contains("finishing what was accepted"))
    })
    .await
    .unwrap();
    assert_eq!(shop.terminate().unwrap(), Some(143));
    // What it left behind does not keep it from starting again.
    shop.resume().unwrap();
}
