//! What operators decide: to leave an event out, to try again, to pause.

use super::*;
use crate::Action;

/// A shop in which the third event is known to nobody, with an order before and one after it.
async fn troubled() -> Shop {
    let mut shop = Shop::new();
    let token = text("tok_approved");
    shop.place(1, 1, PaymentMethod::Card { token }).await;
    let like = shop.events().await.remove(0);
    append(&shop.log, &like, "OrderForgotten", r#"{"OrderForgotten":{}}"#).await;
    let token = text("tok_approved");
    shop.place(2, 1, PaymentMethod::Card { token }).await;
    shop
}

#[tokio::test]
async fn an_event_that_is_skipped_is_left_out_by_the_live_one_and_by_every_build() {
    let shop = troubled().await;
    let stage = Stage::new(shop.log()).await;
    let (workers, stop) = stage.start();
    let reader = stage.reader();
    let stopped = stage
        .until("orders", |all| all.iter().any(|one| one.error.is_some()))
        .await;
    assert_eq!(stopped[0].error.as_ref().unwrap().position, Some(2));
    let projections = stage.projections();
    let elsewhere = projections.skip("orders", 1, &operator()).await.unwrap_err();
    assert!(matches!(
        elsewhere,
        ProjectionError::NotStoppedThere { position: 1, .. }
    ));
    let elsewhere = projections.retry("orders", 1, &operator()).await.unwrap_err();
    assert!(matches!(
        elsewhere,
        ProjectionError::NotStoppedThere { position: 1, .. }
    ));
    projections.skip("orders", 2, &operator()).await.unwrap();
    let head = shop.head().await;
    assert_eq!(
        reader.wait_for("orders", head, LONG).await.unwrap(),
        Waited::Reached
    );
    let status = stage
        .until("orders", |all| all.iter().any(|one| one.position == head))
        .await;
    assert_eq!((status[0].skipped_events, &status[0].error), (1, &None));
    let decisions = reader.decisions(Some("orders")).await.unwrap();
    assert_eq!(
        (decisions[0].action, decisions[0].position),
        (Action::Skip, Some(2))
    );
    assert_eq!(decisions[0].operator, operator());
    let live = stage.live_schema("orders").await;
    projections.rebuild("orders", |_| {}).await.unwrap();
    let rebuilt = stage.live_schema("orders").await;
    assert_ne!(live, rebuilt);
    assert_eq!(
        digest(&stage.pool, &live).await,
        digest(&stage.pool, &rebuilt).await
    );
    projections.retry("orders", 2, &operator()).await.unwrap();
    let failed = projections.rebuild("orders", |_| {}).await.unwrap_err();
    assert!(matches!(failed, ProjectionError::Event(error) if error.position == 2));
    stop.cancel();
    workers.join().await;
}

#[tokio::test]
async fn a_paused_read_model_stands_still_until_it_is_resumed() {
    let mut shop = Shop::with_past(71, 100).await;
    let stage = Stage::new(shop.log()).await;
    let (workers, stop) = stage.start();
    let reader = stage.reader();
    stage.settle(&reader).await;
    let projections = stage.projections();
    projections.pause("orders", &operator()).await.unwrap();
    let before = shop.head().await;
    // The worker is gone when the lease is free: then another one could take it.
    let free = "SELECT NOT EXISTS (SELECT FROM pg_locks JOIN projection_generations AS g ON g.id = objid::bigint \
                WHERE locktype = 'advisory' AND objsubid = 2 AND g.projection = 'orders' \
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))";
    while !sqlx::query_scalar::<_, bool>(free)
        .fetch_one(&stage.pool)
        .await
        .unwrap()
    {
        tokio::task::yield_now().await;
    }
    shop.go_on(72, 50).await;
    let head = shop.head().await;
    // The others go on.
    assert_eq!(
        reader.wait_for("balances", head, LONG).await.unwrap(),
        Waited::Reached
    );
    let status = stage.until("orders", |all| all[0].paused).await;
    assert_eq!(status[0].position, before);
    projections.resume("orders", &operator()).await.unwrap();
    assert_eq!(
        reader.wait_for("orders", head, LONG).await.unwrap(),
        Waited::Reached
    );
    stop.cancel();
    workers.join().await;
}

#[tokio::test]
async fn what_was_decided_cannot_be_undone_in_secret() {
    let stage = Stage::new(Shop::new().log()).await;
    stage.projections().pause("orders", &operator()).await.unwrap();
    for statement in [
        "DELETE FROM projection_decisions",
        "UPDATE projection_decisions SET actor = 'nobody'",
    ] {
        assert_eq!(
            sql_state(sqlx::query(statement).execute(&stage.pool).await),
            "42501"
        );
    }
}
