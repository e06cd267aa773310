//! Documents that nobody would write, against the real schema.
//!
//! A tape of bytes decides what is written, so that a failure shrinks to a short tape; those that failed once are
//! kept in `tests/fuzz-regressions.txt` and run first. Whatever a document is:
//! - it is answered, within the time that a request has, and with bounded memory;
//! - if nothing of it was executed, each error has a code, and none says that the server is broken;
//! - if it was executed, the answer has exactly the keys of the specification in their order, which is worked
//!   out here a second time, from the text alone.
//!
//! It runs briefly as one of many tests; `SOUK_SOAK_SECONDS` gives it minutes.

mod grammar;
mod ordered;
mod shape;

use std::time::{Duration, Instant};

use apollo_compiler::{ExecutableDocument, Schema, validation::Valid};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use http_body_util::BodyExt as _;
use proptest::{
    collection::vec,
    prelude::any,
    test_runner::{Config, FileFailurePersistence, TestRunner},
};
use serde_json::json;
use tokio::runtime::Handle;

use crate::{
    shop::Shop,
    stage::{LONG, Stage},
};
use grammar::{Written, write};
use ordered::Ordered;

/// How many documents are written between two looks at the clock.
const ROUND: u32 = 64;

/// What the whole test process may have taken at its peak: the other tests run beside this one.
const PEAK_MIB: u64 = 3 * 1024;

/// How long a tape is at most.
const TAPE: usize = 600;

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_sent_is_answered_in_the_shape_of_the_specification() {
    let seconds = platform::config::variable("SOUK_SOAK_SECONDS").unwrap();
    let duration = seconds.map_or(Duration::from_secs(4), |seconds| {
        Duration::from_secs(seconds.parse().unwrap())
    });
    let shop = Shop::new();
    for number in 1..=3 {
        shop.list(number, "Teapot", "home", 1_190).await;
        shop.receive(number, "north", None, 50).await;
        shop.open(number, 5_000).await;
        shop.place(number, number, &[number]).await;
    }
    let stage = Stage::new(shop).await;
    let schema = Schema::parse_and_validate(query_api::sdl(), "schema.graphql").unwrap();
    let handle = Handle::current();
    tokio::task::block_in_place(|| {
        let until = Instant::now() + duration;
        let mut runner = TestRunner::new(Config {
            cases: ROUND,
            max_shrink_iters: 2_000,
            failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
                "tests/fuzz-regressions.txt",
            ))),
            ..Config::default()
        });
        loop {
            let tape = vec(any::<u8>(), 0..TAPE);
            let run = runner.run(&tape, |tape| {
                handle.block_on(check(&stage, &schema, &write(&schema, &tape)));
                Ok(())
            });
            if let Err(failure) = run {
                panic!("{failure}");
            }
            if Instant::now() >= until {
                break;
            }
        }
    });
    if let Some(peak) = peak_mib() {
        assert!(peak < PEAK_MIB, "the tests took {peak} MiB at their peak");
    }
}

async fn check(stage: &Stage, schema: &Valid<Schema>, written: &Written) {
    let body = json!({ "query": written.text, "variables": written.variables }).to_string();
    let request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
    let sent = stage.send(request.body(Body::from(body)).unwrap());
    let response = tokio::time::timeout(LONG, sent).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{}", written.text);
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let answer: Ordered = serde_json::from_slice(&bytes).unwrap();
    let errors = answer.get("errors").map_or(&[][..], Ordered::items);
    for error in errors {
        let code = error
            .get("extensions")
            .and_then(|extensions| extensions.get("code"));
        let code = code.and_then(Ordered::text).unwrap_or_default();
        assert!(
            !matches!(code, "" | "INTERNAL"),
            "{code:?}\n{}\n{error:?}",
            written.text
        );
    }
    match answer.get("data") {
        None => assert!(!errors.is_empty(), "{}", written.text),
        Some(data) => {
            let document = ExecutableDocument::parse_and_validate(schema, &written.text, "query.graphql");
            let document = document.unwrap_or_else(|failed| {
                panic!("executed, and not valid: {}\n{}", written.text, failed.errors)
            });
            if let Err(difference) =
                shape::compare(schema, &document, &written.variables, data, !errors.is_empty())
            {
                panic!(
                    "{difference}\n{}\n{}",
                    written.text,
                    String::from_utf8_lossy(&bytes)
                );
            }
        }
    }
}

/// The peak of this process; none where the system does not tell.
fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / 1024)
}
