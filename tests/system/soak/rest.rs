//! Hostile requests to the REST interface of the real server.
//!
//! Whatever comes in, the process lives, answers in time and in JSON, blames nothing on itself, and stays
//! small. The seeds in `rest.seeds` run every time; with `SOUK_SOAK_SECONDS` the seeds after them follow for
//! as long. A seed that found something is added to the file.

use std::time::{Duration, Instant};

use futures::future::join_all;
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use reqwest::{Method, StatusCode};
use tests::{Client, Shop};

use super::hostile::{Request, commands, requests};

/// How long seeds beyond those of the file are tried, unless the environment says otherwise.
const SECONDS: u64 = 0;

/// Requests that one seed makes, sent at once.
const REQUESTS_PER_SEED: usize = 48;

/// The most that the process may occupy, whatever it is sent.
const MAX_RESIDENT_KIB: u64 = 300 * 1_024;

const SEEDS: &str = include_str!("rest.seeds");

#[tokio::test(flavor = "multi_thread")]
async fn hostile_requests_are_answered_in_json_and_in_time_and_leave_the_process_sound() {
    let shop = Shop::start(&[]).unwrap();
    let client = shop.client().unwrap();
    let kept: Vec<u64> = SEEDS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.trim().parse().unwrap())
        .collect();
    assert!(!kept.is_empty());
    let limit = Duration::from_secs(tests::soak::seconds(SECONDS).unwrap());
    let (start, last) = (Instant::now(), kept.iter().max().copied().unwrap_or_default());
    let further = (last + 1..).take_while(|_| start.elapsed() < limit);
    let (mut seeds, mut highest) = (0, 0);
    for seed in kept.iter().copied().chain(further) {
        let sent = made_from(seed)
            .into_iter()
            .map(|request| answered(&client, seed, request));
        join_all(sent).await;
        highest = highest.max(resident_kib(&shop));
        assert!(
            highest < MAX_RESIDENT_KIB,
            "seed {seed}: {highest} KiB are resident"
        );
        seeds += 1;
    }
    let alive = client.get("/health/live").await.unwrap();
    assert_eq!(alive.status, StatusCode::OK);
    println!(
        "hostile requests: {} from {seeds} seeds, at most {highest} KiB resident",
        seeds * REQUESTS_PER_SEED
    );
}

fn made_from(seed: u64) -> Vec<Request> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let requests = requests(commands());
    let mut next = || requests.new_tree(&mut runner).unwrap().current();
    (0..REQUESTS_PER_SEED).map(|_| next()).collect()
}

/// Sends a request; the client gives up after 30 seconds, which no request may take.
async fn answered(client: &Client, seed: u64, request: Request) {
    let method = Method::from_bytes(request.method.as_bytes()).unwrap();
    let headers: Vec<(&str, &str)> = request
        .headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let answer = client
        .send(method, &request.path, &headers, request.body.clone())
        .await;
    let what = || {
        let body: String = request.body.chars().take(500).collect();
        format!(
            "seed {seed}: {} {} {:?}\n{body}",
            request.method, request.path, request.headers
        )
    };
    let answer = answer.unwrap_or_else(|error| panic!("{error:?}\n{}", what()));
    let is_problem = answer
        .headers
        .get("content-type")
        .is_some_and(|found| found == "application/problem+json")
        && !answer.code().is_empty();
    assert!(answer.status.is_success() || is_problem, "{answer:?}\n{}", what());
    assert_ne!(
        answer.status,
        StatusCode::INTERNAL_SERVER_ERROR,
        "{answer:?}\n{}",
        what()
    );
}

/// The memory that the process of a shop occupies.
fn resident_kib(shop: &Shop) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", shop.process_id().unwrap())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
