//! What cannot be done is refused before anything is planned or built.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_is_refused_without_a_plan() {
    let (database, folder) = (Database::new().await, tempfile::tempdir().unwrap());
    let desk = Desk::new(&database, "souk_projector", folder.path()).await;
    desk.run(&["rebuild", "orders"]).await.result.unwrap();
    for (line, refusal) in [
        (
            &["switch", "orders"][..],
            "orders has no build that readers could be switched to",
        ),
        (
            &["rollback", "orders"],
            "orders has no generation to roll back to, or is being built",
        ),
        (&["drop", "orders", "9"], "there is no generation 9 of orders"),
        (
            &["drop", "orders", "1"],
            "generation 1 of orders is live: readers use it",
        ),
        (
            &["rebuild", "orders", "--as-of", "8"],
            "the log ends at position 7, before 8",
        ),
        (
            &["diff", "orders", "1", "7"],
            "there is no generation 7 of orders",
        ),
        (
            &["rebuild", "catalogue", "--as-of", "3"],
            "catalogue is a search index: as it was in the past it could be neither compared nor exported",
        ),
        (&["export", "balances"], "balances is not built yet"),
        (
            &["diff", "orders", "1", "2"],
            "there is no generation 2 of orders",
        ),
    ] {
        let refused = desk.run(line).await;
        assert_eq!((refused.error().as_str(), refused.notes.as_str()), (refusal, ""));
    }
    let builds = desk.run(&["list", "--format", "csv"]).await.out;
    assert_eq!(builds.matches("orders,").count(), 1, "{builds}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_past_does_not_lie_in_the_future() {
    let (database, folder) = (Database::new().await, tempfile::tempdir().unwrap());
    let desk = Desk::new(&database, "souk_projector", folder.path()).await;
    let refused = desk.run(&["rebuild", "orders", "--as-of", "2999-01-01"]).await;
    let begins = "--as-of is 2999-01-01 00:00:00 UTC, which is in the future: it is ";
    assert!(refused.error().starts_with(begins), "{}", refused.error());
    assert_eq!(refused.notes, "");
}

#[test]
fn options_that_would_change_nothing_are_refused() {
    for line in [
        &["export", "sales", "--output", "file.csv"][..],
        &["list", "--interval", "3"],
        &["rebuild", "orders", "--hold", "--as-of", "3"],
        &["skip", "orders", "--position", "3", "--by", "", "--reason", "odd"],
        &[
            "skip",
            "orders",
            "--position",
            "0",
            "--by",
            "ada",
            "--reason",
            "odd",
        ],
        &["resume", "orders", "--yes"],
    ] {
        assert!(Command::try_parse_from(line).is_err(), "{line:?}");
    }
}

/// Somebody who has seen enough, such as `head`.
struct Gone;

impl Write for Gone {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_ends_quietly_when_its_reader_has_gone_and_spares_terminals_what_is_binary() {
    let (database, folder) = (Database::new().await, tempfile::tempdir().unwrap());
    let desk = Desk::new(&database, "souk_projector", folder.path()).await;
    desk.run(&["rebuild", "orders"]).await.result.unwrap();
    let export = async |format: &str, out_is_terminal: bool| {
        let args = Command::try_parse_from(["export", "orders", "orders", "--format", format]);
        let (mut out, mut notes) = (Gone, Vec::new());
        let mut console = Console {
            out: &mut out,
            out_is_terminal,
            look: crate::Look::default(),
            notes: &mut notes,
            notes_are_terminal: false,
        };
        let args = args.unwrap().args;
        super::super::run(args, &desk.projections, &desk.context, &mut console).await
    };
    for format in ["csv", "ndjson", "parquet"] {
        assert_eq!(export(format, false).await.unwrap(), Outcome::Fine, "{format}");
    }
    let refused = export("parquet", true).await.unwrap_err().to_string();
    assert!(refused.starts_with("Parquet is not for a terminal"), "{refused}");
}
