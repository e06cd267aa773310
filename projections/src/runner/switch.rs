//! Switching readers from one generation to another, and dropping what nobody needs.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    Context, ProjectionError, Projections,
    error::{WorkError, WriteError},
    model::ReadModel,
    worker::Worker,
};
use crate::{
    generation::{self, Generation},
    rows::waiting_beside_live,
    transaction::Transaction,
};

/// How long a switch may hold the live generation up before it is tried again later.
const SWITCH_LIMIT: Duration = Duration::from_secs(2);

/// How often a comparison tries to bring a build to where the live one is.
const ALIGN_TRIES: usize = 5;

/// Makes a build live, if it can reach what readers have seen while the live one stands still.
pub(super) async fn switch(
    context: &Context,
    model: &dyn ReadModel,
    worker: &mut Worker<'_>,
) -> Result<bool, WorkError> {
    let about = model.registered();
    let place = model.place().await?;
    let Some(switch) = align(context, model, worker).await? else {
        return Ok(false);
    };
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

/// Brings a build to where the live generation is, which stands still from then on until the switch is
/// finished or given up. Nothing when the build could not reach it in time.
pub(super) async fn align(
    context: &Context,
    model: &dyn ReadModel,
    worker: &mut Worker<'_>,
) -> Result<Option<generation::Switch>, WorkError> {
    let about = model.registered();
    let place = model.place().await?;
    if !worker.settle().await? {
        return Ok(None);
    }
    let switch = generation::begin_switch(&context.pool, about.name, &place, worker.generation().id).await?;
    let deadline = Instant::now() + SWITCH_LIMIT;
    while worker.position() < switch.live_position {
        if Instant::now() >= deadline {
            return Ok(None);
        }
        if !worker.catch_up_once().await? {
            worker.feed().look_at_head().await?;
        }
    }
    Ok(worker.settle().await?.then_some(switch))
}

/// Drops what nobody needs any more. Failing to do so harms nobody: the next switch tries again.
async fn drop_outdated(context: &Context, model: &dyn ReadModel, place: &str) {
    let about = model.registered();
    let dropped = async {
        for generation in generation::outdated(&context.pool, about.name, place).await? {
            let mut transaction = Transaction::begin(&context.pool).await?;
            discard_in_tx(&mut transaction, model, &generation).await?;
            transaction.commit().await?;
        }
        model.sweep(&context.pool).await?;
        generation::prune_places(&context.pool, about.name, place).await?;
        Ok::<_, sqlx::Error>(())
    };
    if let Err(error) = dropped.await {
        tracing::warn!(%error, projection = about.name, "an old generation could not be dropped");
    }
}

/// Removes what generations without a row have left outside the database. Failing to do so harms nobody: the
/// next time tries again.
pub(super) async fn sweep(context: &Context, model: &dyn ReadModel) {
    if let Err(error) = model.sweep(&context.pool).await {
        tracing::warn!(%error, projection = model.registered().name, "an old generation could not be removed");
    }
}

/// Drops a generation that is not live. False when it is, or is gone already.
pub(super) async fn discard_in_tx(
    connection: &mut sqlx::PgConnection,
    model: &dyn ReadModel,
    generation: &Generation,
) -> Result<bool, sqlx::Error> {
    let discarded = generation::discard_row(connection, generation.id).await?;
    if discarded {
        model.discard(connection, generation).await?;
    }
    Ok(discarded)
}

/// Brings a build that waits to the end of the log.
async fn catch_up(
    context: &Context,
    model: &dyn ReadModel,
    generation: Generation,
) -> Result<(), ProjectionError> {
    let name = model.registered().name;
    let worker = Worker::begin(context, model, generation).await?;
    let mut worker = worker.ok_or(ProjectionError::Busy(name))?;
    while worker.catch_up_once().await? {}
    worker.settle().await?;
    worker.end_quietly().await;
    Ok(())
}

impl Projections {
    /// Brings a build that waits beside the live generation to where that is, and holds that still.
    pub(crate) async fn align_generations(
        &self,
        model: &Arc<dyn ReadModel>,
        numbers: [i32; 2],
    ) -> Result<Option<generation::Switch>, ProjectionError> {
        let (about, place) = (model.registered(), model.place().await?);
        let mut pair = Vec::with_capacity(2);
        for number in numbers {
            let found = generation::find_number(&self.context.pool, about.name, &place, number).await?;
            pair.extend(found.filter(|generation| generation.up_to.is_none()));
        }
        let states: Vec<_> = pair
            .iter()
            .map(|generation| (generation.state, generation.id, generation.position))
            .collect();
        let waiting = waiting_beside_live(&states);
        let Some(waiting) = pair.into_iter().find(|generation| Some(generation.id) == waiting) else {
            return Ok(None);
        };
        let id = waiting.id;
        // First the long way, while the live one goes on.
        let catching_up = {
            let model = Arc::clone(model);
            move |context: Arc<Context>| async move { catch_up(&context, model.as_ref(), waiting).await }
        };
        let turn = self.context.turn().await?;
        self.context.apart(turn, about, catching_up).await??;
        let Some(waiting) = generation::fetch(&self.context.pool, id).await? else {
            return Ok(None);
        };
        let mut worker = Worker::begin(&self.context, model.as_ref(), waiting)
            .await?
            .ok_or(ProjectionError::Busy(about.name))?;
        let mut aligned = None;
        for _ in 0..ALIGN_TRIES {
            while worker.catch_up_once().await? {}
            aligned = align(&self.context, model.as_ref(), &mut worker).await?;
            if aligned.is_some() {
                break;
            }
        }
        worker.end_quietly().await;
        // Without it both are compared where they are, and the comparison names both positions.
        Ok(aligned)
    }
}
