//! Any `cqrs-es` repository reads our table.

use cqrs_es::{AggregateContext, EventStore, persist::PersistedEventStore};
use postgres_es::PostgresEventRepository;

use super::{
    Database,
    counter::{Count, Counter},
};
use crate::{BusOptions, CommandBus, CommandContext, Decoder};

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
