//! Building a generation beside the live one: reading, indexing, catching up.

use std::{
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use event_store::Position;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{
    Context, ProjectionError,
    error::{OpenError, WorkError, WriteError},
    model::ReadModel,
    switch,
    worker::{Stopped, Worker, per_second},
    workshop::Priority,
};
use crate::{
    generation::{self, Generation},
    transaction::Transaction,
};

/// How often the progress is told.
const TELL_INTERVAL: Duration = Duration::from_millis(200);

/// How often the build says that it is being worked on.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// A build that was no more than this behind the end of the log is near enough. Reaching the end itself is a
/// matter of luck while others write: somebody always does in a busy shop.
const NEAR: Duration = Duration::from_millis(500);

/// How far a rebuild is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RebuildProgress {
    /// The build.
    pub generation: i32,
    /// Every event up to here is in it.
    pub position: Position,
    /// The newest position of the log, or the last one that is wanted.
    pub head: Position,
    /// Positions per second since the beginning of this run.
    pub rate: f64,
    /// How long this run took so far.
    pub elapsed: Duration,
}

/// A build that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// The read model.
    pub projection: &'static str,
    /// The generation that was built.
    pub generation: i32,
    /// The position that it has reached; of one that is live now, where readers were switched to it.
    pub position: Position,
}

/// What a build is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal {
    /// Readers are switched to it.
    Live,
    /// It waits until an operator has compared it.
    Ready,
    /// It shows the past up to a position.
    Past(Position),
}

/// Builds a read model because an operator wants so.
pub(crate) async fn run(
    context: &Context,
    model: &Arc<dyn ReadModel>,
    goal: Goal,
    mut on_progress: impl FnMut(RebuildProgress) + Send,
) -> Result<Rebuilt, ProjectionError> {
    // Whoever listens is slower at times; then only the newest counts.
    let (teller, mut news) = watch::channel(None);
    let work = {
        let model = Arc::clone(model);
        let tell = move |progress| {
            teller.send_replace(Some(progress));
        };
        move |context: Arc<Context>| async move { build(&context, &*model, goal, tell).await }
    };
    let turn = context.turn().await?;
    let priority = Priority::of(context, &**model).await?;
    let mut building = pin!(context.apart(turn, priority, model.registered(), work));
    let mut told = None;
    let built = loop {
        tokio::select! {
            built = &mut building => break built,
            Ok(()) = news.changed() => {}
        }
        told = pass_on(&mut news, told, &mut on_progress);
    };
    pass_on(&mut news, told, &mut on_progress);
    built?
}

/// Tells the newest progress, unless it was told before.
fn pass_on(
    news: &mut watch::Receiver<Option<RebuildProgress>>,
    told: Option<RebuildProgress>,
    on_progress: &mut impl FnMut(RebuildProgress),
) -> Option<RebuildProgress> {
    let newest = *news.borrow_and_update();
    if let Some(progress) = newest.filter(|_| newest != told) {
        on_progress(progress);
    }
    newest
}

async fn build(
    context: &Context,
    model: &dyn ReadModel,
    goal: Goal,
    on_progress: impl FnMut(RebuildProgress) + Send,
) -> Result<Rebuilt, ProjectionError> {
    let name = model.registered().name;
    let begun = begin_worker(context, model, goal).await;
    let begun = begun.map_err(|error| match error {
        // Whoever was killed in the middle of a statement holds its locks until the server has noticed.
        ProjectionError::Database(error) if is_lock_timeout(&error) => ProjectionError::Busy(name),
        other => other,
    });
    let mut worker = begun?.ok_or(ProjectionError::Busy(name))?;
    let order = Order {
        goal,
        by_hand: true,
        stop: CancellationToken::new(),
    };
    let ended = complete(context, model, &mut worker, &order, on_progress).await;
    let (generation, position) = (worker.generation().number, worker.position());
    worker.end().await;
    match ended {
        Ok(Stopped::Fenced) | Err(WorkError::Write(WriteError::Fenced)) => Err(ProjectionError::Gone(name)),
        Ok(_done) => Ok(Rebuilt {
            projection: name,
            generation,
            position,
        }),
        Err(WorkError::Database(error) | WorkError::Write(WriteError::Database(error)))
            if is_lock_timeout(&error) =>
        {
            Err(ProjectionError::Busy(name))
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether a statement waited for somebody else's lock until the server gave it up.
fn is_lock_timeout(error: &sqlx::Error) -> bool {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code == "55P03")
}

/// A worker for the build in progress; one whose index was lost is given up for a new one.
async fn begin_worker<'context>(
    context: &'context Context,
    model: &'context dyn ReadModel,
    goal: Goal,
) -> Result<Option<Worker<'context>>, ProjectionError> {
    let generation = begin(context, model, goal).await?;
    let id = generation.id;
    match Worker::begin(context, model, generation).await {
        Err(WorkError::Open(OpenError::Lost(reason))) => {
            generation::mark_failed(&context.pool, id, &reason).await?;
            let generation = begin(context, model, goal).await?;
            Ok(Worker::begin(context, model, generation).await?)
        }
        other => Ok(other?),
    }
}

/// The build in progress, or a new one. A build of another version is given up for it.
pub(crate) async fn begin(
    context: &Context,
    model: &dyn ReadModel,
    goal: Goal,
) -> Result<Generation, ProjectionError> {
    let about = model.registered();
    let place = model.place().await?;
    let mut transaction = Transaction::begin(&context.pool).await?;
    let (generation, is_new) = if let Goal::Past(up_to) = goal {
        generation::of_the_past(&mut transaction, about.name, &place, about.version, up_to)
            .await?
            .ok_or(ProjectionError::TooManyOfThePast(about.name))?
    } else {
        let (begun, is_new) =
            generation::building(&mut transaction, about.name, &place, about.version).await?;
        if begun.schema_version == about.version && model.is_current(&begun).await {
            (begun, is_new)
        } else {
            switch::discard_in_tx(&mut transaction, model, &begun).await?;
            generation::building(&mut transaction, about.name, &place, about.version).await?
        }
    };
    if is_new {
        model.create(&mut transaction, &generation).await?;
        tracing::info!(
            projection = about.name,
            generation = generation.number,
            "a generation is being built"
        );
    }
    transaction.commit().await?;
    if is_new {
        switch::sweep(context, model).await;
    }
    Ok(generation)
}

/// What is asked of a build.
pub(crate) struct Order {
    pub(crate) goal: Goal,
    /// An operator builds it: then a pause, which is for the workers, does not concern it.
    pub(crate) by_hand: bool,
    pub(crate) stop: CancellationToken,
}

/// Reads to the end, makes the indexes, catches up, and switches readers over if that is the goal.
pub(crate) async fn complete(
    context: &Context,
    model: &dyn ReadModel,
    worker: &mut Worker<'_>,
    order: &Order,
    mut on_progress: impl FnMut(RebuildProgress) + Send,
) -> Result<Stopped, WorkError> {
    let mut teller = Teller::new(worker);
    let mut laps = Laps::begin(worker).await?;
    loop {
        if order.stop.is_cancelled() {
            worker.settle().await?;
            return Ok(Stopped::Asked);
        }
        if teller.is_time_to_beat() {
            match worker.beat().await? {
                Some(Stopped::Paused) if order.by_hand => {}
                Some(stopped) => return Ok(stopped),
                None => {}
            }
        }
        let more = worker.catch_up_once().await?;
        teller.tell(worker, !more, &mut on_progress).await?;
        if worker.position() < laps.end {
            continue;
        }
        let is_near = laps.end_one(worker).await?;
        if !(is_near || worker.position() >= laps.end) || !worker.settle().await? {
            continue;
        }
        if !worker.generation().indexed {
            // Meanwhile the log went on: read the rest in the live manner.
            worker.index().await?;
            laps = Laps::begin(worker).await?;
            continue;
        }
        if !generation::mark_ready(&context.pool, worker.generation().id).await? {
            return Ok(Stopped::Fenced);
        }
        if order.goal != Goal::Live || switch::switch(context, model, worker).await? {
            teller.tell(worker, true, &mut on_progress).await?;
            return Ok(Stopped::Done);
        }
        // The live one stood still meanwhile, and is not asked to again before this one has come nearer.
        laps = Laps::begin(worker).await?;
    }
}

/// How many passes in a row, none shorter than the pass before, show that a build no longer catches up. A single one may
/// have been delayed by something else.
const NO_SHORTER: usize = 2;

/// Passes: each from where the build is to where the log ended when the pass began.
struct Laps {
    began: Instant,
    end: Position,
    /// How long the last one took.
    last: Duration,
    no_shorter: usize,
}

impl Laps {
    async fn begin(worker: &mut Worker<'_>) -> Result<Self, WorkError> {
        let began = Instant::now();
        let end = worker.feed().look_at_head().await?;
        Ok(Self {
            began,
            end,
            last: Duration::MAX,
            no_shorter: 0,
        })
    }

    /// Ends a pass and begins the next one. Says whether the build is as near as it gets.
    async fn end_one(&mut self, worker: &mut Worker<'_>) -> Result<bool, WorkError> {
        let took = self.began.elapsed();
        self.no_shorter = if took < self.last { 0 } else { self.no_shorter + 1 };
        self.last = took;
        self.began = Instant::now();
        self.end = worker.feed().look_at_head().await?;
        Ok(took <= NEAR || self.no_shorter >= NO_SHORTER)
    }
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
        let head = worker.feed().look_at_head().await?;
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
