//! Random histories: whatever is asked in whatever order, a log answers like a model of it.
//!
//! The model is the contract in its plainest form: a list of events, and nothing that makes it fast.

mod asked;
mod model;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use futures::future::join_all;
use proptest::test_runner::{Config, TestRunner};

use self::{
    asked::{Asked, Question, histories},
    model::Model,
};
use super::{Database, memory};
use crate::{Append, AppendError, Appended, Log, PostgresLog, PostgresLogOptions};

/// The largest command of these histories: an oversized one is a little larger.
const MAX_BYTES: usize = 8 * 1_024;

/// Histories on the log in memory.
const CASES_IN_MEMORY: u32 = 512;

/// Histories on PostgreSQL, all in one database, one after the other.
const CASES_IN_POSTGRES: u32 = 96;

#[test]
fn the_log_in_memory_answers_every_history_as_the_model() {
    let log = memory();
    check(CASES_IN_MEMORY, &log, None, &runtime());
}

#[test]
fn the_log_in_postgres_answers_every_history_as_the_model() {
    let runtime = runtime();
    let (_database, log) = runtime.block_on(async {
        let database = Database::new().await;
        let options = PostgresLogOptions {
            batch_bytes: MAX_BYTES,
            ..PostgresLogOptions::default()
        };
        let log = PostgresLog::open(database.pool().await, options).await.unwrap();
        (database, Arc::new(log) as Log)
    });
    check(CASES_IN_POSTGRES, &log, Some(MAX_BYTES), &runtime);
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

fn check(cases: u32, log: &Log, max_bytes: Option<usize>, runtime: &tokio::runtime::Runtime) {
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&histories(), |(history, questions)| {
        runtime.block_on(play(log, max_bytes, &history, &questions));
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

/// Plays one history into names of its own at the end of the log, and then asks everything.
async fn play(log: &Log, max_bytes: Option<usize>, history: &[Vec<Asked>], questions: &[Question]) {
    static NEXT: AtomicI64 = AtomicI64::new(0);
    let case = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut model = Model::new(case, log.head().await.unwrap(), max_bytes);
    for group in history {
        // The right sequences are those which hold if everything before succeeds, as a bus would have it.
        let mut ahead = model.clone();
        let appends: Vec<Append> = group.iter().map(|asked| ahead.prepare(asked)).collect();
        let answers = submit_together(log, &appends).await;
        model = model.explain(&appends, &answers).unwrap_or_else(|| {
            panic!(
                "no order of these commands gives these answers:\n{:#?}",
                appends.iter().zip(&answers).collect::<Vec<_>>()
            )
        });
    }
    model.compare(log, questions).await;
}

/// Hands all of them over before the first is answered.
async fn submit_together(log: &Log, appends: &[Append]) -> Vec<Result<Appended, AppendError>> {
    let mut tickets = Vec::new();
    for append in appends {
        tickets.push(log.reserve().await.unwrap().submit(append.clone()));
    }
    join_all(tickets).await
}
