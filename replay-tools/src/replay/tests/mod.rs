//! `souk replay` as its users see it.

use clap::{CommandFactory, Parser};

use super::ReplayArgs;
use crate::testing::{ACCOUNT, ORDER, Printed, Shop, postgres::Database, printed, shop};

#[derive(Parser)]
#[command(no_binary_name = true)]
struct Command {
    #[command(flatten)]
    args: ReplayArgs,
}

async fn run(shop: &Shop, line: &[&str]) -> Printed {
    let args = Command::try_parse_from(line).unwrap().args;
    printed(async |console| super::run(args, &shop.context(), console).await).await
}

#[test]
fn the_arguments_fit_together() {
    Command::command().debug_assert();
}

#[tokio::test]
async fn a_history_shows_what_each_event_changed_in_the_terms_of_the_shop() {
    insta::assert_snapshot!(run(&shop().await, &["order", ORDER]).await.all());
}

#[tokio::test]
async fn an_account_keeps_its_holds_and_movements() {
    insta::assert_snapshot!(run(&shop().await, &["account", ACCOUNT]).await.all());
}

#[tokio::test]
async fn json_has_one_object_for_each_event() {
    let line = ["order", ORDER, "--state=each", "--format", "json"];
    let printed = run(&shop().await, &line).await;
    insta::assert_snapshot!(printed.all());
    let steps: Vec<serde_json::Value> = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(steps[2]["state"]["Placed"]["status"], "Paid");
}

#[tokio::test]
async fn csv_carries_state_and_changes_as_json() {
    insta::assert_snapshot!(
        run(
            &shop().await,
            &["stock", "LAMP-RED", "--state=each", "--format", "csv"]
        )
        .await
        .all()
    );
}

#[tokio::test]
async fn at_a_position_only_the_state_of_then_is_shown() {
    insta::assert_snapshot!(run(&shop().await, &["order", ORDER, "--at", "6"]).await.all());
}

#[tokio::test]
async fn a_time_is_as_good_as_a_position() {
    let shop = shop().await;
    let line = |at| ["order", ORDER, "--format", "ndjson", "--at", at];
    let by_position = run(&shop, &line("6")).await;
    for at in ["2026-01-31T12:05:00Z", "2026-01-31T13:05:59+01:00"] {
        assert_eq!(run(&shop, &line(at)).await.out, by_position.out, "{at}");
    }
    let newest = run(&shop, &line("2026-02-01")).await;
    assert!(newest.out.contains(r#""status":"Paid""#), "{}", newest.out);
    assert_eq!(newest.notes, "3 events; covers positions 1 to 7\n");
}

#[tokio::test]
async fn a_part_of_a_history_says_where_the_rest_begins() {
    let shop = shop().await;
    let first = run(&shop, &["order", ORDER, "--limit", "2", "--format", "ndjson"]).await;
    assert_eq!(
        (first.out.lines().count(), first.notes.as_str()),
        (
            2,
            "2 events; covers positions 1 to 6 of 7; the rest begins with --after 6\n"
        )
    );
    let rest = run(&shop, &["order", ORDER, "--after", "6", "--format", "ndjson"]).await;
    let since = [
        "order",
        ORDER,
        "--since",
        "2026-01-31T12:06:00Z",
        "--format",
        "ndjson",
    ];
    assert_eq!(rest.out, run(&shop, &since).await.out);
    // What came before was folded, so the change is the one that there was.
    let step: serde_json::Value = serde_json::from_str(&rest.out).unwrap();
    assert_eq!(
        (
            &step["position"],
            &step["changes"][0]["old"],
            &step["changes"][0]["new"]
        ),
        (&7.into(), &"Confirmed".into(), &"Paid".into())
    );
    assert_eq!(rest.notes, "1 event; covers position 7\n");
}

#[tokio::test]
async fn the_whole_state_is_shown_at_the_end_when_it_is_asked_for_and_not_otherwise() {
    let shop = shop().await;
    let without = run(&shop, &["order", ORDER, "--format", "ndjson"]).await;
    assert!(!without.out.contains(r#""state""#), "{}", without.out);
    let with = run(&shop, &["order", ORDER, "--state", "--format", "ndjson"]).await;
    let records: Vec<serde_json::Value> = with
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        (records.len(), &records[3]["changes"]),
        (4, &serde_json::Value::Null)
    );
    assert_eq!(records[3]["state"]["Placed"]["status"], "Paid");
    let after_two = ["order", ORDER, "--state", "--limit", "2", "--format", "ndjson"];
    let after_two = run(&shop, &after_two).await;
    assert!(after_two.out.ends_with("\n") && after_two.out.contains(r#""status":"Confirmed""#));
}

#[tokio::test]
async fn a_time_that_has_not_come_is_refused_by_its_option() {
    let shop = shop().await;
    for option in ["--at", "--since"] {
        let refused = run(&shop, &["order", ORDER, option, "2999-01-01"]).await;
        let begins = format!("{option} is 2999-01-01 00:00:00 UTC, which is in the future: it is ");
        assert!(refused.error().starts_with(&begins), "{}", refused.error());
        assert_eq!(refused.out, "");
    }
}

#[tokio::test]
async fn a_return_is_shown_with_its_reason_and_its_money() {
    let shop = shop().await;
    let of_return = "00000000-0000-0000-0000-0000000000e1";
    let requested = format!(
        r#"{{"ReturnRequested":{{"return_id":"{of_return}","lines":[{{"sku":"LAMP-RED","quantity":1}}],"reason":"too dark"}}}}"#
    );
    let accepted = format!(
        r#"{{"ReturnAccepted":{{"return_id":"{of_return}","lines":[{{"sku":"LAMP-RED","quantity":1,"disposal":{{"as":"write_off"}}}}],"refund":{{"amount":1190,"currency":"EUR"}},"written_off":{{"amount":1190,"currency":"EUR"}}}}}}"#
    );
    let why = r#"{"actor":"fulfilment","causation_id":"7"}"#;
    shop.append("order", ORDER, 3, &requested, "{}").await;
    shop.append("order", ORDER, 4, &accepted, why).await;
    let printed = run(&shop, &["order", ORDER, "--after", "7"]).await.out;
    for said in [
        "reason=too dark",
        "refund=11.90 EUR written_off=11.90 EUR",
        "by fulfilment, because of position 7",
        "+ returns, 00000000-0000-0000-0000-0000000000e1, 1, quantity: 1",
    ] {
        assert!(printed.contains(said), "{said} is missing:\n{printed}");
    }
}

#[tokio::test]
async fn every_aggregate_type_can_be_replayed() {
    use clap::ValueEnum as _;

    let shop = shop().await;
    for kind in crate::AggregateKind::value_variants() {
        let nobody = run(&shop, &[kind.name(), "nobody"]).await;
        let expected = format!(
            "there is no {} nobody in the log, which ends at position 7",
            kind.name()
        );
        assert_eq!(nobody.error(), expected);
    }
}

/// Takes what is printed and keeps none of it.
struct Counted {
    bytes: usize,
    largest: usize,
}

impl std::io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.bytes += bytes.len();
        self.largest = self.largest.max(bytes.len());
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_long_history_of_a_large_state_is_printed_event_by_event() {
    /// Each event adds a reservation, so the state grows to as many.
    const EVENTS: usize = 1_500;
    /// What an event changed, whatever the state is like.
    const MAX_STEP: usize = 2_000;

    let shop = shop().await;
    for number in 1..EVENTS {
        let reserved = format!(
            r#"{{"StockReserved":{{"order_id":"00000000-0000-0000-0000-{number:012}","quantity":1,"allocations":[{{"warehouse":"main","quantity":1}}],"expires_at":"2026-02-01T00:00:00Z"}}}}"#
        );
        let sequence = i64::try_from(number).unwrap();
        shop.append("stock", "LAMP-RED", sequence, &reserved, "{}").await;
    }
    let args = Command::try_parse_from(["stock", "LAMP-RED"]).unwrap().args;
    let mut out = Counted { bytes: 0, largest: 0 };
    let mut notes = Vec::new();
    let mut console = crate::Console {
        out: &mut out,
        out_is_terminal: false,
        look: crate::Look::default(),
        notes: &mut notes,
        notes_are_terminal: false,
    };
    super::run(args, &shop.context(), &mut console).await.unwrap();
    assert!(out.largest <= MAX_STEP, "{} bytes at once", out.largest);
    assert!(out.bytes <= EVENTS * MAX_STEP, "{} bytes", out.bytes);
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let shop = shop().await;
    let nobody = run(&shop, &["order", ACCOUNT, "--format", "csv"]).await;
    assert_eq!(
        nobody.error(),
        format!("there is no order {ACCOUNT} in the log, which ends at position 7")
    );
    let early = run(&shop, &["order", ORDER, "--at", "4"]).await;
    let message = "did not exist at that point; its first event is at position 5 (2026-01-31 12:04:00 UTC)";
    assert_eq!(early.error(), format!("order {ORDER} {message}"));
    let late = run(&shop, &["order", ORDER, "--at", "8"]).await;
    assert_eq!(
        late.error(),
        "there is no event at position 8; the log ends at position 7"
    );
    assert_eq!([nobody.out, early.out, late.out], ["", "", ""]);
}

#[tokio::test]
async fn what_came_before_an_unreadable_event_is_shown() {
    let shop = shop().await;
    shop.append("order", ORDER, 3, r#"{"OrderTeleported":{}}"#, "{}")
        .await;
    let printed = run(&shop, &["order", ORDER, "--format", "ndjson"]).await;
    assert_eq!(
        printed.error(),
        format!("order {ORDER} has an unreadable event 4 (OrderTeleported v1)")
    );
    assert_eq!(printed.out.lines().count(), 3);
}

#[tokio::test]
async fn a_history_longer_than_a_page_is_replayed_to_the_end() {
    let shop = shop().await;
    for sequence in 3..600 {
        let event = if sequence % 2 == 0 {
            r#"{"OrderPaid":{}}"#
        } else {
            r#"{"OrderConfirmed":{}}"#
        };
        shop.append("order", ORDER, sequence, event, "{}").await;
    }
    let printed = run(&shop, &["order", ORDER, "--format", "ndjson"]).await;
    assert_eq!(printed.out.lines().count(), 600);
    assert_eq!(printed.notes, "600 events; covers positions 1 to 604\n");
    let last = printed.out.lines().last().unwrap();
    assert!(
        last.contains(r#"[{"path":".Placed.status","old":"Paid","new":"Confirmed"}]"#),
        "{last}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_auditor_replays_from_postgresql() {
    let database = Database::new().await;
    let auditor = Shop {
        log: database.log("souk_auditor").await,
    };
    let states = async |shop: &Shop| {
        let line = ["account", ACCOUNT, "--state=each", "--format", "ndjson"];
        let printed = run(shop, &line).await;
        let state = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["state"].clone();
        printed.out.lines().map(state).collect::<Vec<_>>()
    };
    let (theirs, ours) = (states(&auditor).await, states(&shop().await).await);
    assert_eq!((theirs.len(), &theirs), (3, &ours));
}
