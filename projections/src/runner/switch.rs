//! Switching readers from one generation to another, and dropping what nobody needs.

use std::time::{Duration, Instant};

use super::{
    Context,
    error::{WorkError, WriteError},
    model::ReadModel,
    worker::Worker,
};
use crate::{
    generation::{self, Generation},
    transaction::Transaction,
};

/// How long a switch or a comparison may hold the live generation up before it is tried again later.
pub(super) const SWITCH_LIMIT: Duration = Duration::from_secs(2);

/// Makes a build live, if it can reach what readers have seen while the live one stands still.
pub(super) async fn switch(
    context: &Context,
    model: &dyn ReadModel,
    worker: &mut Worker<'_>,
) -> Result<bool, WorkError> {
    let about = model.registered();
    let place = model.place().await?;
    let Some(switch) = reach_live(context, model, worker).await? else {
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

/// Brings a build to where the live generation is or past it. The live one stands still from then on until
/// the switch is finished or given up. Nothing when the build could not reach it in time.
async fn reach_live(
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
