//! Bringing a build that waits beside the live generation to exactly where that is.
//!
//! A comparison of two positions would show what was sold between them, and call it a difference. So the
//! build never reads past the live one here, and the live one stands still for the moment in which both are
//! looked at.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use event_store::Position;

use super::{
    Context, ProjectionError, Projections,
    error::WorkError,
    model::ReadModel,
    operate::{FORMER_WORKER_LIMIT, FORMER_WORKER_POLL},
    switch::SWITCH_LIMIT,
    worker::Worker,
    workshop::Priority,
};
use crate::{
    decision,
    generation::{self, Generation},
};

/// How long two generations may take to be at one position. It is far more than a live one needs that is
/// being fed.
const ALIGN_LIMIT: Duration = Duration::from_secs(30);

/// How often the live generation is looked at while the build waits for it.
const LIVE_POLL: Duration = Duration::from_millis(50);

/// A live generation and a build beside it, at two positions.
pub(crate) struct Apart {
    pub(crate) live: Generation,
    pub(crate) waiting: Generation,
}

/// Both at one position, and neither moves until they are released.
pub(crate) struct Aligned<'context> {
    live: generation::Switch,
    waiting: Worker<'context>,
}

impl Aligned<'_> {
    /// Lets both go on.
    pub(crate) async fn release(self) -> Result<(), sqlx::Error> {
        let released = self.live.give_up().await;
        self.waiting.end_quietly().await;
        released
    }
}

impl Projections {
    /// Brings a build to where the live generation is, and holds both there.
    pub(crate) async fn align<'projections>(
        &'projections self,
        model: &'projections Arc<dyn ReadModel>,
        Apart { live, waiting }: Apart,
    ) -> Result<Aligned<'projections>, ProjectionError> {
        let (context, about) = (&*self.context, model.registered());
        let id = waiting.id;
        // The long way first, on the threads of builds.
        let catching_up = {
            let (model, up_to) = (Arc::clone(model), live.position);
            move |context: Arc<Context>| async move { catch_up(&context, &*model, waiting, up_to).await }
        };
        let turn = self.context.turn().await?;
        let catching_up = self.context.apart(turn, Priority::Low, about, catching_up);
        catching_up.await??;

        let waiting = generation::fetch(&context.pool, id).await?;
        let waiting = waiting.ok_or(ProjectionError::Gone(about.name))?;
        let mut worker = begin(context, model.as_ref(), waiting).await?;
        let met = meet(context, model.as_ref(), &mut worker, live.id).await;
        match met {
            Ok(live) => Ok(Aligned {
                live,
                waiting: worker,
            }),
            Err(error) => {
                worker.end_quietly().await;
                Err(error)
            }
        }
    }
}

/// Takes up a build. The server releases the lock of its former worker a moment after that worker closed its
/// connection, so a lock that is held is asked for again for a while.
async fn begin<'context>(
    context: &'context Context,
    model: &'context dyn ReadModel,
    generation: Generation,
) -> Result<Worker<'context>, ProjectionError> {
    let deadline = Instant::now() + FORMER_WORKER_LIMIT;
    loop {
        if let Some(worker) = Worker::begin(context, model, generation.clone()).await? {
            return Ok(worker);
        }
        if Instant::now() >= deadline {
            return Err(ProjectionError::Busy(model.registered().name));
        }
        tokio::time::sleep(FORMER_WORKER_POLL).await;
    }
}

/// Brings a build up to a position, if it is not there yet.
async fn catch_up(
    context: &Context,
    model: &dyn ReadModel,
    generation: Generation,
    up_to: Position,
) -> Result<(), ProjectionError> {
    let mut worker = begin(context, model, generation).await?;
    let caught_up = read_up_to(&mut worker, up_to, None).await;
    worker.end_quietly().await;
    caught_up?;
    Ok(())
}

/// Tries until both are at one position, and leaves the live one standing there.
async fn meet(
    context: &Context,
    model: &dyn ReadModel,
    worker: &mut Worker<'_>,
    live_id: i64,
) -> Result<generation::Switch, ProjectionError> {
    let (name, place) = (model.registered().name, model.place().await?);
    let deadline = Instant::now() + ALIGN_LIMIT;
    loop {
        let live = generation::find_live(&context.pool, name, &place).await?;
        // Somebody else switched readers: then the pair is another one.
        let live = live.filter(|live| live.id == live_id);
        let live = live.ok_or(ProjectionError::Gone(name))?;
        let ahead = worker.position() > live.position;
        if ahead {
            wait_for_live(context, model, live.clone(), worker.position(), deadline).await?;
        } else if let Some(frozen) = freeze(context, model, worker, live.position).await? {
            return Ok(frozen);
        }
        let is_paused = ahead && decision::is_paused(&context.pool, name).await?;
        if is_paused || Instant::now() >= deadline {
            return Err(ProjectionError::StandsStill {
                projection: name,
                waiting: crate::ReadAt {
                    generation: worker.generation().number,
                    position: worker.position(),
                },
                live: live.read_at(),
            });
        }
    }
}

/// Stops the live generation and brings the build to exactly there; nothing when that takes too long.
async fn freeze(
    context: &Context,
    model: &dyn ReadModel,
    worker: &mut Worker<'_>,
    seen: Position,
) -> Result<Option<generation::Switch>, WorkError> {
    // Most of the way while the live one goes on.
    if !read_up_to(worker, seen, None).await? {
        return Ok(None);
    }
    let (name, place) = (model.registered().name, model.place().await?);
    let frozen = generation::begin_switch(&context.pool, name, &place, worker.generation().id).await?;
    let deadline = Instant::now() + SWITCH_LIMIT;
    if read_up_to(worker, frozen.live_position, Some(deadline)).await? {
        return Ok(Some(frozen));
    }
    frozen.give_up().await?;
    Ok(None)
}

/// Gives the live generation time to come to where the build is already. One that no process feeds, since
/// the shop is not running, is brought there.
async fn wait_for_live(
    context: &Context,
    model: &dyn ReadModel,
    live: Generation,
    up_to: Position,
    deadline: Instant,
) -> Result<(), ProjectionError> {
    if decision::is_paused(&context.pool, model.registered().name).await? {
        return Ok(());
    }
    let Some(mut worker) = Worker::begin(context, model, live).await? else {
        tokio::time::sleep(LIVE_POLL).await;
        return Ok(());
    };
    let read = read_up_to(&mut worker, up_to, Some(deadline)).await;
    worker.end_quietly().await;
    read?;
    Ok(())
}

/// Reads up to a position and no further. False when it was not reached in time, or an event on the way has
/// to be looked for.
async fn read_up_to(
    worker: &mut Worker<'_>,
    up_to: Position,
    deadline: Option<Instant>,
) -> Result<bool, WorkError> {
    worker.read_no_further_than(up_to);
    while worker.position() < up_to {
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Ok(false);
        }
        if !worker.catch_up_once().await? {
            worker.feed().look_at_head().await?;
        }
    }
    worker.settle().await
}
