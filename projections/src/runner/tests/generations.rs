//! Builds beside the live one: held back, switched to, dropped, and made for another version.

use std::sync::Arc;

use sqlx::PgConnection;

use super::*;
use crate::{
    Progress, Schema, TableProjection,
    orders::{Orders, OrdersBatch},
    recorded::EventError,
    registry::table,
};
use crate::{
    runner::{ReadModel as _, switch},
    transaction::Transaction,
};

#[tokio::test]
async fn a_build_that_is_held_back_is_compared_and_then_switched_to() {
    let mut shop = Shop::with_past(61, 200).await;
    let stage = Stage::new(shop.log()).await;
    let (workers, stop) = stage.start();
    let reader = stage.reader();
    stage.settle(&reader).await;
    let projections = stage.projections();
    let nothing = projections
        .switch("orders", &operator(), |_| {})
        .await
        .unwrap_err();
    assert!(matches!(nothing, ProjectionError::NothingToSwitchTo("orders")));
    let held = projections.prepare("orders", |_| {}).await.unwrap();
    assert_eq!((held.generation, held.position), (2, shop.head().await));
    let waiting = [(1, GenerationState::Live), (2, GenerationState::Ready)];
    assert_eq!(stage.states("orders").await, waiting);
    shop.go_on(62, 100).await;
    stage.settle(&reader).await;
    // Brought to where the live one is, although that went on.
    let compared = projections.compare("orders", 1, 2, 10).await.unwrap();
    assert!(compared.is_equal(), "{compared:?}");
    assert_eq!(
        (compared.left.position, compared.right.position),
        (shop.head().await, shop.head().await)
    );
    assert_eq!(stage.states("orders").await, waiting);
    let switched = projections.switch("orders", &operator(), |_| {}).await.unwrap();
    assert_eq!((switched.generation, switched.position), (2, shop.head().await));
    let switched = [(1, GenerationState::Retired), (2, GenerationState::Live)];
    assert_eq!(stage.states("orders").await, switched);
    let decisions = reader.decisions(Some("orders")).await.unwrap();
    assert_eq!(
        (decisions[0].action.name(), decisions[0].generation),
        ("switch", Some(2))
    );
    stop.cancel();
    workers.join().await;
}

#[tokio::test]
async fn a_generation_is_dropped_with_its_tables_unless_readers_use_it() {
    let shop = Shop::with_past(63, 100).await;
    let stage = Stage::new(shop.log()).await;
    let projections = stage.projections();
    projections.rebuild("orders", |_| {}).await.unwrap();
    projections.rebuild("orders", |_| {}).await.unwrap();
    let live = projections
        .drop_generation("orders", 2, &operator())
        .await
        .unwrap_err();
    assert!(matches!(live, ProjectionError::IsLive { generation: 2, .. }));
    projections
        .drop_generation("orders", 1, &operator())
        .await
        .unwrap();
    assert_eq!(stage.states("orders").await, [(2, GenerationState::Live)]);
    let schema: Option<String> = sqlx::query_scalar("SELECT to_regnamespace('orders_g1')::text")
        .fetch_one(&stage.pool)
        .await
        .unwrap();
    assert_eq!(schema, None);
    let unknown = projections
        .drop_generation("orders", 1, &operator())
        .await
        .unwrap_err();
    assert!(matches!(
        unknown,
        ProjectionError::UnknownGeneration { generation: 1, .. }
    ));
}

#[tokio::test]
async fn a_number_never_names_a_second_build() {
    let shop = Shop::with_past(65, 50).await;
    let stage = Stage::new(shop.log()).await;
    let projections = stage.projections();
    projections.rebuild("orders", |_| {}).await.unwrap();
    for expected in 2..5 {
        let held = projections.prepare("orders", |_| {}).await.unwrap();
        assert_eq!(held.generation, expected);
        projections
            .drop_generation("orders", expected, &operator())
            .await
            .unwrap();
    }
    let past = projections.rebuild_as_of("orders", 3, |_| {}).await.unwrap();
    assert_eq!(past.generation, 5);
    let decisions = projections.decisions(Some("orders")).await.unwrap();
    let dropped: Vec<_> = decisions.iter().map(|decision| decision.generation).collect();
    assert_eq!(dropped, [Some(4), Some(3), Some(2)]);
}

#[tokio::test]
async fn what_was_decided_cannot_be_changed_or_emptied() {
    let shop = Shop::with_past(66, 50).await;
    let stage = Stage::new(shop.log()).await;
    stage.projections().pause("orders", &operator()).await.unwrap();
    let owner = stage.owner().await;
    for statement in [
        "UPDATE projection_decisions SET actor = 'nobody'",
        "DELETE FROM projection_decisions",
        "TRUNCATE projection_decisions",
        "SET session_replication_role = replica; TRUNCATE projection_decisions",
    ] {
        let refused = sqlx::raw_sql(statement).execute(&owner).await.unwrap_err();
        assert!(
            refused.to_string().contains("append-only"),
            "{statement}: {refused}"
        );
    }
}

/// The orders of a version to come.
struct NextOrders;

impl TableProjection for NextOrders {
    const NAME: &'static str = Orders::NAME;
    const VERSION: i32 = Orders::VERSION + 1;
    const DDL: &'static str = Orders::DDL;
    const READS: &'static [&'static str] = Orders::READS;
    type Batch = OrdersBatch;

    fn apply(&self, batch: &mut OrdersBatch, recorded: &Recorded) -> Result<(), EventError> {
        Orders.apply(batch, recorded)
    }

    async fn flush(
        &self,
        batch: OrdersBatch,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        Orders.flush(batch, schema, connection).await
    }
}

#[tokio::test]
async fn a_new_version_is_built_at_start_up_while_the_old_one_serves() {
    let mut shop = Shop::with_past(64, 200).await;
    let stage = Stage::new(shop.log()).await;
    let (old, stop_old) = stage.start();
    let reader = stage.reader();
    stage.settle(&reader).await;
    let next = stage.projections_of(vec![table(NextOrders)], Progress::new());
    let stop_new = tokio_util::sync::CancellationToken::new();
    let new = next.start(&stop_new);
    let built = stage
        .until("orders", |all| {
            all.iter()
                .any(|one| one.schema_version == NextOrders::VERSION && one.state == GenerationState::Live)
        })
        .await;
    let versions: Vec<_> = built
        .iter()
        .map(|one| (one.generation, one.schema_version, one.state))
        .collect();
    let expected = [
        (1, Orders::VERSION, GenerationState::Retired),
        (2, NextOrders::VERSION, GenerationState::Live),
    ];
    assert_eq!(versions, expected);
    // Those who know only the old version read what it had.
    let foreign = stage.foreign_reader();
    for (id, order) in shop.orders() {
        let row = foreign.orders().order(id).await.unwrap();
        assert_eq!(row.is_some(), order.placed().is_ok());
    }
    shop.go_on(65, 50).await;
    let head = shop.head().await;
    let _ = stage
        .until("orders", |all| {
            all.iter()
                .any(|one| one.state == GenerationState::Live && one.position == head)
        })
        .await;
    stop_old.cancel();
    stop_new.cancel();
    old.join().await;
    new.join().await;
}

#[tokio::test]
async fn a_build_of_another_version_is_given_up_for_a_new_one() {
    let shop = Shop::with_past(66, 100).await;
    let stage = Stage::new(shop.log()).await;
    let next = stage.projections_of(vec![table(NextOrders)], Progress::new());
    next.prepare("orders", |_| {}).await.unwrap();
    assert_eq!(stage.states("orders").await, [(1, GenerationState::Ready)]);
    let rebuilt = stage.projections().rebuild("orders", |_| {}).await.unwrap();
    // The number of the one that was given up is not used again.
    assert_eq!(rebuilt.generation, 2);
    let status = stage.reader().status().await.unwrap();
    assert_eq!(status[0].schema_version, Orders::VERSION);
}

#[tokio::test]
async fn tables_have_their_indexes_once_they_are_filled() {
    let shop = Shop::with_past(67, 100).await;
    let stage = Stage::new(shop.log()).await;
    for model in table_models() {
        let name = model.registered().name;
        stage.projections().rebuild(name, |_| {}).await.unwrap();
        let live = stage.live_schema(name).await;
        let without = "SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace \
                       WHERE n.nspname = $1 AND c.relkind = 'r' \
                       AND NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary)";
        let without: i64 = sqlx::query_scalar(without)
            .bind(&live)
            .fetch_one(&stage.pool)
            .await
            .unwrap();
        assert_eq!(without, 0, "{name} has tables without a key");
    }
}

#[tokio::test]
async fn generations_of_a_data_folder_that_is_gone_are_forgotten() {
    let stage = Stage::new(Shop::new().log()).await;
    let insert = "INSERT INTO projection_generations \
                  (projection, place, generation, schema_version, schema_name, state, started_at, updated_at) \
                  VALUES ('catalogue', $1, 1, 1, 'catalogue_g1', 'live', now() - $2 * interval '1 day', \
                          now() - $2 * interval '1 day')";
    for (place, days) in [("gone", 90_i32), ("mine", 90), ("busy", 1)] {
        sqlx::query(insert)
            .bind(place)
            .bind(days)
            .execute(&stage.pool)
            .await
            .unwrap();
    }
    let pruned = crate::generation::prune_places(&stage.pool, "catalogue", "mine")
        .await
        .unwrap();
    let left: Vec<String> = sqlx::query_scalar("SELECT place FROM projection_generations ORDER BY place")
        .fetch_all(&stage.pool)
        .await
        .unwrap();
    assert_eq!((pruned, left), (1, vec!["busy".to_owned(), "mine".to_owned()]));
}

#[tokio::test]
async fn a_process_builds_only_so_many_read_models_at_once() {
    let shop = Shop::with_past(68, 50).await;
    let stage = Stage::new(shop.log()).await;
    let projections = Arc::new(stage.projections());
    let names: Vec<_> = table_models()
        .iter()
        .map(|model| model.registered().name)
        .collect();
    let builds = names.iter().map(|name| projections.rebuild(name, |_| {}));
    for built in futures::future::join_all(builds).await {
        assert_eq!(built.unwrap().position, shop.head().await);
    }
}

#[tokio::test]
async fn a_folder_goes_when_the_drop_of_its_generation_is_committed_and_not_before() {
    let shop = Shop::with_past(21, 60).await;
    let stage = Stage::new(shop.log()).await;
    for _ in 0..2 {
        stage.build("catalogue").await;
    }
    let folder = |number| stage.folder.path().join(format!("catalogue/catalogue_g{number}"));
    let model = crate::catalogue::Catalogue::new(stage.folder.path().to_owned());
    let place = model.place().await.unwrap();
    let former = crate::generation::find_number(&stage.pool, "catalogue", &place, 1);
    let former = former.await.unwrap().unwrap();

    let mut undone = Transaction::begin(&stage.pool).await.unwrap();
    assert!(switch::discard_in_tx(&mut undone, &model, &former).await.unwrap());
    undone.rollback().await.unwrap();
    model.sweep(&stage.pool).await.unwrap();
    assert!(folder(1).exists() && folder(2).exists());

    // As a process that was killed between the commit and the removal leaves it.
    let mut dropped = Transaction::begin(&stage.pool).await.unwrap();
    assert!(
        switch::discard_in_tx(&mut dropped, &model, &former)
            .await
            .unwrap()
    );
    dropped.commit().await.unwrap();
    assert!(folder(1).exists());
    model.sweep(&stage.pool).await.unwrap();
    assert!(!folder(1).exists() && folder(2).exists());
}
