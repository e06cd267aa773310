//! What is recorded of those who decide.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_takes_readers_somewhere_is_recorded() {
    let (database, folder) = (Database::new().await, tempfile::tempdir().unwrap());
    let desk = Desk::new(&database, "souk_projector", folder.path()).await;
    let auditor = Desk::new(&database, "souk_auditor", folder.path()).await;
    desk.run(&["rebuild", "orders"]).await.result.unwrap();
    let rebuild = ["rebuild", "orders", "--by", "ada", "--reason", "new columns"];
    desk.run(&rebuild).await.result.unwrap();
    // What nobody is taken to is nobody's decision.
    desk.run(&["rebuild", "orders", "--hold"]).await.result.unwrap();
    desk.run(&["rebuild", "orders", "--as-of", "3"])
        .await
        .result
        .unwrap();
    desk.run(&["pause", "balances", "--by", "bo", "--yes"])
        .await
        .result
        .unwrap();
    let all = auditor.run(&["decisions", "--format", "ndjson"]).await;
    let rows: Vec<serde_json::Value> = all
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let told = |row: &serde_json::Value| {
        let text = |field: &str| row[field].to_string().trim_matches('"').to_owned();
        ["projection", "action", "generation", "by", "reason"]
            .map(text)
            .join(" ")
    };
    assert_eq!(
        rows.iter().map(told).collect::<Vec<_>>(),
        [
            "balances pause null bo ",
            "orders switch 2 ada new columns",
            "orders switch 1 operator "
        ]
    );
    let of_orders = auditor.run(&["decisions", "orders"]).await;
    assert!(
        of_orders.out.ends_with("\ncovers 2 decisions\n"),
        "{}",
        of_orders.out
    );
    assert!(of_orders.out.contains("generation 2  ada"), "{}", of_orders.out);
    let status = auditor.run(&["status"]).await;
    assert!(
        status.notes.contains("balances is paused since"),
        "{}",
        status.notes
    );
    assert!(status.notes.contains(" by bo\n"), "{}", status.notes);
}
