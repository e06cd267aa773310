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
async fn a_history_shows_the_state_after_each_event_and_what_it_changed() {
    insta::assert_snapshot!(run(&shop().await, &["order", ORDER]).await.all());
}

#[tokio::test]
async fn an_account_keeps_its_holds_and_movements() {
    insta::assert_snapshot!(run(&shop().await, &["account", ACCOUNT]).await.all());
}

#[tokio::test]
async fn json_has_one_object_for_each_event() {
    let printed = run(&shop().await, &["order", ORDER, "--format", "json"]).await;
    insta::assert_snapshot!(printed.all());
    let steps: Vec<serde_json::Value> = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(steps[2]["state"]["Placed"]["status"], "Paid");
}

#[tokio::test]
async fn csv_carries_state_and_changes_as_json() {
    insta::assert_snapshot!(
        run(&shop().await, &["stock", "LAMP-RED", "--format", "csv"])
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
        let printed = run(shop, &["account", ACCOUNT, "--format", "ndjson"]).await;
        let state = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["state"].clone();
        printed.out.lines().map(state).collect::<Vec<_>>()
    };
    let (theirs, ours) = (states(&auditor).await, states(&shop().await).await);
    assert_eq!((theirs.len(), &theirs), (3, &ours));
}
