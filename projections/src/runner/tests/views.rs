//! The views of `souk_live` show what readers use, under names that stay.

use std::collections::BTreeSet;

use sqlx::{Executor as _, PgPool};

use super::*;
use crate::registry::registry;

/// The build that a view shows, as its comment says.
async fn shown(pool: &PgPool, view: &str) -> Option<String> {
    sqlx::query_scalar("SELECT obj_description(to_regclass('souk_live.' || $1), 'pg_class')")
        .bind(view)
        .fetch_one(pool)
        .await
        .unwrap()
}

async fn count(pool: &PgPool, relation: &str) -> i64 {
    sqlx::query_scalar(&format!("SELECT count(*) FROM {relation}"))
        .fetch_one(pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn they_switch_and_roll_back_together_with_what_readers_use() {
    let mut shop = Shop::with_past(141, 150).await;
    let stage = Stage::new(shop.log()).await;
    let projections = stage.projections();
    assert_eq!(shown(&stage.auditor, "orders").await, None);
    projections.rebuild("orders", |_| {}).await.unwrap();
    let of = |generation| Some(format!("orders of orders, generation {generation}"));
    assert_eq!(shown(&stage.auditor, "orders").await, of(1));
    shop.go_on(142, 100).await;
    projections.rebuild("orders", |_| {}).await.unwrap();
    assert_eq!(shown(&stage.auditor, "orders").await, of(2));
    for (view, table) in [
        ("orders", "orders"),
        ("orders_lines", "lines"),
        ("orders_timeline", "timeline"),
    ] {
        let (live, of_view) = (format!("orders_g2.{table}"), format!("souk_live.{view}"));
        assert_eq!(
            count(&stage.auditor, &of_view).await,
            count(&stage.pool, &live).await
        );
    }
    // With the new one dropped nothing of the views is left behind.
    projections
        .roll_back("orders", &operator(), |_| {})
        .await
        .unwrap();
    assert_eq!(shown(&stage.auditor, "orders").await, of(1));
    projections
        .drop_generation("orders", 2, &operator())
        .await
        .unwrap();
    assert!(count(&stage.auditor, "souk_live.orders").await > 0);
    let read: (String, i32, i64) =
        sqlx::query_as("SELECT projection, generation, position FROM souk_live.read_models")
            .fetch_one(&stage.auditor)
            .await
            .unwrap();
    assert_eq!(read, ("orders".to_owned(), 1, shop.head().await));
}

#[tokio::test]
async fn a_build_that_is_held_back_or_of_the_past_is_not_shown() {
    let shop = Shop::with_past(143, 100).await;
    let stage = Stage::new(shop.log()).await;
    let projections = stage.projections();
    projections.rebuild("orders", |_| {}).await.unwrap();
    projections.prepare("orders", |_| {}).await.unwrap();
    projections.rebuild_as_of("orders", 5, |_| {}).await.unwrap();
    let first = Some("orders of orders, generation 1".to_owned());
    assert_eq!(shown(&stage.auditor, "orders").await, first);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_of_an_analyst_holds_up_the_views_and_not_the_shop() {
    let shop = Shop::with_past(144, 100).await;
    let stage = Stage::new(shop.log()).await;
    let projections = stage.projections();
    projections.rebuild("orders", |_| {}).await.unwrap();
    let mut analyst = stage.auditor.acquire().await.unwrap();
    analyst.execute("BEGIN").await.unwrap();
    analyst
        .execute("SELECT count(*) FROM souk_live.orders")
        .await
        .unwrap();
    projections.rebuild("orders", |_| {}).await.unwrap();
    let switched = [(1, GenerationState::Retired), (2, GenerationState::Live)];
    assert_eq!(stage.states("orders").await, switched);
    let first = Some("orders of orders, generation 1".to_owned());
    assert_eq!(shown(&stage.auditor, "orders").await, first);
    analyst.execute("COMMIT").await.unwrap();
    // The worker of the live one sees to it as soon as it can.
    let (workers, stop) = stage.start();
    let follows = async {
        let second = Some("orders of orders, generation 2".to_owned());
        while shown(&stage.auditor, "orders").await != second {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LONG, follows).await.unwrap();
    stop.cancel();
    workers.join().await;
}

#[tokio::test]
async fn whoever_may_read_may_not_write_or_point_them_elsewhere() {
    let shop = Shop::with_past(145, 50).await;
    let stage = Stage::new(shop.log()).await;
    stage.projections().rebuild("orders", |_| {}).await.unwrap();
    // The role itself and not only its sessions, which are read-only by default.
    for statement in [
        "DELETE FROM souk_live.orders",
        "CREATE VIEW souk_live.mine AS SELECT 1",
        "DROP VIEW souk_live.orders",
        "SELECT present_generation(1)",
        "UPDATE projection_numbers SET last = 9",
    ] {
        let mut connection = stage.auditor.acquire().await.unwrap();
        connection
            .execute("SET default_transaction_read_only = off")
            .await
            .unwrap();
        let refused = connection.execute(statement).await.unwrap_err();
        let code = refused
            .as_database_error()
            .and_then(|error| error.code().map(std::borrow::Cow::into_owned));
        assert_eq!(code.as_deref(), Some("42501"), "{statement}");
    }
}

#[test]
fn no_two_read_models_share_the_name_of_a_view() {
    let names: BTreeSet<&str> = registry().iter().map(|model| model.name).collect();
    for one in &names {
        let begins = format!("{one}_");
        let clash = names.iter().find(|other| other.starts_with(&begins));
        assert_eq!(
            clash, None,
            "the views of {one} would be taken for those of another"
        );
        assert!(!"read_models".starts_with(&begins) && *one != "read_models");
    }
}
