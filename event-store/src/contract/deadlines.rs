//! A caller learns the outcome of its write before it stops waiting.

use std::{sync::Arc, time::Duration};

use futures::join;
use sqlx::Connection;

use super::{
    Database, append,
    counter::{Count, Counter},
    hold_the_head,
};
use crate::{
    AppendError, BusError, BusOptions, CommandBus, CommandContext, Decoder, Log, PostgresLog,
    PostgresLogOptions, limits::LOCK_LIMIT,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_waits_for_the_head_as_long_as_the_limits_say() {
    let database = Database::new().await;
    let settings: Vec<String> =
        sqlx::query_scalar("SELECT unnest(proconfig) FROM pg_proc WHERE proname = 'append_events'")
            .fetch_all(&database.pool().await)
            .await
            .unwrap();
    let expected = format!("lock_timeout={}s", LOCK_LIMIT.as_secs());
    assert!(settings.contains(&expected), "{settings:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_could_not_end_in_time_is_not_begun() {
    const WRITE_LIMIT: Duration = Duration::from_secs(1);
    let database = Database::new().await;
    let options = PostgresLogOptions {
        write_limit: WRITE_LIMIT,
        batch_commands: 1,
        ..PostgresLogOptions::default()
    };
    let log: Log = Arc::new(PostgresLog::open(database.pool().await, options).await.unwrap());
    let options = BusOptions {
        // The write of another command is under way for the whole limit; then too little is left.
        deadline: WRITE_LIMIT + WRITE_LIMIT / 2,
        ..BusOptions::default()
    };
    let bus = CommandBus::new(log.clone(), Arc::new(Decoder::default()), options);
    let holder = hold_the_head(&database).await;
    let first = async {
        let slot = log.reserve().await.unwrap();
        slot.submit(append("first", 0, 1)).await
    };
    let command = Count::Raise { by: 1 };
    let context = CommandContext::default().on_new_aggregate();
    let (first, second) = join!(first, bus.execute::<Counter>("c", command.clone(), context));
    assert!(matches!(first, Err(AppendError::Unavailable(_))), "{first:?}");
    // "Nothing was written" and not "unknown".
    assert!(matches!(second, Err(BusError::Overloaded)), "{second:?}");
    holder.close().await.unwrap();
    let answer = bus
        .execute::<Counter>("c", command, CommandContext::default())
        .await;
    assert_eq!(answer.unwrap().sequence, 1);
}
