//! `souk projections` as its users see it.

mod decisions;
mod refusals;

use std::{
    io::{self, Write},
    path::Path,
    sync::Arc,
};

use chrono::{DateTime, TimeDelta, Utc};
use clap::{CommandFactory, Parser};
use event_store::Decoder;
use projections::{GenerationError, GenerationState, GenerationStatus, Progress, Projections};
use tokio_util::sync::CancellationToken;

use super::{ProjectionsArgs, row::GenerationRow};
use crate::{
    Console, Context, Format, Outcome,
    report::Report,
    testing::{Printed, Shop, postgres::Database, printed},
};

#[derive(Debug, Parser)]
#[command(no_binary_name = true)]
struct Command {
    #[command(flatten)]
    args: ProjectionsArgs,
}

/// The read models of a database, with the rights of a role.
struct Desk {
    projections: Projections,
    context: Context,
}

impl Desk {
    async fn new(database: &Database, role: &'static str, data_dir: &Path) -> Self {
        let log = database.log(role).await;
        let decoder = Arc::new(Decoder::new(domain::upcasters()));
        let pool = database.pool(role).await;
        let projections = Projections::new(
            pool,
            Arc::clone(&log),
            decoder,
            data_dir.to_owned(),
            Progress::new(),
        );
        Self {
            projections,
            context: Shop { log }.context(),
        }
    }

    async fn run(&self, line: &[&str]) -> Printed {
        let args = Command::try_parse_from(line).unwrap().args;
        printed(async |console| super::run(args, &self.projections, &self.context, console).await).await
    }
}

fn status(state: GenerationState, now: DateTime<Utc>) -> GenerationStatus {
    GenerationStatus {
        projection: "orders".to_owned(),
        place: String::new(),
        generation: 3,
        schema_version: 1,
        schema_name: "orders_g3".to_owned(),
        state,
        position: 40,
        head: 57,
        lag_events: 17,
        lag_seconds: 2.26,
        up_to: None,
        rate: Some(120.5),
        paused: false,
        skipped_events: 0,
        started_at: now,
        updated_at: now,
        heartbeat_at: Some(now - TimeDelta::seconds(4)),
        error: None,
    }
}

#[tokio::test]
async fn a_generation_shows_its_lag_its_heartbeat_and_its_error() {
    let now = "2026-01-31T12:00:00Z".parse().unwrap();
    let mut stuck = status(GenerationState::Building, now);
    let reason = "the database refused a statement".to_owned();
    stuck.error = Some(GenerationError {
        reason,
        position: Some(41),
        at: now,
    });
    let mut silent = status(GenerationState::Retired, now);
    silent.heartbeat_at = None;
    let rows =
        [status(GenerationState::Live, now), stuck, silent].map(|status| GenerationRow::new(&status, now));
    let mut all = String::new();
    for format in [Format::Table, Format::Json, Format::Csv] {
        let print = async |console: &mut Console<'_>| {
            let mut report = Report::new(format);
            report.page(console.out, &rows)?;
            report.finish::<GenerationRow>(console, "covers positions 1 to 57")?;
            Ok(Outcome::Fine)
        };
        all += &printed(print).await.all();
    }
    insta::assert_snapshot!(all);
}

#[test]
fn an_unknown_read_model_is_refused_with_the_names_of_the_known_ones() {
    let error = Command::try_parse_from(["rebuild", "nothing"])
        .unwrap_err()
        .to_string();
    assert!(error.contains("possible values: orders, "), "{error}");
}

#[test]
fn the_arguments_fit_together() {
    Command::command().debug_assert();
}

#[test]
fn only_looking_needs_no_right_to_write() {
    let writes = |line: &[&str]| Command::try_parse_from(line).unwrap().args.writes();
    assert_eq!(
        [
            writes(&["list"]),
            writes(&["status", "--watch"]),
            writes(&["export", "orders"]),
            writes(&["decisions"]),
            writes(&["rebuild", "orders"]),
            writes(&["drop", "orders", "1"])
        ],
        [false, false, false, false, true, true]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_is_held_back_compared_switched_to_rolled_back_and_dropped() {
    let (database, folder) = (Database::new().await, tempfile::tempdir().unwrap());
    let desk = Desk::new(&database, "souk_projector", folder.path()).await;
    desk.run(&["rebuild", "orders"]).await.result.unwrap();
    let held = desk.run(&["rebuild", "orders", "--hold"]).await;
    assert!(
        held.out
            .starts_with("orders: generation 2 is ready at position 7\n"),
        "{}",
        held.all()
    );
    let equal = desk.run(&["diff", "orders", "1", "2"]).await;
    assert_eq!(equal.result.as_ref().unwrap(), &Outcome::Fine);
    assert!(
        equal
            .out
            .contains("generations 1 and 2 are equal; covers positions 1 to 7"),
        "{}",
        equal.out
    );
    let unconfirmed = desk.run(&["switch", "orders"]).await;
    assert_eq!(unconfirmed.error(), "nothing was done; --yes does it");
    assert_eq!(
        unconfirmed.notes,
        "taking the readers of orders from generation 1 to 2, once that has caught up\n"
    );
    let switched = desk.run(&["switch", "orders", "--by", "ada", "--yes"]).await;
    assert!(
        switched
            .out
            .starts_with("orders: readers use generation 2 since position 7"),
        "{}",
        switched.all()
    );
    let back = desk.run(&["rollback", "orders", "--yes"]).await;
    assert!(
        back.out
            .starts_with("orders: readers use generation 1 since position 7"),
        "{}",
        back.all()
    );
    let pool = database.pool("souk_projector").await;
    sqlx::query("UPDATE orders_g2.orders SET total = total + 1")
        .execute(&pool)
        .await
        .unwrap();
    let differ = desk
        .run(&["diff", "orders", "1", "2", "--format", "ndjson"])
        .await;
    assert_eq!(differ.result.as_ref().unwrap(), &Outcome::Difference);
    let row: serde_json::Value = serde_json::from_str(differ.out.trim()).unwrap();
    assert_eq!(
        (&row["left"]["total"], &row["right"]["total"]),
        (&2380.into(), &2381.into())
    );
    let dropped = desk.run(&["drop", "orders", "2", "--yes"]).await;
    assert_eq!(dropped.out, "generation 2 of orders is dropped\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_past_is_built_and_exported_in_every_format() {
    let (database, folder) = (Database::new().await, tempfile::tempdir().unwrap());
    let desk = Desk::new(&database, "souk_projector", folder.path()).await;
    desk.run(&["rebuild", "orders"]).await.result.unwrap();
    let past = desk.run(&["rebuild", "orders", "--as-of", "6"]).await;
    assert_eq!(
        past.out,
        "orders: generation 2 is ready at position 6\n\ncovers positions 1 to 6\n"
    );
    let status = async |generation: &str| {
        let line = [
            "export",
            "orders",
            "orders",
            "--format",
            "ndjson",
            "--generation",
            generation,
        ];
        let exported = desk.run(&line).await;
        let row: serde_json::Value = serde_json::from_str(exported.out.trim()).unwrap();
        (row["status"].as_str().unwrap().to_owned(), exported.notes)
    };
    let of_orders =
        |generation, end| format!("generation {generation} of orders; covers positions 1 to {end}\n");
    assert_eq!(status("1").await, ("paid".to_owned(), of_orders(1, 7)));
    assert_eq!(status("2").await, ("confirmed".to_owned(), of_orders(2, 6)));
    let tables = desk.run(&["export", "orders"]).await;
    assert_eq!(
        tables.out,
        "lines\norders\nrefund_history\nreturned_units\nreturns\ntimeline\n"
    );
    let csv = desk.run(&["export", "orders", "lines"]).await;
    assert_eq!(csv.out.lines().count(), 2, "{}", csv.out);
    let file = folder.path().join("timeline.parquet");
    let line = ["export", "orders", "timeline", "--format", "parquet", "--output"];
    let exported = desk.run(&[&line[..], &[file.to_str().unwrap()]].concat()).await;
    assert!(
        exported
            .notes
            .ends_with("generation 1 of orders; covers positions 1 to 7\n"),
        "{}",
        exported.all()
    );
    assert_eq!(rows_of_parquet(&file), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exported_file_says_where_it_comes_from() {
    use parquet::file::reader::{FileReader, SerializedFileReader};

    let (database, folder) = (Database::new().await, tempfile::tempdir().unwrap());
    let desk = Desk::new(&database, "souk_projector", folder.path()).await;
    desk.run(&["rebuild", "orders"]).await.result.unwrap();
    let export = async |name: &str, format: &str, yes: bool| {
        let path = folder.path().join(name);
        let mut line = vec!["export", "orders", "lines", "--format", format, "--output"];
        line.push(path.to_str().unwrap());
        line.extend(yes.then_some("--yes"));
        (desk.run(&line).await, path.clone())
    };
    for (name, format) in [("lines.csv", "csv"), ("lines.ndjson", "ndjson")] {
        export(name, format, false).await.0.result.unwrap();
        let beside = folder.path().join(format!("{name}.meta.json"));
        let said: serde_json::Value = serde_json::from_slice(&std::fs::read(&beside).unwrap()).unwrap();
        assert_eq!(
            (
                &said["projection"],
                &said["table"],
                &said["generation"],
                &said["position"]
            ),
            (&"orders".into(), &"lines".into(), &1.into(), &7.into())
        );
        let version = projections::registry()
            .iter()
            .find(|one| one.name == "orders")
            .unwrap()
            .version;
        assert_eq!(said["projection_version"], version);
        assert!(said["exported_at"].as_str().unwrap().ends_with('Z'));
        // The one without the other would be of another export.
        std::fs::remove_file(folder.path().join(name)).unwrap();
        let (refused, _) = export(name, format, false).await;
        assert!(
            refused.error().contains(".meta.json exists already"),
            "{}",
            refused.error()
        );
        assert!(!folder.path().join(name).exists());
        export(name, format, true).await.0.result.unwrap();
    }
    let (printed, path) = export("lines.parquet", "parquet", false).await;
    printed.result.unwrap();
    let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
    let metadata = reader
        .metadata()
        .file_metadata()
        .key_value_metadata()
        .unwrap()
        .clone();
    let said = |key: &str| {
        let entry = metadata.iter().find(|entry| entry.key == key).unwrap();
        entry.value.clone().unwrap()
    };
    assert_eq!(
        [
            said("souk.projection"),
            said("souk.table"),
            said("souk.generation"),
            said("souk.position")
        ],
        ["orders", "lines", "1", "7"]
    );
    assert!(!folder.path().join("lines.parquet.meta.json").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_auditor_compares_builds_that_are_at_one_position() {
    let (database, folder) = (Database::new().await, tempfile::tempdir().unwrap());
    let desk = Desk::new(&database, "souk_projector", folder.path()).await;
    desk.run(&["rebuild", "orders"]).await.result.unwrap();
    desk.run(&["rebuild", "orders", "--hold"]).await.result.unwrap();
    let mut auditor = Desk::new(&database, "souk_auditor", folder.path()).await;
    auditor.context.may_write = false;
    let equal = auditor.run(&["diff", "orders", "1", "2"]).await;
    assert_eq!(equal.result.as_ref().unwrap(), &Outcome::Fine, "{}", equal.all());
}

fn rows_of_parquet(path: &Path) -> i64 {
    use parquet::file::reader::{FileReader, SerializedFileReader};

    let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    let rows = reader.get_row_iter(None).unwrap();
    assert!(rows.map(Result::unwrap).count() > 0);
    reader.metadata().file_metadata().num_rows()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_operator_decides_is_told_by_the_status() {
    let (database, folder) = (Database::new().await, tempfile::tempdir().unwrap());
    let desk = Desk::new(&database, "souk_projector", folder.path()).await;
    desk.run(&["rebuild", "orders"]).await.result.unwrap();
    let asked = desk.run(&["pause", "orders"]).await;
    assert_eq!(asked.error(), "nothing was done; --yes does it");
    let pause = ["pause", "orders", "--by", "ada", "--reason", "month end", "--yes"];
    assert_eq!(desk.run(&pause).await.out, "orders is paused\n");
    let status = desk.run(&["status"]).await;
    assert!(status.notes.contains("by ada: month end"), "{}", status.notes);
    assert!(status.out.contains("live, paused"), "{}", status.out);
    assert_eq!(desk.run(&["resume", "orders"]).await.out, "orders goes on\n");
    assert!(!desk.run(&["status"]).await.notes.contains("paused"));
    let skip = [
        "skip",
        "orders",
        "--position",
        "3",
        "--by",
        "ada",
        "--reason",
        "odd",
        "--yes",
    ];
    assert_eq!(
        desk.run(&skip).await.error(),
        "orders is not stopped by an event at position 3"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_model_is_unbuilt_then_built_then_built_anew() {
    let (database, folder) = (Database::new().await, tempfile::tempdir().unwrap());
    let auditor = Desk::new(&database, "souk_auditor", folder.path()).await;
    let projector = Desk::new(&database, "souk_projector", folder.path()).await;
    let orders = async || {
        let list = auditor.run(&["list", "--format", "ndjson"]).await;
        assert_eq!(
            (list.result.unwrap(), list.notes.as_str()),
            (Outcome::Fine, "covers positions 1 to 7\n")
        );
        let rows = list
            .out
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let of_orders = rows.filter(|row| row["projection"] == "orders");
        of_orders
            .map(|row| format!("{} {} {}", row["generation"], row["state"], row["lag_events"]))
            .collect::<Vec<_>>()
    };
    assert_eq!(orders().await, ["null \"unbuilt\" 7"]);

    let first = projector.run(&["rebuild", "orders"]).await;
    assert_eq!(
        first.all(),
        "Fine\n--- results\norders: readers use generation 1 since position 7\n\ncovers positions 1 to 7\n\
         --- notes\nbuilding a new generation of orders; there is none that readers could use until then\n"
    );
    assert_eq!(orders().await, ["1 \"live\" 0"]);

    let second = projector.run(&["rebuild", "orders", "--format", "ndjson"]).await;
    assert_eq!(
        second.all(),
        "Fine\n--- results\n{\"projection\":\"orders\",\"generation\":2,\"position\":7,\"replaced_generation\":1}\n\
         --- notes\nbuilding a new generation of orders; readers use generation 1 until it has caught up\n\
         covers positions 1 to 7\n"
    );
    assert_eq!(orders().await, ["1 \"retired\" 0", "2 \"live\" 0"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_auditor_cannot_rebuild() {
    let (database, folder) = (Database::new().await, tempfile::tempdir().unwrap());
    let auditor = Desk::new(&database, "souk_auditor", folder.path()).await;
    assert_eq!(
        auditor.run(&["rebuild", "orders"]).await.error(),
        "the database refused a statement of a projection"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_that_is_stopped_can_be_continued() {
    let (database, folder) = (Database::new().await, tempfile::tempdir().unwrap());
    let projector = Desk::new(&database, "souk_projector", folder.path()).await;
    projector.context.stop.cancel();
    let stopped = projector.run(&["rebuild", "balances"]).await;
    assert_eq!(
        stopped.error(),
        "stopped before the end; the same command goes on where this one was"
    );
    let again = Desk::new(&database, "souk_projector", folder.path()).await;
    assert_eq!(
        again.run(&["rebuild", "balances"]).await.result.unwrap(),
        Outcome::Fine
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watching_ends_when_it_is_told_to() {
    let (database, folder) = (Database::new().await, tempfile::tempdir().unwrap());
    let auditor = Desk::new(&database, "souk_auditor", folder.path()).await;
    let mut out = Impatient {
        stop: auditor.context.stop.clone(),
        text: Vec::new(),
    };
    let args = Command::try_parse_from(["list", "--watch", "--format", "json"])
        .unwrap()
        .args;
    let mut notes = Vec::new();
    let mut console = Console {
        out: &mut out,
        out_is_terminal: true,
        look: crate::Look::default(),
        notes: &mut notes,
        notes_are_terminal: false,
    };
    let outcome = super::run(args, &auditor.projections, &auditor.context, &mut console)
        .await
        .unwrap();
    assert_eq!(
        (outcome, notes),
        (Outcome::Fine, b"covers positions 1 to 7\n".to_vec())
    );
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&out.text).unwrap();
    assert_eq!(rows.len(), projections::registry().len());
}

/// A user who stops what they watch as soon as there is something to see.
struct Impatient {
    stop: CancellationToken,
    text: Vec<u8>,
}

impl Write for Impatient {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.stop.cancel();
        Ok(())
    }
}
