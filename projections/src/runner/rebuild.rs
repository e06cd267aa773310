//! Building a generation beside the live one, and switching to it.

use std::time::{Duration, Instant};

use event_store::Position;
use tokio_util::sync::CancellationToken;

use super::{
    Context, ProjectionError,
    error::{OpenError, WorkError, WriteError},
    model::ReadModel,
    worker::{Stopped, Worker},
};
use crate::generation::{self, Generation};

/// How often the progress is told.
const TELL_INTERVAL: Duration = Duration::from_millis(200);

/// How long a switch may hold the live generation up before it is tried again later.
const SWITCH_LIMIT: Duration = Duration::from_secs(2);

/// How often the build says that it is being worked on.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// How far a rebuild is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RebuildProgress {
    /// The build.
    pub generation: i32,
    /// Every event up to here is in it.
    pub position: Position,
    /// The newest position of the log.
    pub head: Position,
    /// Positions per second since the beginning of this run.
    pub rate: f64,
    /// How long this run took so far.
    pub elapsed: Duration,
}

/// A rebuild that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// The read model.
    pub projection: &'static str,
    /// The generation that is live now.
    pub generation: i32,
    /// The position at which readers were switched to it.
    pub position: Position,
}

/// Rebuilds a read model from the command line.
pub(crate) async fn run(
    context: &Context,
    model: &std::sync::Arc<dyn ReadModel>,
    on_progress: impl FnMut(RebuildProgress) + Send,
) -> Result<Rebuilt, ProjectionError> {
    let name = model.registered().name;
    let mut worker = begin_worker(context, model.as_ref())
        .await?
        .ok_or(ProjectionError::Busy(name))?;
    let stop = CancellationToken::new();
    let ended = complete(context, model.as_ref(), &mut worker, &stop, on_progress).await;
    let (generation, position) = (worker.generation().number, worker.position());
    worker.end().await;
    match ended {
        Ok(Stopped::Asked) => Ok(Rebuilt {
            projection: name,
            generation,
            position,
        }),
        Ok(Stopped::Fenced) | Err(WorkError::Write(WriteError::Fenced)) => Err(ProjectionError::Gone(name)),
        Err(error) => Err(error.into()),
    }
}

/// A worker for the build in progress; one whose index was lost is given up for a new one.
async fn begin_worker<'context>(
    context: &'context Context,
    model: &'context dyn ReadModel,
) -> Result<Option<Worker<'context>>, WorkError> {
    let generation = begin(context, model).await?;
    let id = generation.id;
    match Worker::begin(context, model, generation).await {
        Err(WorkError::Open(OpenError::Lost(reason))) => {
            generation::mark_failed(&context.pool, id, &reason).await?;
            let generation = begin(context, model).await?;
            Worker::begin(context, model, generation).await
        }
        other => other,
    }
}

/// The build in progress, or a new one. A build of another version is given up for it.
pub(crate) async fn begin(context: &Context, model: &dyn ReadModel) -> Result<Generation, WorkError> {
    let about = model.registered();
    let place = model.place()?;
    let mut transaction = context.pool.begin().await?;
    let (mut generation, mut is_new) =
        generation::building(&mut transaction, about.name, &place, about.version).await?;
    if generation.schema_version != about.version {
        discard_in_tx(&mut transaction, model, &generation).await?;
        (generation, is_new) =
            generation::building(&mut transaction, about.name, &place, about.version).await?;
    }
    if is_new {
        model.create(&mut transaction, &generation).await?;
        tracing::info!(
            projection = about.name,
            generation = generation.number,
            "a generation is being built"
        );
    }
    transaction.commit().await?;
    Ok(generation)
}

/// Reads to the end of the log and switches readers over.
pub(crate) async fn complete(
    context: &Context,
    model: &dyn ReadModel,
    worker: &mut Worker<'_>,
    stop: &CancellationToken,
    mut on_progress: impl FnMut(RebuildProgress) + Send,
) -> Result<Stopped, WorkError> {
    let mut teller = Teller::new(worker);
    loop {
        if stop.is_cancelled() {
            worker.settle().await?;
            return Ok(Stopped::Asked);
        }
        let more = worker.catch_up_once().await?;
        teller.tell(worker, !more, &mut on_progress).await?;
        if more && worker.position() < worker.feed.head() {
            if teller.is_time_to_beat() && !generation::beat(&context.pool, worker.generation().id).await? {
                return Ok(Stopped::Fenced);
            }
            continue;
        }
        if worker.position() >= worker.feed.look_at_head().await? && switch(context, model, worker).await? {
            teller.tell(worker, true, &mut on_progress).await?;
            return Ok(Stopped::Asked);
        }
    }
}

/// Makes a build live, if it can reach what readers have seen while the live one stands still.
async fn switch(
    context: &Context,
    model: &dyn ReadModel,
    worker: &mut Worker<'_>,
) -> Result<bool, WorkError> {
    let about = model.registered();
    let place = model.place()?;
    worker.settle().await?;
    let switch = generation::begin_switch(&context.pool, about.name, &place, worker.generation().id).await?;
    let deadline = Instant::now() + SWITCH_LIMIT;
    while worker.position() < switch.live_position {
        if Instant::now() >= deadline {
            return Ok(false);
        }
        if !worker.catch_up_once().await? {
            worker.feed.look_at_head().await?;
        }
    }
    worker.settle().await?;
    if !switch.finish().await? {
        return Err(WriteError::Fenced.into());
    }
    tracing::info!(
        projection = about.name,
        generation = worker.generation().number,
        position = worker.position(),
        "readers use a new generation"
    );
    // The readers of this process look at once; those of others within their cache's time.
    context
        .progress
        .switch_to(about.name, &worker.generation().schema_name);
    drop_outdated(context, model, &place).await;
    Ok(true)
}

/// Drops what nobody needs any more. Failing to do so harms nobody: the next switch tries again.
async fn drop_outdated(context: &Context, model: &dyn ReadModel, place: &str) {
    let about = model.registered();
    let dropped = async {
        for generation in generation::outdated(&context.pool, about.name, place).await? {
            let mut transaction = context.pool.begin().await?;
            discard_in_tx(&mut transaction, model, &generation).await?;
            transaction.commit().await?;
        }
        Ok::<_, sqlx::Error>(())
    };
    if let Err(error) = dropped.await {
        tracing::warn!(%error, projection = about.name, "an old generation could not be dropped");
    }
}

async fn discard_in_tx(
    connection: &mut sqlx::PgConnection,
    model: &dyn ReadModel,
    generation: &Generation,
) -> Result<(), sqlx::Error> {
    if generation::discard_row(connection, generation.id).await? {
        model.discard(connection, generation).await?;
    }
    Ok(())
}

/// Tells the progress now and then.
struct Teller {
    began: Instant,
    told: Option<Instant>,
    beat: Instant,
    from: Position,
}

impl Teller {
    fn new(worker: &Worker<'_>) -> Self {
        let now = Instant::now();
        Self {
            began: now,
            told: None,
            beat: now,
            from: worker.position(),
        }
    }

    async fn tell(
        &mut self,
        worker: &mut Worker<'_>,
        at_once: bool,
        on_progress: &mut (impl FnMut(RebuildProgress) + Send),
    ) -> Result<(), WorkError> {
        if !at_once && self.told.is_some_and(|told| told.elapsed() < TELL_INTERVAL) {
            return Ok(());
        }
        self.told = Some(Instant::now());
        let head = worker.feed.look_at_head().await?;
        let elapsed = self.began.elapsed();
        let done = worker.position().saturating_sub(self.from);
        on_progress(RebuildProgress {
            generation: worker.generation().number,
            position: worker.position(),
            head,
            rate: per_second(done, elapsed),
            elapsed,
        });
        Ok(())
    }

    /// Whether the worker should say again that it lives.
    fn is_time_to_beat(&mut self) -> bool {
        let is_time = self.beat.elapsed() >= HEARTBEAT;
        if is_time {
            self.beat = Instant::now();
        }
        is_time
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate is read by people")]
fn per_second(count: i64, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64().max(0.001)
}
