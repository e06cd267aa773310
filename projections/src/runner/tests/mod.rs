//! What holds for every read model, whatever it is about.

use domain::order::PaymentMethod;
use event_store::{Append, Decoder, EventLog, MemoryLog, NewEvent, Position, RecordedEvent, StreamId};
use proptest::{prelude::*, test_runner::TestRunner};
use tokio::runtime::Runtime;

mod abandoned;
mod apart;
mod compared;
mod decided;
mod generations;
mod growing;
mod ignored;
mod past;
mod restarted;
mod slow;
mod views;

use super::{Pace, ProjectionError, WriteError};
use crate::{
    GenerationState, ReadModelError, Recorded, Waited,
    testing::{LONG, Shop, Stage, apply_in, digest, money, operator, order_id, table_models, text},
};

#[test]
fn the_cut_of_batches_never_changes_a_row() {
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 8,
        ..ProptestConfig::default()
    });
    let histories = (any::<u64>(), 1..200_usize);
    let law = |(seed, commands)| {
        Runtime::new().unwrap().block_on(async {
            let shop = Shop::with_past(seed, commands).await;
            let (stage, events) = (Stage::new(shop.log()).await, shop.events().await);
            for model in table_models() {
                let mut digests = Vec::new();
                for size in [1, 7, usize::MAX] {
                    let generation = stage.generation(&*model).await;
                    let mut sink = stage.open(&*model, &generation).await;
                    apply_in(&mut *sink, &events, size).await;
                    digests.push(digest(&stage.pool, &generation.schema_name).await);
                }
                assert_eq!(digests[0], digests[1], "in ones and in sevens");
                assert_eq!(digests[0], digests[2], "in ones and all at once");
            }
        });
        Ok(())
    };
    runner.run(&histories, law).unwrap();
}

#[tokio::test]
async fn a_batch_that_was_interrupted_is_written_once() {
    let shop = Shop::with_past(7, 300).await;
    let (stage, events) = (Stage::new(shop.log()).await, shop.events().await);
    for model in table_models() {
        let whole = stage.generation(&*model).await;
        apply_in(&mut *stage.open(&*model, &whole).await, &events, 50).await;
        let broken = stage.generation(&*model).await;
        // Every round dies somewhere: the sink is dropped, and what it knew with it.
        for round in 1..=events.len() / 20 {
            let so_far = &events[..events.len().min(round * 20)];
            let mut sink = stage.insist(&*model, &broken, so_far, 13).await;
            let (end, decoder) = (sink.position(), Decoder::new(domain::upcasters()));
            if let Some(next) = events.iter().find(|event| event.position > end) {
                let recorded = Recorded::decode(&decoder, next.clone()).unwrap();
                let up_to = next.position;
                // Abandoned at the first chance, before its transaction is committed.
                let write = async {
                    sink.write(vec![recorded], up_to, Pace::Live).await?;
                    sink.settle().await
                };
                futures::future::select(std::pin::pin!(write), std::future::ready(())).await;
            }
        }
        stage.insist(&*model, &broken, &events, 13).await;
        let schemas = [&whole.schema_name, &broken.schema_name];
        let [whole, broken] = [
            digest(&stage.pool, schemas[0]).await,
            digest(&stage.pool, schemas[1]).await,
        ];
        assert_eq!(whole, broken);
    }
}

#[tokio::test]
async fn a_worker_that_slept_through_a_take_over_cannot_write() {
    let shop = Shop::with_past(3, 200).await;
    let (stage, events) = (Stage::new(shop.log()).await, shop.events().await);
    let decoder = Decoder::new(domain::upcasters());
    for model in table_models() {
        let generation = stage.generation(&*model).await;
        let mut asleep = stage.open(&*model, &generation).await;
        apply_in(&mut *asleep, &events[..50], 10).await;
        let mut successor = stage.open(&*model, &generation).await;
        apply_in(&mut *successor, &events, 10).await;
        let before = digest(&stage.pool, &generation.schema_name).await;
        let late = events[50..60]
            .iter()
            .map(|event| Recorded::decode(&decoder, event.clone()).unwrap());
        let refused = match asleep
            .write(late.collect(), events[59].position, Pace::Live)
            .await
        {
            Ok(()) => asleep.settle().await,
            refused => refused,
        };
        assert!(matches!(refused, Err(WriteError::Fenced)), "{refused:?}");
        assert_eq!(digest(&stage.pool, &generation.schema_name).await, before);
    }
}

#[tokio::test]
async fn a_rebuilt_read_model_equals_the_live_one_and_readers_are_switched_to_it() {
    let mut shop = Shop::with_past(11, 300).await;
    let stage = Stage::new(shop.log()).await;
    let (workers, stop) = stage.start();
    let (reader, foreign) = (stage.reader(), stage.foreign_reader());
    stage.settle(&reader).await;
    shop.go_on(12, 200).await;
    stage.settle(&reader).await;
    stage.settle(&foreign).await;
    for name in table_models().iter().map(|model| model.registered().name) {
        let live = stage.live_schema(name).await;
        let mut told = Vec::new();
        let rebuilt = stage
            .foreign_projections()
            .rebuild(name, |progress| told.push(progress))
            .await
            .unwrap();
        assert_eq!((rebuilt.projection, rebuilt.generation), (name, 2));
        let last = told.last().unwrap();
        assert_eq!((last.position, last.head), (rebuilt.position, shop.head().await));
        let next = stage.live_schema(name).await;
        assert_ne!(live, next);
        assert_eq!(
            digest(&stage.pool, &live).await,
            digest(&stage.pool, &next).await,
            "{name}"
        );
    }
    shop.go_on(13, 100).await;
    stage.settle(&reader).await;
    stop.cancel();
    workers.join().await;
    let states = stage.states("orders").await;
    assert_eq!(
        states,
        [(1, GenerationState::Retired), (2, GenerationState::Live)]
    );
}

#[tokio::test]
async fn only_the_newest_retired_generation_is_kept_and_a_roll_back_goes_there() {
    let mut shop = Shop::with_past(5, 100).await;
    let stage = Stage::new(shop.log()).await;
    let projections = stage.projections();
    for _ in 0..3 {
        projections.rebuild("orders", |_| {}).await.unwrap();
    }
    let kept = [(2, GenerationState::Retired), (3, GenerationState::Live)];
    assert_eq!(stage.states("orders").await, kept);
    shop.go_on(6, 100).await;
    let back = projections
        .roll_back("orders", &operator(), |_| {})
        .await
        .unwrap();
    assert_eq!((back.generation, back.position), (2, shop.head().await));
    let swapped = [(2, GenerationState::Live), (3, GenerationState::Retired)];
    assert_eq!(stage.states("orders").await, swapped);
}

#[tokio::test]
async fn a_build_that_was_killed_is_continued() {
    let shop = Shop::with_past(9, 300).await;
    let (stage, events) = (Stage::new(shop.log()).await, shop.events().await);
    for model in table_models() {
        let generation = stage.generation(&*model).await;
        apply_in(&mut *stage.open(&*model, &generation).await, &events[..100], 30).await;
        let name = model.registered().name;
        let mut first = None;
        let rebuilt = stage
            .projections()
            .rebuild(name, |progress| {
                first.get_or_insert(progress.position);
            })
            .await
            .unwrap();
        assert_eq!(rebuilt.generation, generation.number);
        assert!(first.unwrap() >= 100, "{name} began at {first:?}");
        let whole = stage.generation(&*model).await;
        apply_in(&mut *stage.open(&*model, &whole).await, &events, 50).await;
        let schemas = [&generation.schema_name, &whole.schema_name];
        assert_eq!(
            digest(&stage.pool, schemas[0]).await,
            digest(&stage.pool, schemas[1]).await,
            "{name}"
        );
    }
}

#[tokio::test]
async fn an_unknown_event_stops_the_projections_that_read_it_and_no_others() {
    let mut shop = Shop::new();
    shop.place(
        1,
        1,
        PaymentMethod::Card {
            token: text("tok_approved"),
        },
    )
    .await;
    let like = shop.events().await.remove(0);
    append(&shop.log, &like, "OrderForgotten", r#"{"OrderForgotten":{}}"#).await;
    shop.list(1, "Teapot", "home").await;
    shop.set_price(1, money(500, "EUR")).await;
    let stage = Stage::new(shop.log()).await;
    let (workers, stop) = stage.start();
    let reader = stage.reader();
    assert_eq!(
        reader.wait_for("products", 5, LONG).await.unwrap(),
        Waited::Reached
    );
    let stopped = stage
        .until("orders", |all| all.iter().any(|one| one.error.is_some()))
        .await
        .remove(0);
    let error = stopped.error.unwrap();
    assert_eq!(
        (stopped.projection.as_str(), stopped.position, error.position),
        ("orders", 1, Some(2))
    );
    assert!(error.reason.contains("OrderForgotten"), "{}", error.reason);
    stop.cancel();
    workers.join().await;
}

#[tokio::test]
async fn an_event_that_cannot_be_written_is_found_within_its_batch() {
    let mut shop = Shop::with_past(17, 100).await;
    shop.place(
        20,
        1,
        PaymentMethod::Card {
            token: text("tok_approved"),
        },
    )
    .await;
    let events = shop.events().await;
    let placed = events
        .iter()
        .find(|event| event.event_type == "OrderPlaced")
        .unwrap();
    // The same order placed twice: no aggregate decides so, and the table refuses it.
    let position = append(&shop.log, placed, &placed.event_type, &placed.payload).await;
    shop.list(20, "Teapot", "home").await;
    shop.place(
        21,
        1,
        PaymentMethod::Card {
            token: text("tok_approved"),
        },
    )
    .await;
    let stage = Stage::new(shop.log()).await;
    let failed = stage.projections().rebuild("orders", |_| {}).await.unwrap_err();
    assert!(matches!(failed, ProjectionError::Database(_)), "{failed:?}");
    let status = stage.reader().status().await.unwrap();
    assert_eq!(status[0].position, position - 1);
    let (workers, stop) = stage.start();
    let stopped = stage
        .until("orders", |all| all.iter().any(|one| one.error.is_some()))
        .await
        .remove(0)
        .error
        .unwrap();
    assert_eq!(stopped.position, Some(position));
    assert!(stopped.reason.contains("orders_pkey"), "{}", stopped.reason);
    stop.cancel();
    workers.join().await;
}

#[tokio::test]
async fn a_switch_while_the_shop_goes_on_never_takes_readers_back() {
    let mut shop = Shop::with_past(18, 200).await;
    let stage = Stage::new(shop.log()).await;
    let (workers, stop) = stage.start();
    let (reader, foreign) = (stage.reader(), stage.foreign_reader());
    stage.settle(&reader).await;
    let busy = tokio_util::sync::CancellationToken::new();
    let shopping = async {
        let mut seed = 100;
        while !busy.is_cancelled() {
            shop.go_on(seed, 5).await;
            seed += 1;
            tokio::task::yield_now().await;
        }
    };
    let reading = async {
        let (mut seen, mut seen_abroad) = (0, 0);
        while !busy.is_cancelled() {
            let (here, abroad) = (
                reader.position("orders").await.unwrap(),
                foreign.position("orders").await.unwrap(),
            );
            assert!(
                here >= seen && abroad >= seen_abroad,
                "{here} after {seen}, {abroad} after {seen_abroad}"
            );
            (seen, seen_abroad) = (here, abroad);
        }
        seen
    };
    let rebuilding = async {
        let projections = stage.projections();
        for generation in 2..6 {
            assert_eq!(
                projections.rebuild("orders", |_| {}).await.unwrap().generation,
                generation
            );
        }
        busy.cancel();
    };
    let (seen, (), ()) = tokio::join!(reading, shopping, rebuilding);
    assert!(seen > 200, "readers saw {seen}");
    stage.settle(&reader).await;
    stop.cancel();
    workers.join().await;
}

#[tokio::test]
async fn another_process_takes_over_when_a_worker_stops() {
    let mut shop = Shop::with_past(21, 100).await;
    let stage = Stage::new(shop.log()).await;
    let (first, stop_first) = stage.start();
    let stop_second = tokio_util::sync::CancellationToken::new();
    let second = stage.foreign_projections().start(&stop_second);
    let reader = stage.foreign_reader();
    stage.settle(&reader).await;
    stop_first.cancel();
    first.join().await;
    shop.go_on(22, 100).await;
    stage.settle(&reader).await;
    stop_second.cancel();
    second.join().await;
}

#[tokio::test]
async fn an_auditor_reads_every_table_and_writes_none() {
    let shop = Shop::with_past(4, 100).await;
    let stage = Stage::new(shop.log()).await;
    for model in table_models() {
        let name = model.registered().name;
        stage.projections().rebuild(name, |_| {}).await.unwrap();
        let schema = stage.live_schema(name).await;
        assert_eq!(
            digest(&stage.auditor, &schema).await,
            digest(&stage.pool, &schema).await
        );
        let mut transaction = stage.auditor.begin().await.unwrap();
        // Also where the session itself would allow it.
        sqlx::query("SET TRANSACTION READ WRITE")
            .execute(&mut *transaction)
            .await
            .unwrap();
        let drop = sqlx::query(&format!("DROP SCHEMA {schema} CASCADE"))
            .execute(&mut *transaction)
            .await;
        assert_eq!(sql_state(drop), "42501", "{name}");
        transaction.rollback().await.unwrap();
        let mut transaction = stage.auditor.begin().await.unwrap();
        sqlx::query("SET TRANSACTION READ WRITE")
            .execute(&mut *transaction)
            .await
            .unwrap();
        let update = sqlx::query("UPDATE projection_generations SET position = 0");
        assert_eq!(
            sql_state(update.execute(&mut *transaction).await),
            "42501",
            "{name}"
        );
    }
}

fn sql_state<T: std::fmt::Debug>(result: Result<T, sqlx::Error>) -> String {
    let error = result.unwrap_err().into_database_error().unwrap();
    error.code().unwrap().into_owned()
}

#[tokio::test]
async fn a_wait_is_bounded_and_an_unknown_name_is_refused() {
    let shop = Shop::with_past(4, 20).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.reader();
    assert!(matches!(
        reader.orders().order(order_id(1)).await,
        Err(ReadModelError::NotBuilt(name)) if name == "orders"
    ));
    let rebuilt = stage.projections().rebuild("orders", |_| {}).await.unwrap();
    let soon = std::time::Duration::from_millis(30);
    let waited = reader
        .wait_for("orders", rebuilt.position + 1, soon)
        .await
        .unwrap();
    assert_eq!(
        waited,
        Waited::TimedOut {
            position: rebuilt.position
        }
    );
    let unknown = reader.wait_for("weather", 1, soon).await;
    assert!(matches!(unknown, Err(ReadModelError::Unknown(name)) if name == "weather"));
}

/// Writes an event that no aggregate would, and says where.
async fn append(log: &MemoryLog, like: &RecordedEvent, event_type: &str, payload: &str) -> Position {
    let stream = StreamId::new(&like.aggregate_type, &like.aggregate_id);
    let expected = log.sequence(&stream).await.unwrap();
    let event = NewEvent {
        event_type: event_type.to_owned(),
        event_version: "1".to_owned(),
        payload: payload.to_owned(),
    };
    let append = Append {
        stream,
        expected,
        events: vec![event],
        metadata: "{}".to_owned(),
        keys: Vec::new(),
        claims: Vec::new(),
    };
    log.append(append).await.unwrap().position
}
