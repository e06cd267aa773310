//! What operators decide: each decision is recorded with who, when and why.

use std::time::{Duration, Instant};

use event_store::Position;

use super::{ProjectionError, Projections, ReadModel, RebuildProgress, Rebuilt, build, lease::Lease, switch};
use crate::{
    decision::{self, About, Action, Decision, Operator},
    generation::{self, Generation, GenerationState},
    transaction::Transaction,
};

/// How long a roll back waits for whoever works the former generation. A worker notices within a heartbeat
/// that it was replaced, and one that is silent loses its lock within some more.
pub(super) const FORMER_WORKER_LIMIT: Duration = Duration::from_secs(15);

/// How often it looks.
pub(super) const FORMER_WORKER_POLL: Duration = Duration::from_millis(50);

impl Projections {
    /// As [`Self::rebuild`], and records who took readers to the new generation, and why.
    ///
    /// # Errors
    ///
    /// As for [`Self::rebuild`].
    pub async fn rebuild_and_switch(
        &self,
        name: &str,
        operator: &Operator,
        on_progress: impl FnMut(RebuildProgress) + Send,
    ) -> Result<Rebuilt, ProjectionError> {
        let rebuilt = self.rebuild(name, on_progress).await?;
        let about = About {
            generation: Some(rebuilt.generation),
            position: None,
        };
        self.record(rebuilt.projection, Action::Switch, about, operator)
            .await?;
        Ok(rebuilt)
    }

    /// Switches readers to the build that waits for it, once it has caught up.
    ///
    /// # Errors
    ///
    /// When no build waits, or as for [`Self::rebuild`].
    pub async fn switch(
        &self,
        name: &str,
        operator: &Operator,
        on_progress: impl FnMut(RebuildProgress) + Send,
    ) -> Result<Rebuilt, ProjectionError> {
        let model = self.model(name)?;
        let (about, place) = (model.registered(), model.place().await?);
        let waiting = generation::find_building(&self.context.pool, about.name, &place)
            .await?
            .filter(|build| build.state == GenerationState::Ready && build.schema_version == about.version)
            .ok_or(ProjectionError::NothingToSwitchTo(about.name))?;
        // It would be given up for one that is built from the beginning.
        must_be_current(model.as_ref(), &waiting).await?;
        self.record(about.name, Action::Switch, of(&waiting), operator)
            .await?;
        build::run(&self.context, model, build::Goal::Live, on_progress).await
    }

    /// Takes readers back to the generation that was live before, once it has caught up.
    ///
    /// # Errors
    ///
    /// When no such generation is kept, another one is being built, its worker does not give it up, or as for
    /// [`Self::rebuild`].
    pub async fn roll_back(
        &self,
        name: &str,
        operator: &Operator,
        on_progress: impl FnMut(RebuildProgress) + Send,
    ) -> Result<Rebuilt, ProjectionError> {
        let model = self.model(name)?;
        let (about, place) = (model.registered(), model.place().await?);
        let pool = &self.context.pool;
        let former = generation::find_retired(pool, about.name, &place)
            .await?
            .filter(|former| former.schema_version == about.version)
            .ok_or(ProjectionError::NothingToRollBackTo(about.name))?;
        must_be_current(model.as_ref(), &former).await?;
        // Its worker may not have noticed yet that it was replaced, and would take it for live again.
        self.wait_for_former_worker(about.name, former.id).await?;
        if !generation::reopen_retired(pool, about.name, &place, about.version).await? {
            return Err(ProjectionError::NothingToRollBackTo(about.name));
        }
        self.record(about.name, Action::RollBack, of(&former), operator)
            .await?;
        build::run(&self.context, model, build::Goal::Live, on_progress).await
    }

    /// Drops a generation that readers do not use.
    ///
    /// # Errors
    ///
    /// When there is none or it is live. Whoever is building it finds it gone and stops.
    pub async fn drop_generation(
        &self,
        name: &str,
        number: i32,
        operator: &Operator,
    ) -> Result<(), ProjectionError> {
        let model = self.model(name)?;
        let (about, place) = (model.registered(), model.place().await?);
        let unknown = ProjectionError::UnknownGeneration {
            projection: about.name,
            generation: number,
        };
        let mut transaction = Transaction::begin(&self.context.pool).await?;
        let generation = generation::find_number(&mut *transaction, about.name, &place, number)
            .await?
            .ok_or(unknown)?;
        if !switch::discard_in_tx(&mut transaction, model.as_ref(), &generation).await? {
            return Err(ProjectionError::IsLive {
                projection: about.name,
                generation: number,
            });
        }
        let dropped = decision::record(
            &mut *transaction,
            about.name,
            Action::Drop,
            of(&generation),
            operator,
        );
        dropped.await?;
        transaction.commit().await?;
        switch::sweep(&self.context, model.as_ref()).await;
        Ok(())
    }

    /// Lets a read model stand still in all processes, until it is resumed. Readers keep what there is.
    ///
    /// # Errors
    ///
    /// When there is no such read model or the database cannot be reached.
    pub async fn pause(&self, name: &str, operator: &Operator) -> Result<(), ProjectionError> {
        let name = self.model(name)?.registered().name;
        self.record(name, Action::Pause, About::default(), operator).await
    }

    /// Lets a paused read model go on.
    ///
    /// # Errors
    ///
    /// As for [`Self::pause`].
    pub async fn resume(&self, name: &str, operator: &Operator) -> Result<(), ProjectionError> {
        let name = self.model(name)?.registered().name;
        self.record(name, Action::Resume, About::default(), operator)
            .await
    }

    /// Leaves out the event that a read model stands still at, now and in every later build.
    ///
    /// # Errors
    ///
    /// When no generation of the read model stands still there.
    pub async fn skip(
        &self,
        name: &str,
        position: Position,
        operator: &Operator,
    ) -> Result<(), ProjectionError> {
        let name = self.model(name)?.registered().name;
        if !self.is_stopped_at(name, position).await? {
            return Err(ProjectionError::NotStoppedThere {
                projection: name,
                position,
            });
        }
        self.record(name, Action::Skip, at(position), operator).await
    }

    async fn is_stopped_at(&self, name: &str, position: Position) -> Result<bool, ProjectionError> {
        Ok(self.status().await?.into_iter().any(|status| {
            status.projection == name && status.error.is_some_and(|error| error.position == Some(position))
        }))
    }

    /// Tries an event again at once. One that was skipped is taken in by every build that has not passed
    /// it; those that have need to be built anew.
    ///
    /// # Errors
    ///
    /// When there is no such read model, it neither stands still at the event nor skips it, or the database cannot be
    /// reached.
    pub async fn retry(
        &self,
        name: &str,
        position: Position,
        operator: &Operator,
    ) -> Result<(), ProjectionError> {
        let name = self.model(name)?.registered().name;
        let skipped = decision::skipped(&self.context.pool, name).await?;
        if !skipped.contains(&position) && !self.is_stopped_at(name, position).await? {
            return Err(ProjectionError::NotStoppedThere {
                projection: name,
                position,
            });
        }
        self.record(name, Action::Retry, at(position), operator).await
    }

    /// What was decided about one read model or all, newest first.
    ///
    /// # Errors
    ///
    /// When there is no such read model or the database cannot be reached.
    pub async fn decisions(&self, name: Option<&str>) -> Result<Vec<Decision>, ProjectionError> {
        let name = name.map(|name| self.model(name)).transpose()?;
        let name = name.map(|model| model.registered().name);
        Ok(decision::list(&self.context.pool, name).await?)
    }

    /// Waits until nobody works a generation that was replaced.
    async fn wait_for_former_worker(&self, name: &'static str, id: i64) -> Result<(), ProjectionError> {
        let deadline = Instant::now() + FORMER_WORKER_LIMIT;
        while !Lease::is_free(&self.context.pool, id).await? {
            if Instant::now() >= deadline {
                return Err(ProjectionError::Busy(name));
            }
            tokio::time::sleep(FORMER_WORKER_POLL).await;
        }
        Ok(())
    }

    async fn record(
        &self,
        name: &str,
        action: Action,
        about: About,
        operator: &Operator,
    ) -> Result<(), ProjectionError> {
        decision::record(&self.context.pool, name, action, about, operator).await?;
        tracing::info!(
            projection = name,
            action = action.name(),
            position = about.position,
            "an operator decided"
        );
        Ok(())
    }
}

/// Refuses a generation that a worker would replace at once.
async fn must_be_current(model: &dyn ReadModel, generation: &Generation) -> Result<(), ProjectionError> {
    if model.is_current(generation).await {
        return Ok(());
    }
    Err(ProjectionError::OtherLanguages {
        projection: model.registered().name,
        generation: generation.number,
    })
}

fn of(generation: &Generation) -> About {
    About {
        generation: Some(generation.number),
        position: None,
    }
}

const fn at(position: Position) -> About {
    About {
        generation: None,
        position: Some(position),
    }
}
