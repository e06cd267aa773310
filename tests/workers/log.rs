//! A process that writes to a log or follows it, until its input ends or it is killed.
//!
//! ```text
//! log-worker write  DATABASE_URL JOURNAL NAME
//! log-worker follow DATABASE_URL JOURNAL [AGGREGATE_ID]
//! ```

use std::{io::Read as _, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result, bail};
use event_store::{
    BusOptions, CommandBus, CommandContext, CommandKey, Decoder, Filter, Log, PostgresLog,
    PostgresLogOptions, RecordedEvent, Subscription,
};
use platform::pool::{DatabaseRole, PoolSettings};
use tests::soak::{Acknowledged, CommandName, Journal, LANES, Seen, Tallied, Tally, Tick};
use tokio::{sync::Mutex, task::JoinSet};
use tokio_util::sync::CancellationToken;

/// How long to leave a database alone that just said no.
const PAUSE: Duration = Duration::from_millis(20);

/// How many events a reader takes at once.
const PAGE: usize = 500;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |name| arguments.next().with_context(|| format!("{name} is missing"));
    let (task, url, journal) = (
        next("the task")?,
        next("the database")?,
        PathBuf::from(next("the journal")?),
    );
    let stop = input_ended();
    let Some(log) = stop.run_until_cancelled(open(&url)).await else {
        return Ok(());
    };
    match task.as_str() {
        "write" => write(log, next("the name")?, journal, stop).await,
        "follow" => follow(log, next("the aggregate").ok(), journal, stop).await,
        other => bail!("{other:?} is no task"),
    }
}

/// Whoever started this process holds the other end of its input. When that closes, be it by the end of
/// the whole test, the work is over.
fn input_ended() -> CancellationToken {
    let ended = CancellationToken::new();
    let token = ended.clone();
    std::thread::spawn(move || {
        // An error is an end, too.
        drop(std::io::stdin().read_to_end(&mut Vec::new()));
        token.cancel();
    });
    ended
}

/// Opens the log, as often as it takes.
async fn open(url: &str) -> Log {
    loop {
        match try_open(url).await {
            Ok(log) => return log,
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

async fn try_open(url: &str) -> Result<Log> {
    let settings = PoolSettings::new(DatabaseRole::Writer, "log worker", 4);
    let pool = platform::pool::connect(url.parse()?, &settings).await?;
    Ok(Arc::new(
        PostgresLog::open(pool, PostgresLogOptions::default()).await?,
    ))
}

/// Sends commands, each again and again under its key until it is acknowledged.
async fn write(log: Log, writer: String, journal: PathBuf, stop: CancellationToken) -> Result<()> {
    let (journal, acknowledged) = Journal::<Acknowledged>::open(&journal)?;
    let journal = Arc::new(Mutex::new(journal));
    let bus = Arc::new(CommandBus::new(
        log,
        Arc::new(Decoder::default()),
        BusOptions::default(),
    ));
    let mut lanes = JoinSet::new();
    for lane in 0..LANES {
        let done = acknowledged.iter().filter(|command| command.lane == lane);
        let name = CommandName {
            writer: writer.clone(),
            lane,
            number: done.map(|command| command.number).max().unwrap_or_default(),
        };
        lanes.spawn(send(bus.clone(), name, journal.clone(), stop.clone()));
    }
    while let Some(lane) = lanes.join_next().await {
        lane??;
    }
    Ok(())
}

async fn send(
    bus: Arc<CommandBus>,
    mut name: CommandName,
    journal: Arc<Mutex<Journal<Acknowledged>>>,
    stop: CancellationToken,
) -> Result<()> {
    // What is under way is finished: a command that nobody would ever ask about again proves nothing.
    while !stop.is_cancelled() {
        name.number += 1;
        let command = name.to_string();
        let context = CommandContext {
            keys: vec![CommandKey {
                key: format!("soak:{command}"),
                fingerprint: command.clone().into_bytes(),
            }],
            ..CommandContext::default()
        };
        let tick = Tick {
            command,
            events: name.events(),
        };
        let aggregate_id = name.aggregate_id();
        let answer = loop {
            let sent = bus.execute::<Tally>(&aggregate_id, tick.clone(), context.clone());
            match sent.await {
                Ok(answer) => break answer,
                Err(error) if error.is_transient() => tokio::time::sleep(PAUSE).await,
                Err(error) => return Err(error.into()),
            }
        };
        let line = Acknowledged {
            lane: name.lane,
            number: name.number,
            sequence: answer.sequence,
            position: answer.position,
            replayed: answer.replayed,
        };
        journal.lock().await.add([&line])?;
    }
    Ok(())
}

/// Notes every event that it is handed, and goes on where its journal ends.
async fn follow(
    log: Log,
    aggregate_id: Option<String>,
    journal: PathBuf,
    stop: CancellationToken,
) -> Result<()> {
    let (mut journal, seen) = Journal::<Seen>::open(&journal)?;
    let after = seen.last().map_or(0, |seen| seen.position);
    let filter = Filter {
        aggregate_id,
        ..Filter::default()
    };
    let mut subscription = Subscription::new(log.clone(), after, filter.clone());
    loop {
        let page = tokio::select! {
            page = subscription.next_page(PAGE) => page,
            () = stop.cancelled() => match log.read(subscription.position(), 1, &filter).await {
                Ok(rest) if rest.is_empty() => return Ok(()),
                Ok(_) => subscription.next_page(PAGE).await,
                Err(error) => Err(error),
            },
        };
        match page {
            Ok(page) => journal.add(&page.iter().map(seen_of).collect::<Result<Vec<_>>>()?)?,
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

fn seen_of(event: &RecordedEvent) -> Result<Seen> {
    let tallied: Tallied = serde_json::from_str(&event.payload)?;
    Ok(Seen {
        position: event.position,
        aggregate_id: event.aggregate_id.clone(),
        sequence: event.sequence,
        command: format!("{}:{}", tallied.command, tallied.part),
    })
}
