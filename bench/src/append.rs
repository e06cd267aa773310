//! Commands per second, by number of callers.
//!
//! Each command is for an aggregate of its own, so nothing has to be loaded, and writes two events. The
//! peers are `postgres-es` under a `CqrsFramework` and `disintegrate-postgres`, with the same pool. The floor is one multi-row INSERT of
//! the same rows for each 256 commands, by one connection: what the server and the disk allow when
//! nothing is checked and nobody is told.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use cqrs_es::{CqrsFramework, DomainEvent};
use event_store::{BusOptions, CommandBus, CommandContext, Decoder};
use futures::future::try_join_all;
use platform::pool::DatabaseRole;
use uuid::Uuid;

use crate::{
    Size, disintegrate_peer,
    parcel::{Parcel, ParcelEvent, Send},
    report::{Latency, Measure, Report, rate},
    server::{Database, Server},
};

const CALLERS: [usize; 4] = [1, 8, 32, 256];

/// How many commands the floor writes with one statement.
const FLOOR_COMMANDS: usize = 256;

pub(crate) async fn measure(server: &Server, size: Size, report: &mut Report) -> Result<()> {
    let time = match size {
        Size::Small => Duration::from_secs(3),
        Size::Full => Duration::from_secs(15),
    };
    let floor = floor(&server.database().await?, time).await?;
    for callers in CALLERS {
        let (ours, latency) = ours(&server.database().await?, callers, time).await?;
        let peer = postgres_es(&server.database().await?, callers, time).await?;
        let disintegrate = disintegrate_peer::measure(server, callers, time).await?;
        let mut measure = Measure::new(format!("append_{callers}_callers"), "commands/s", ours)
            .floor(floor)
            .peer("postgres-es", peer)
            .latency(&latency)
            .resident();
        if let Some(disintegrate) = disintegrate {
            measure = measure.peer("disintegrate-postgres", disintegrate);
        }
        report.add(measure)?;
    }
    Ok(())
}

pub(crate) async fn ours(database: &Database, callers: usize, time: Duration) -> Result<(f64, Latency)> {
    let bus = Arc::new(CommandBus::new(
        database.log().await?,
        Arc::new(Decoder::default()),
        BusOptions::default(),
    ));
    run(callers, time, move || {
        let bus = bus.clone();
        async move {
            let id = Uuid::now_v7().to_string();
            // As the shop does for an order, whose identifier it has just made.
            let context = CommandContext {
                assume_new: true,
                ..CommandContext::default()
            };
            bus.execute::<Parcel>(&id, Send, context).await?;
            Ok(())
        }
    })
    .await
}

async fn postgres_es(database: &Database, callers: usize, time: Duration) -> Result<f64> {
    // The peer knows neither positions nor times, so it gets the table that it brings along.
    let pool = database.pool(DatabaseRole::Owner).await?;
    let table = "CREATE TABLE peer_events (aggregate_type text NOT NULL, aggregate_id text NOT NULL, sequence bigint \
                 CHECK (sequence >= 0) NOT NULL, event_type text NOT NULL, event_version text NOT NULL, payload json \
                 NOT NULL, metadata json NOT NULL, PRIMARY KEY (aggregate_type, aggregate_id, sequence))";
    sqlx::query(table).execute(&pool).await?;
    let repository =
        postgres_es::PostgresEventRepository::new(pool).with_tables("peer_events", "peer_snapshots");
    let store = cqrs_es::persist::PersistedEventStore::<_, Parcel>::new_event_store(repository);
    let framework = Arc::new(CqrsFramework::new(store, Vec::new(), ()));
    let (rate, _) = run(callers, time, move || {
        let framework = framework.clone();
        async move { Ok(framework.execute(&Uuid::now_v7().to_string(), Send).await?) }
    })
    .await?;
    Ok(rate)
}

async fn floor(database: &Database, time: Duration) -> Result<f64> {
    let pool = database.pool(DatabaseRole::Owner).await?;
    sqlx::query("CREATE TABLE floor_events (LIKE events INCLUDING ALL)")
        .execute(&pool)
        .await?;
    let insert = "INSERT INTO floor_events SELECT 'parcel', id, sequence, type, '1', payload::json, '{}', position, now() \
                  FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[]) \
                  AS e (id, sequence, type, payload, position)";
    let mut connection = pool.acquire().await?;
    let (start, mut commands, mut position) = (Instant::now(), 0, 0_i64);
    while start.elapsed() < time {
        let (mut ids, mut sequences, mut types) = (Vec::new(), Vec::new(), Vec::new());
        let (mut payloads, mut positions) = (Vec::new(), Vec::new());
        for _ in 0..FLOOR_COMMANDS {
            let id = Uuid::now_v7().to_string();
            for (sequence, event) in (1_i64..).zip(ParcelEvent::of_one_command()) {
                position += 1;
                ids.push(id.clone());
                sequences.push(sequence);
                types.push(event.event_type());
                payloads.push(serde_json::to_string(&event)?);
                positions.push(position);
            }
        }
        let query = sqlx::query(insert)
            .bind(&ids)
            .bind(&sequences)
            .bind(&types)
            .bind(&payloads);
        query.bind(&positions).execute(&mut *connection).await?;
        commands += FLOOR_COMMANDS;
    }
    Ok(rate(commands, start.elapsed()))
}

/// Callers that each send the next command when the last one is answered.
pub(crate) async fn run<F, C>(callers: usize, time: Duration, command: C) -> Result<(f64, Latency)>
where
    C: Fn() -> F + Clone + std::marker::Send + 'static,
    F: Future<Output = Result<()>> + std::marker::Send + 'static,
{
    let start = Instant::now();
    let caller = |_| {
        let command = command.clone();
        tokio::spawn(async move {
            let (mut latency, mut count) = (Latency::new()?, 0);
            while start.elapsed() < time {
                let sent = Instant::now();
                command().await?;
                latency.record(sent.elapsed());
                count += 1;
            }
            anyhow::Ok((latency, count))
        })
    };
    let (mut latency, mut count) = (Latency::new()?, 0);
    for outcome in try_join_all((0..callers).map(caller)).await? {
        let (one, commands) = outcome?;
        latency.merge(&one)?;
        count += commands;
    }
    Ok((rate(count, start.elapsed()), latency))
}
