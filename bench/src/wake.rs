//! From the answer of an append to whoever waits for the event, within a process and across two.

use std::time::{Duration, Instant};

use anyhow::Result;
use event_store::{Append, Filter, Log, NewEvent, StreamId, Subscription};
use uuid::Uuid;

use crate::{
    report::{Latency, Measure, Report, rate},
    server::Server,
};

const ROUNDS: usize = 500;

pub(crate) async fn measure(server: &Server, report: &mut Report) -> Result<()> {
    let database = server.database().await?;
    let (writer, other) = (database.log().await?, database.log().await?);
    for (name, reader) in [
        ("wake_in_process", writer.clone()),
        ("wake_across_processes", other),
    ] {
        let (took, latency) = rounds(&writer, reader).await?;
        report.add(Measure::new(name, "wake-ups/s", rate(ROUNDS, took)).latency(&latency))?;
    }
    Ok(())
}

/// The other process is another log with connections of its own: it learns of the event from
/// PostgreSQL alone.
async fn rounds(writer: &Log, reader: Log) -> Result<(Duration, Latency)> {
    let head = reader.head().await?;
    let mut subscription = Subscription::new(reader, head, Filter::default());
    let (seen, mut wakes) = tokio::sync::mpsc::unbounded_channel();
    let follower = tokio::spawn(async move {
        for _ in 0..ROUNDS {
            let page = subscription.next_page(1).await?;
            // Whoever measures has gone: so may the follower.
            if seen.send((page.len(), Instant::now())).is_err() {
                break;
            }
        }
        anyhow::Ok(())
    });
    let (start, mut latency) = (Instant::now(), Latency::new()?);
    for _ in 0..ROUNDS {
        writer.append(one_event()).await?;
        let committed = Instant::now();
        if let Some((_, woken)) = wakes.recv().await {
            latency.record(woken.saturating_duration_since(committed));
        }
    }
    follower.await??;
    Ok((start.elapsed(), latency))
}

fn one_event() -> Append {
    let event = NewEvent {
        event_type: "Packed".to_owned(),
        event_version: "1".to_owned(),
        payload: r#"{"Packed":{"note":"","weight_g":1}}"#.to_owned(),
    };
    Append {
        stream: StreamId::new("parcel", Uuid::now_v7().to_string()),
        expected: 0,
        events: vec![event],
        metadata: "{}".to_owned(),
        keys: Vec::new(),
        claims: Vec::new(),
    }
}
