//! Two writers, one of them paused at each step of its append, and a reader that looks in between.
//!
//! A writer is paused by triggers that exist in the databases of these tests alone: each waits for an
//! advisory lock that the test holds. PostgreSQL itself tells when somebody waits, so nothing here depends
//! on how fast anything is.

use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection, PgPool};

use super::{Database, append, with_key};
use crate::{Append, AppendError, Appended, Filter, Log, Position, PostgresLog, PostgresLogOptions};

/// The lock that the triggers wait for.
const GATE: i64 = 4_711;

/// How long anything may take before the test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A step of an append, and the trigger that stops the slow writer there.
struct Step {
    name: &'static str,
    trigger: &'static str,
    /// Whether the slow writer is before the other one when it is stopped there.
    is_first: bool,
}

const STEPS: [Step; 4] = [
    Step {
        name: "before it has the lock",
        trigger: "CREATE TRIGGER gate BEFORE UPDATE ON log_head FOR EACH STATEMENT EXECUTE FUNCTION gate()",
        is_first: false,
    },
    Step {
        name: "when it has the lock and looks at what is there",
        trigger: "CREATE TRIGGER gate BEFORE INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION gate()",
        is_first: true,
    },
    Step {
        name: "when its events are written",
        trigger: "CREATE TRIGGER gate AFTER INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION gate()",
        is_first: true,
    },
    Step {
        name: "while it commits",
        trigger: "CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED \
                  FOR EACH ROW EXECUTE FUNCTION gate()",
        is_first: true,
    },
];

const GATE_FUNCTION: &str = "
    CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('application_name') = 'slow' THEN
            PERFORM pg_advisory_xact_lock_shared(4711);
        END IF;
        RETURN NULL;
    END
    $$";

/// What came of two appends.
struct Outcome {
    slow: Result<Appended, AppendError>,
    quick: Result<Appended, AppendError>,
    /// Everything that the reader was handed, in the order in which it was.
    seen: Vec<Position>,
    head: Position,
}

impl Outcome {
    /// Whether the reader saw every position once and in order.
    fn is_complete(&self) -> bool {
        self.seen == (1..=self.head).collect::<Vec<_>>()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_sees_every_event_in_order_wherever_a_writer_is_paused() {
    for step in STEPS {
        let database = Database::new().await;
        let outcome = interleave(&database, &step, append("slow", 0, 2), append("quick", 0, 2)).await;
        assert!(outcome.is_complete(), "{}: {:?}", step.name, outcome.seen);
        let (slow, quick) = (outcome.slow.unwrap(), outcome.quick.unwrap());
        let expected = if step.is_first { (2, 4) } else { (4, 2) };
        assert_eq!((slow.position, quick.position), expected, "{}", step.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_writers_of_one_aggregate_the_later_one_is_told_wherever_one_is_paused() {
    for step in STEPS {
        let database = Database::new().await;
        let outcome = interleave(&database, &step, append("a", 0, 2), append("a", 0, 3)).await;
        assert!(outcome.is_complete(), "{}: {:?}", step.name, outcome.seen);
        let (won, lost, written) = if step.is_first {
            (outcome.slow, outcome.quick, 2)
        } else {
            (outcome.quick, outcome.slow, 3)
        };
        assert_eq!(won.unwrap().sequence, written, "{}", step.name);
        let told = matches!(lost, Err(AppendError::Conflict { actual, .. }) if actual == written);
        assert!(told, "{}: {lost:?}", step.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_command_sent_through_two_writers_is_done_once_wherever_one_is_paused() {
    for step in STEPS {
        let database = Database::new().await;
        let command = |id| with_key(append(id, 0, 2), "k", "body");
        let outcome = interleave(&database, &step, command("slow"), command("quick")).await;
        assert!(outcome.is_complete(), "{}: {:?}", step.name, outcome.seen);
        let (slow, quick) = (outcome.slow.unwrap(), outcome.quick.unwrap());
        assert_eq!(
            (slow.replayed, quick.replayed),
            (!step.is_first, step.is_first),
            "{}",
            step.name
        );
        assert_eq!(
            (&slow.aggregate_id, slow.position),
            (&quick.aggregate_id, quick.position)
        );
        assert_eq!(outcome.head, 2);
    }
}

/// The test of the test: with positions from a sequence, as other logs have them, the reader skips.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn positions_that_are_handed_out_without_a_lock_are_found_out() {
    let mut found_out = Vec::new();
    for step in STEPS {
        let database = Database::new().await;
        hand_out_positions_from_a_sequence(&database.pool().await).await;
        let outcome = interleave(&database, &step, append("slow", 0, 2), append("quick", 0, 2)).await;
        if !outcome.is_complete() {
            assert_eq!(
                outcome.seen,
                [3, 4],
                "the reader is past the events of the slow writer"
            );
            found_out.push(step.name);
        }
    }
    assert_eq!(
        found_out,
        STEPS[1..].iter().map(|step| step.name).collect::<Vec<_>>()
    );
}

/// The function that appends, but numbered before the commit and with nothing that holds others back.
async fn hand_out_positions_from_a_sequence(pool: &PgPool) {
    let definition: String = sqlx::query_scalar("SELECT pg_get_functiondef('append_events'::regproc)")
        .fetch_one(pool)
        .await
        .unwrap();
    let start = definition
        .find("UPDATE log_head SET position = position + wanted")
        .unwrap();
    let length = definition[start..].find(';').unwrap();
    // The statement that took the lock is still there, for the trigger on it; it finds no row.
    let mutant = "UPDATE log_head SET position = position WHERE false;
        before := nextval('position_numbers') - 1;
        PERFORM setval('position_numbers', before + wanted);
        now := clock_timestamp();";
    let mutated = format!(
        "{}{mutant}{}",
        &definition[..start],
        &definition[start + length + 1..]
    );
    sqlx::raw_sql(&format!("CREATE SEQUENCE position_numbers; {mutated}"))
        .execute(pool)
        .await
        .unwrap();
}

/// Starts the slow writer until it is stopped, then the quick one until it is done or waits, then lets
/// everything go on. The reader reads whatever there is after each of these.
async fn interleave(database: &Database, step: &Step, slow: Append, quick: Append) -> Outcome {
    let owner = database.pool().await;
    sqlx::raw_sql(&format!("{GATE_FUNCTION}; {}", step.trigger))
        .execute(&owner)
        .await
        .unwrap();
    let mut gate = PgConnection::connect_with(&database.scratch.options())
        .await
        .unwrap();
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(GATE)
        .execute(&mut gate)
        .await
        .unwrap();
    let (slow_log, quick_log) = (named(database, "slow").await, named(database, "quick").await);
    let mut reader = Reader::of(database.log().await);

    let slow = tokio::spawn(async move { slow_log.append(slow).await });
    until("the slow writer is stopped", async || {
        waits(&owner, "slow").await || slow.is_finished()
    })
    .await;
    assert!(!slow.is_finished(), "{}: the writer was not stopped", step.name);
    reader.read().await;
    let quick = tokio::spawn(async move { quick_log.append(quick).await });
    until("the quick writer is done or waits", async || {
        quick.is_finished() || waits(&owner, "quick").await
    })
    .await;
    reader.read().await;
    gate.close().await.unwrap();
    let (slow, quick) = (slow.await.unwrap(), quick.await.unwrap());
    reader.read().await;
    let last: Option<Position> = sqlx::query_scalar("SELECT max(position) FROM events")
        .fetch_one(&owner)
        .await
        .unwrap();
    Outcome {
        slow,
        quick,
        seen: reader.seen,
        head: last.unwrap_or_default(),
    }
}

/// A log whose connections the server knows by a name.
async fn named(database: &Database, name: &str) -> Log {
    let options = database.scratch.options().application_name(name);
    let pool = PgPool::connect_with(options).await.unwrap();
    let log = PostgresLog::open(pool, PostgresLogOptions::default())
        .await
        .unwrap();
    std::sync::Arc::new(log)
}

/// Whether a connection of that name waits for a lock.
async fn waits(pool: &PgPool, name: &str) -> bool {
    let waiting = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() \
                   AND application_name = $1 AND wait_event_type = 'Lock')";
    sqlx::query_scalar(waiting)
        .bind(name)
        .fetch_one(pool)
        .await
        .unwrap()
}

async fn until(what: &str, mut happened: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !happened().await {
        assert!(start.elapsed() < PATIENCE, "it did not happen that {what}");
        tokio::task::yield_now().await;
    }
}

/// A reader as simple as every reader of the log: it remembers the last position it saw.
struct Reader {
    log: Log,
    seen: Vec<Position>,
}

impl Reader {
    const fn of(log: Log) -> Self {
        Self {
            log,
            seen: Vec::new(),
        }
    }

    async fn read(&mut self) {
        let after = self.seen.last().copied().unwrap_or_default();
        let page = self.log.read(after, 100, &Filter::default()).await.unwrap();
        self.seen.extend(page.iter().map(|event| event.position));
    }
}
