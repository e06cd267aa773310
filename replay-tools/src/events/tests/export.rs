//! Exporting.

use std::{fs, os::unix::fs::PermissionsExt as _};

use super::{run, run_in};
use crate::testing::shop;

#[tokio::test]
async fn an_export_writes_everything_and_reports_beside_it() {
    let shop = shop().await;
    let exported = run(&shop, &["export"]).await;
    let listed = run(&shop, &["list", "--limit", "all", "--format", "ndjson"]).await;
    assert_eq!((exported.out, exported.notes), (listed.out, listed.notes));
}

#[tokio::test]
async fn a_file_has_what_standard_output_would_have_had_and_is_private() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.csv");
    let shop = shop().await;
    let line = [
        "export",
        "--format",
        "csv",
        "--aggregate",
        "account",
        "--output",
        file.to_str().unwrap(),
    ];
    let printed = run(&shop, &line).await;
    assert_eq!(
        (printed.out.as_str(), printed.notes.as_str()),
        ("", "3 events; covers positions 1 to 7\n")
    );
    let listed = run(&shop, &["list", "--format", "csv", "--aggregate", "account"]).await;
    assert_eq!(fs::read_to_string(&file).unwrap(), listed.out);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_file_that_exists_is_replaced_only_when_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.ndjson");
    fs::write(&file, "precious").unwrap();
    let shop = shop().await;
    let line = ["export", "--up-to", "1", "--output", file.to_str().unwrap()];
    let refused = run(&shop, &line).await;
    assert_eq!(
        refused.error(),
        format!("{} exists already; --yes replaces it", file.display())
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
    run(&shop, &[&line[..], &["--yes"]].concat())
        .await
        .result
        .unwrap();
    assert!(
        fs::read_to_string(&file)
            .unwrap()
            .starts_with(r#"{"position":1,"#)
    );
}

#[tokio::test]
async fn parquet_has_each_event_and_says_what_it_covers() {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.parquet");
    let line = [
        "export",
        "--format",
        "parquet",
        "--aggregate",
        "account,order",
        "--output",
        file.to_str().unwrap(),
    ];
    let printed = run(&shop().await, &line).await;
    assert_eq!(
        printed.notes,
        "6 events; covers positions 1 to 7\n",
        "{}",
        printed.all()
    );
    let reader = SerializedFileReader::new(fs::File::open(&file).unwrap()).unwrap();
    let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    let shown = |row: &parquet::record::Row| {
        let wanted = ["position", "event_type", "actor"];
        let columns = row.get_column_iter();
        let wanted = columns.filter(|(name, _)| wanted.contains(&name.as_str()));
        wanted.map(|(_, field)| field.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(shown(&rows[2]), ["4", "\"FundsHeld\"", "\"customer:1\""]);
    assert_eq!(shown(&rows[5]), ["7", "\"OrderPaid\"", "null"]);
    let metadata = reader.metadata().file_metadata().key_value_metadata().unwrap();
    let said = |key: &str| {
        let entry = metadata.iter().find(|entry| entry.key == key).unwrap();
        entry.value.clone().unwrap()
    };
    assert_eq!(
        [
            said("souk.source"),
            said("souk.after"),
            said("souk.position"),
            said("souk.filter")
        ],
        ["events", "0", "7", "--aggregate account,order"]
    );
    assert!(said("souk.exported_at").ends_with('Z'));
}

#[tokio::test]
async fn a_dash_is_standard_output_and_no_file() {
    let shop = shop().await;
    let line = ["export", "--output", "-", "--yes"];
    let printed = run(&shop, &line).await;
    assert_eq!(printed.out, run(&shop, &["export"]).await.out);
    assert!(!std::path::Path::new("-").exists());
}

#[tokio::test]
async fn an_export_that_is_stopped_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.ndjson");
    let context = shop().await.context();
    context.stop.cancel();
    let printed = run_in(&context, &["export", "--output", file.to_str().unwrap()]).await;
    assert_eq!(printed.error(), "stopped before the end");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_folder_that_is_missing_is_named() {
    let printed = run(&shop().await, &["export", "--output", "/nowhere/log.ndjson"]).await;
    assert!(
        printed.error().starts_with("/nowhere/log.ndjson."),
        "{}",
        printed.error()
    );
}
