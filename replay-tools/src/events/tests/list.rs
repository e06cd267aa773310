//! Listing and showing.

use super::{args, run, run_in};
use crate::{
    Error, Outcome,
    testing::{ACCOUNT, ORDER, shop},
};

/// The positions that a list with these arguments has.
async fn positions(line: &[&str]) -> Vec<i64> {
    let line: Vec<&str> = ["list", "--format", "ndjson"]
        .iter()
        .chain(line)
        .copied()
        .collect();
    let printed = run(&shop().await, &line).await;
    printed.result.as_ref().unwrap();
    let position = |line: &str| {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        event["position"].as_i64().unwrap()
    };
    printed.out.lines().map(position).collect()
}

#[tokio::test]
async fn a_table_has_a_line_for_each_event_and_says_what_it_covers() {
    insta::assert_snapshot!(run(&shop().await, &["list"]).await.all());
}

#[tokio::test]
async fn json_is_one_array_with_payloads_as_stored() {
    let printed = run(&shop().await, &["list", "--format", "json", "--up-to", "3"]).await;
    insta::assert_snapshot!(printed.all());
    let events: Vec<serde_json::Value> = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(events[2]["payload"]["StockReceived"]["quantity"], 10);
}

#[tokio::test]
async fn ndjson_has_an_event_on_each_line_whatever_the_payload_looks_like() {
    let printed = run(
        &shop().await,
        &["list", "--format", "ndjson", "--after", "1", "--limit", "2"],
    )
    .await;
    insta::assert_snapshot!(printed.all());
}

#[tokio::test]
async fn csv_quotes_what_needs_it_and_reads_back_unchanged() {
    let shop = shop().await;
    let printed = run(&shop, &["list", "--format", "csv", "--up-to", "3"]).await;
    insta::assert_snapshot!(printed.all());
    let mut rows = csv::Reader::from_reader(printed.out.as_bytes());
    let payloads: Vec<String> = rows.records().map(|row| row.unwrap()[7].to_owned()).collect();
    let stored = shop
        .log
        .read(0, 3, &event_store::Filter::default())
        .await
        .unwrap();
    assert_eq!(
        payloads,
        stored.into_iter().map(|event| event.payload).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn nothing_found_is_an_empty_report_in_every_format() {
    let shop = shop().await;
    let mut all = String::new();
    for format in ["table", "json", "ndjson", "csv"] {
        let printed = run(&shop, &["list", "--id", "nobody", "--format", format]).await;
        all += &format!("{format}: {}\n", printed.all());
    }
    insta::assert_snapshot!(all);
}

#[tokio::test]
async fn filters_narrow_down_and_add_up() {
    assert_eq!(positions(&["--aggregate", "account"]).await, [1, 2, 4]);
    assert_eq!(
        positions(&["--aggregate-type", "stock,order"]).await,
        [3, 5, 6, 7]
    );
    assert_eq!(positions(&["--id", ORDER]).await, [5, 6, 7]);
    assert_eq!(
        positions(&["--aggregate", "account", "--id", ACCOUNT]).await,
        [1, 2, 4]
    );
    assert_eq!(
        positions(&["--aggregate", "order", "--id", ACCOUNT]).await,
        [0; 0]
    );
    assert_eq!(positions(&["--type", "OrderPaid,FundsHeld"]).await, [4, 7]);
    assert_eq!(positions(&["--actor", "customer:1"]).await, [1, 4, 5, 6]);
    assert_eq!(positions(&["--correlation", "request-2"]).await, [2, 3]);
    assert_eq!(
        positions(&["--actor", "customer:1", "--aggregate", "order"]).await,
        [5, 6]
    );
}

#[tokio::test]
async fn positions_and_times_bound_a_list() {
    assert_eq!(positions(&["--after", "5"]).await, [6, 7]);
    assert_eq!(positions(&["--after", "2", "--up-to", "4"]).await, [3, 4]);
    assert_eq!(positions(&["--after", "9"]).await, [0; 0]);
    assert_eq!(positions(&["--since", "2026-01-31T12:05:00Z"]).await, [6, 7]);
    assert_eq!(positions(&["--until", "2026-01-31T12:01:00Z"]).await, [1]);
    assert_eq!(
        positions(&["--since", "2026-01-31", "--until", "2026-02-01"])
            .await
            .len(),
        7
    );
    assert_eq!(positions(&["--since", "2026-02-01"]).await, [0; 0]);
    let of_account = [
        "--aggregate",
        "account",
        "--id",
        ACCOUNT,
        "--after",
        "1",
        "--up-to",
        "3",
    ];
    assert_eq!(positions(&of_account).await, [2]);
}

#[tokio::test]
async fn the_newest_are_listed_oldest_first_or_newest_first() {
    assert_eq!(positions(&["--last", "2"]).await, [6, 7]);
    assert_eq!(positions(&["--last", "2", "--reverse"]).await, [7, 6]);
    assert_eq!(positions(&["--reverse"]).await, [7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(positions(&["--reverse", "--after", "4"]).await, [7, 6, 5]);
    assert_eq!(positions(&["--last", "2", "--up-to", "5"]).await, [4, 5]);
    assert_eq!(
        positions(&["--last", "2", "--aggregate", "account"]).await,
        [2, 4]
    );
    let of_account = ["--last", "2", "--aggregate", "account", "--id", ACCOUNT];
    assert_eq!(positions(&of_account).await, [2, 4]);
    assert_eq!(positions(&["--last", "1", "--actor", "customer:1"]).await, [6]);
    assert_eq!(positions(&["--last", "99"]).await.len(), 7);
    let shop = shop().await;
    let printed = run(&shop, &["list", "--last", "2", "--format", "csv"]).await;
    assert_eq!(
        printed.notes,
        "2 events; covers positions 6 to 7; older ones end with --up-to 5\n"
    );
    for sequence in 3..700 {
        shop.append("order", ORDER, sequence, r#"{"OrderPaid":{}}"#, "{}")
            .await;
    }
    let line = ["list", "--reverse", "--limit", "all", "--format", "csv"];
    let all = run(&shop, &line).await;
    assert_eq!(all.notes, "704 events; covers positions 1 to 704\n");
    let line = ["list", "--last", "600", "--format", "csv"];
    assert_eq!(run(&shop, &line).await.out.lines().count(), 601);
}

#[tokio::test]
async fn what_concerns_a_sku_or_a_customer_is_found_wherever_it_stands() {
    // The stock of it, and the order that has a line of it.
    assert_eq!(positions(&["--sku", "LAMP-RED"]).await, [3, 5]);
    assert_eq!(positions(&["--sku", "LAMP"]).await, [0; 0]);
    let customer = "00000000-0000-0000-0000-0000000000c1";
    // All of their account and of their order, though only the first events name them.
    assert_eq!(positions(&["--customer", customer]).await, [1, 2, 4, 5, 6, 7]);
    assert_eq!(
        positions(&["--customer", customer, "--aggregate", "order", "--last", "2"]).await,
        [6, 7]
    );
    let unknown = run(&shop().await, &["list", "--customer", "nobody"]).await;
    assert_eq!(unknown.error(), "--customer nobody: no event names this customer");
}

#[tokio::test]
async fn filters_that_nothing_passes_are_named() {
    let line = [
        "list",
        "--actor",
        "customer:2",
        "--aggregate",
        "order",
        "--format",
        "csv",
    ];
    let printed = run(&shop().await, &line).await;
    assert_eq!(
        printed.notes,
        "nothing matches --aggregate order --actor customer:2\n0 events; covers positions 1 to 7\n"
    );
}

#[tokio::test]
async fn a_beginning_that_has_not_come_is_refused() {
    let refused = run(&shop().await, &["list", "--since", "2999-01-01"]).await;
    let begins = "--since is 2999-01-01 00:00:00 UTC, which is in the future";
    assert!(refused.error().starts_with(begins), "{}", refused.error());
}

#[tokio::test]
async fn a_limit_says_where_the_rest_begins() {
    let shop = shop().await;
    let printed = run(&shop, &["list", "--limit", "2", "--format", "csv"]).await;
    assert_eq!(
        printed.notes,
        "2 events; covers positions 1 to 2 of 7; the rest begins with --after 2\n"
    );
    let line = [
        "list",
        "--limit",
        "1",
        "--format",
        "csv",
        "--aggregate",
        "account",
        "--id",
        ACCOUNT,
        "--after",
        "1",
    ];
    let printed = run(&shop, &line).await;
    assert_eq!(
        printed.notes,
        "1 event; covers position 2 of 7; the rest begins with --after 2\n"
    );
    let all = run(&shop, &["list", "--limit", "all", "--format", "csv"]).await;
    assert_eq!(all.notes, "7 events; covers positions 1 to 7\n");
}

#[tokio::test]
async fn more_than_a_page_is_listed_to_the_end() {
    let shop = shop().await;
    for sequence in 3..700 {
        shop.append("order", ORDER, sequence, r#"{"OrderPaid":{}}"#, "{}")
            .await;
    }
    for line in [
        &["--id", ORDER][..],
        &["--aggregate", "order", "--id", ORDER],
        &["--aggregate", "order"],
    ] {
        let line: Vec<&str> = ["list", "--limit", "all", "--format", "csv"]
            .iter()
            .chain(line)
            .copied()
            .collect();
        let printed = run(&shop, &line).await;
        assert_eq!(
            printed.notes, "700 events; covers positions 1 to 704\n",
            "{line:?}"
        );
        assert_eq!(printed.out.lines().count(), 701);
    }
}

#[tokio::test]
async fn a_name_that_no_event_has_is_mentioned() {
    for (name, meant) in [
        ("OrderPlacd", "; did you mean OrderPlaced?"),
        ("orderplaced", "; did you mean OrderPlaced?"),
        ("Xyz", ""),
    ] {
        let line = ["list", "--type", name, "--format", "csv"];
        let printed = run(&shop().await, &line).await;
        let notes = format!(
            "no event that is written today is called \"{name}\"{meant}\nnothing matches --type {name}\n\
             0 events; covers positions 1 to 7\n"
        );
        assert_eq!(printed.notes, notes);
    }
}

#[tokio::test]
async fn one_event_is_shown_with_all_that_is_known_of_it() {
    insta::assert_snapshot!(run(&shop().await, &["show", "2"]).await.all());
}

#[tokio::test]
async fn an_event_beyond_the_end_is_unknown() {
    let printed = run(&shop().await, &["show", "8"]).await;
    assert_eq!(
        printed.error(),
        "there is no event at position 8; the log ends at position 7"
    );
    assert_eq!(printed.out, "");
}

#[tokio::test]
async fn a_list_that_is_stopped_says_so() {
    let context = shop().await.context();
    context.stop.cancel();
    assert!(matches!(
        run_in(&context, &["list"]).await.result,
        Err(Error::Stopped)
    ));
}

/// A reader that has gone away, as `head` does.
struct Gone;

impl std::io::Write for Gone {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::BrokenPipe.into())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_reader_that_has_seen_enough_ends_a_list_quietly() {
    let context = shop().await.context();
    for format in ["table", "json", "ndjson", "csv"] {
        let mut notes = Vec::new();
        let mut console = crate::Console {
            out: &mut Gone,
            out_is_terminal: false,
            look: crate::Look::default(),
            notes: &mut notes,
            notes_are_terminal: false,
        };
        let line = ["list", "--limit", "all", "--format", format];
        let result = crate::events::run(args(&line), &context, &mut console).await;
        assert_eq!((result.unwrap(), notes.len()), (Outcome::Fine, 0), "{format}");
    }
}
