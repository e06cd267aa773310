//! The life of a worker: find out which generation to feed, feed it, start over after any trouble.

use std::{
    ops::ControlFlow,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use super::{
    Context, ProjectionError,
    backoff::Backoff,
    build::{self, Goal, Order},
    error::{OpenError, WorkError, WriteError, reason},
    model::ReadModel,
    worker::{Stopped, Worker},
    workshop::Priority,
};
use crate::{
    decision,
    generation::{self, Generation, GenerationState},
};

/// How often a process that has nothing to do looks whether it may take over.
const TAKE_OVER_POLL: Duration = Duration::from_millis(500);

/// An index that is found damaged twice within this time is rebuilt. The first time it is only opened
/// again, which removes what a killed process left behind.
const DAMAGED_AGAIN: Duration = Duration::from_secs(60);

/// Works a read model until it is asked to stop.
pub(crate) async fn run(context: Arc<Context>, model: Arc<dyn ReadModel>, stop: CancellationToken) {
    let name = model.registered().name;
    let mut backoff = Backoff::new();
    let mut told = String::new();
    let mut damage = None;
    while !stop.is_cancelled() {
        let wait = match work(&context, &model, &stop).await {
            Ok(Some(_stopped)) => {
                backoff.reset();
                continue;
            }
            Ok(None) => TAKE_OVER_POLL,
            Err(trouble) => {
                context.progress.publish(name, None);
                trouble.report(&context, name, &mut told).await;
                trouble.give_up_damaged(&context, name, &mut damage).await;
                backoff.fail()
            }
        };
        if stop
            .run_until_cancelled(wait_or_decision(&context, name, wait))
            .await
            == Some(Woken::Decision)
        {
            backoff.reset();
        }
    }
}

/// Why a worker that stood still goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Woken {
    Time,
    Decision,
}

/// Waits for a time, or until an operator decides something about the read model.
async fn wait_or_decision(context: &Context, name: &str, wait: Duration) -> Woken {
    // Without the database there are no decisions either.
    let newest = async || decision::newest(&context.pool, name).await.unwrap_or_default();
    let (before, deadline) = (newest().await, Instant::now() + wait);
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        tokio::time::sleep(left.min(TAKE_OVER_POLL)).await;
        if left <= TAKE_OVER_POLL {
            return Woken::Time;
        }
        if newest().await > before {
            return Woken::Decision;
        }
    }
}

/// A worker's trouble, and the generation that it had it with.
struct Trouble {
    generation: Option<i64>,
    error: Cause,
}

/// What went wrong, before there was anything to work on or while it was worked on.
enum Cause {
    Before(ProjectionError),
    During(WorkError),
}

/// Feeds the generation that is to be fed. Nothing means that there is nothing to do here now.
async fn work(
    context: &Context,
    model: &Arc<dyn ReadModel>,
    stop: &CancellationToken,
) -> Result<Option<Stopped>, Trouble> {
    let early = |error: ProjectionError| Trouble {
        generation: None,
        error: Cause::Before(error),
    };
    let Some(generation) = assignment(context, model.as_ref()).await.map_err(early)? else {
        return Ok(None);
    };
    let id = generation.id;
    let late = |error: WorkError| Trouble {
        generation: Some(id),
        error: Cause::During(error),
    };
    if generation.state == GenerationState::Live {
        return feed(context, model.as_ref(), generation, stop)
            .await
            .map_err(late);
    }
    // While others have their turn another process may build it, and be gone again: so look again.
    let Ok(turn) = tokio::time::timeout(TAKE_OVER_POLL, context.turn()).await else {
        return Ok(None);
    };
    let building = {
        let (model, stop) = (Arc::clone(model), stop.clone());
        move |context: Arc<Context>| async move { feed(&context, model.as_ref(), generation, &stop).await }
    };
    let turn = turn.map_err(early)?;
    let priority = Priority::of(context, model.as_ref()).await.map_err(early)?;
    let built = context.apart(turn, priority, model.registered(), building).await;
    built.map_err(early)?.map_err(late)
}

/// Follows the log into a live generation, or builds one that is not, until something else is to be done.
async fn feed(
    context: &Context,
    model: &dyn ReadModel,
    generation: Generation,
    stop: &CancellationToken,
) -> Result<Option<Stopped>, WorkError> {
    let was_live = generation.state == GenerationState::Live;
    let mut worker = match begin(context, model, generation).await? {
        ControlFlow::Continue(worker) => worker,
        ControlFlow::Break(stopped) => return Ok(stopped),
    };
    let is_live = worker.generation().state == GenerationState::Live;
    let ended = match (was_live, is_live) {
        (true, _) => worker.follow(stop).await,
        // Somebody else was quicker. It is not for the threads of a build to follow what is live.
        (false, true) => Ok(Stopped::Done),
        (false, false) => {
            let order = Order {
                goal: Goal::Live,
                by_hand: false,
                stop: stop.clone(),
            };
            build::complete(context, model, &mut worker, &order, |_| {}).await
        }
    };
    worker.end().await;
    ended.map(Some)
}

/// A worker, unless somebody else works the generation. One whose index was lost is given up: the next
/// assignment is a new one.
async fn begin<'context>(
    context: &'context Context,
    model: &'context dyn ReadModel,
    generation: Generation,
) -> Result<ControlFlow<Option<Stopped>, Worker<'context>>, WorkError> {
    let id = generation.id;
    match Worker::begin(context, model, generation).await {
        Err(WorkError::Open(OpenError::Lost(reason))) => {
            tracing::warn!(
                projection = model.registered().name,
                reason,
                "the index is lost and is built anew"
            );
            generation::mark_failed(&context.pool, id, &reason).await?;
            Ok(ControlFlow::Break(Some(Stopped::Fenced)))
        }
        begun => Ok(begun?.map_or(ControlFlow::Break(None), ControlFlow::Continue)),
    }
}

/// The generation that this version has to feed: the live one, or if that is of an older version (or
/// there is none) a new one. One that somebody else rebuilds by hand is left to them.
async fn assignment(context: &Context, model: &dyn ReadModel) -> Result<Option<Generation>, ProjectionError> {
    let about = model.registered();
    if decision::is_paused(&context.pool, about.name).await? {
        return Ok(None);
    }
    let place = model.place().await?;
    match generation::find_live(&context.pool, about.name, &place).await? {
        Some(live) if live.schema_version == about.version && model.is_current(&live).await => Ok(Some(live)),
        // A newer version of the shop was deployed beside this one.
        Some(live) if live.schema_version > about.version => Ok(None),
        _ => build::begin(context, model, Goal::Live).await.map(Some),
    }
}

impl Trouble {
    /// Gives an index up that was damaged, was put in order by opening it again, and is found damaged soon after.
    async fn give_up_damaged(
        &self,
        context: &Context,
        projection: &str,
        before: &mut Option<(i64, Instant)>,
    ) {
        let (Some(id), Cause::During(error)) = (self.generation, &self.error) else {
            return;
        };
        if !error.is_damage() {
            return;
        }
        let again = before.is_some_and(|(damaged, at)| damaged == id && at.elapsed() < DAMAGED_AGAIN);
        *before = (!again).then(|| (id, Instant::now()));
        if !again {
            return;
        }
        let reason = reason(error);
        tracing::warn!(projection, reason, "the index cannot be repaired; rebuilding");
        if let Err(error) = generation::mark_failed(&context.pool, id, &reason).await {
            tracing::debug!(%error, projection, "the index could not be given up yet");
        }
    }

    /// Makes the trouble visible: in the log once, in the table as long as it lasts.
    async fn report(&self, context: &Context, projection: &str, told: &mut String) {
        let (reason, position) = match &self.error {
            Cause::During(WorkError::Write(WriteError::Fenced)) => return,
            Cause::During(error) => (reason(error), error.position()),
            Cause::Before(error) => (reason(error), None),
        };
        if *told != reason {
            tracing::error!(
                projection,
                position,
                reason,
                "a projection stands still and tries again"
            );
            told.clone_from(&reason);
        }
        let Some(id) = self.generation else { return };
        let recorded = generation::record_error(&context.pool, id, &reason, position).await;
        if let Err(error) = recorded {
            tracing::debug!(%error, projection, "the reason could not be stored");
        }
    }
}
