//! Any `cqrs-es` repository reads our table.

use std::collections::HashMap;

use cqrs_es::{
    AggregateContext, AggregateError, CqrsFramework, EventEnvelope, EventStore, persist::PersistedEventStore,
};
use postgres_es::PostgresEventRepository;

use super::{
    Database,
    counter::{Count, Counted, Counter, TooMuch},
};
use crate::{BusOptions, CommandBus, CommandContext, Decoder, FrameworkStore};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_the_bus_are_read_back_through_postgres_es() {
    let database = Database::new().await;
    let bus = CommandBus::new(
        database.log().await,
        Decoder::default().into(),
        BusOptions::default(),
    );
    for by in [1, 2, 3] {
        bus.execute::<Counter>("c", Count::Raise { by }, CommandContext::default())
            .await
            .unwrap();
    }
    let repository = PostgresEventRepository::new(database.pool().await);
    let store = PersistedEventStore::<_, Counter>::new_event_store(repository);
    let mut context = store.load_aggregate("c").await.unwrap();
    assert_eq!(context.aggregate().value, 6);
    assert_eq!(context.current_sequence, 3);
    assert_eq!(store.load_events("c").await.unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_framework_of_cqrs_es_runs_on_our_log_unchanged() {
    let database = Database::new().await;
    let log = database.log().await;
    let framework = CqrsFramework::<Counter, _>::new(
        FrameworkStore::new(log.clone(), Decoder::default().into()),
        Vec::new(),
        (),
    );
    for by in [4, 5] {
        let metadata = [("actor".to_owned(), "alice".to_owned())].into();
        let raise: Result<(), AggregateError<TooMuch>> = framework
            .execute_with_metadata("c", Count::Raise { by }, metadata)
            .await;
        raise.unwrap();
    }
    let refused = framework.execute("c", Count::Raise { by: 2 }).await;
    assert!(matches!(refused, Err(AggregateError::UserError(TooMuch))));
    // Both ways of writing meet in the same log.
    let bus = CommandBus::new(log.clone(), Decoder::default().into(), BusOptions::default());
    bus.execute::<Counter>("c", Count::Raise { by: 1 }, CommandContext::default())
        .await
        .unwrap();
    let store = FrameworkStore::new(log, Decoder::default().into());
    let events: Vec<EventEnvelope<Counter>> = store.load_events("c").await.unwrap();
    assert_eq!(
        events.iter().map(|event| event.sequence).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert_eq!(events[0].metadata["actor"], "alice");
}

#[tokio::test]
async fn a_late_commit_of_the_framework_is_a_conflict() {
    let store = FrameworkStore::new(super::memory(), Decoder::default().into());
    let load = || async { EventStore::<Counter>::load_aggregate(&store, "c").await.unwrap() };
    let (first, second) = (load().await, load().await);
    let raised = || vec![Counted::Raised { by: 1 }];
    EventStore::<Counter>::commit(&store, raised(), first, HashMap::new())
        .await
        .unwrap();
    let late = EventStore::<Counter>::commit(&store, raised(), second, HashMap::new()).await;
    assert!(matches!(late, Err(AggregateError::AggregateConflict)));
}
