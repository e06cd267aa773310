//! The runner: keeps every read model up to date, rebuilds one beside the live one, and switches.
//!
//! Each read model has a worker of its own. It holds a lock that dies with its connection, so of many
//! processes one works a read model and another takes over; and it moves the checkpoint by compare
//! and set, so that even one that lost its lock unnoticed cannot write.

mod backoff;
mod error;
mod lease;
mod model;
mod pace;
mod progress;
mod rebuild;
mod supervise;
mod tables;
#[cfg(test)]
mod tests;
mod worker;

use std::{path::PathBuf, sync::Arc};

use event_store::{Decoder, Log};
use sqlx::PgPool;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use error::ProjectionError;
pub(crate) use error::{OpenError, WriteError};
pub(crate) use model::{ReadModel, Sink};
pub(crate) use pace::Pace;
pub use progress::Progress;
pub(crate) use progress::{Here, Local};
pub use rebuild::{RebuildProgress, Rebuilt};
pub(crate) use tables::TableModel;

use crate::{
    generation::{self, GenerationStatus},
    registry,
};

/// The writing side of all read models. Clones are the same.
#[derive(Clone)]
pub struct Projections {
    context: Arc<Context>,
}

/// What every worker needs.
pub(crate) struct Context {
    pub(crate) pool: PgPool,
    pub(crate) log: Log,
    pub(crate) decoder: Arc<Decoder>,
    pub(crate) models: Vec<Arc<dyn ReadModel>>,
    pub(crate) progress: Progress,
}

impl Projections {
    /// The read models of a migrated database. `pool` needs the rights of `souk_projector`; indexes lie
    /// below `data_dir`; `progress` is shared with the readers of this process.
    pub fn new(pool: PgPool, log: Log, decoder: Arc<Decoder>, data_dir: PathBuf, progress: Progress) -> Self {
        let models = registry::models(data_dir);
        Self {
            context: Arc::new(Context {
                pool,
                log,
                decoder,
                models,
                progress,
            }),
        }
    }

    /// Starts a worker for each read model. They stop soon after `stop` is cancelled.
    pub fn start(&self, stop: &CancellationToken) -> ProjectionWorkers {
        let mut tasks = JoinSet::new();
        for model in &self.context.models {
            tasks.spawn(supervise::run(
                Arc::clone(&self.context),
                Arc::clone(model),
                stop.clone(),
            ));
        }
        ProjectionWorkers { tasks }
    }

    /// Builds a read model anew beside the live one, catches up and switches readers over. A build that
    /// was interrupted is continued.
    ///
    /// `on_progress` is called about five times a second.
    ///
    /// # Errors
    ///
    /// When there is no such read model, somebody else builds it, or an event cannot be projected.
    pub async fn rebuild(
        &self,
        name: &str,
        on_progress: impl FnMut(RebuildProgress) + Send,
    ) -> Result<Rebuilt, ProjectionError> {
        rebuild::run(&self.context, self.model(name)?, on_progress).await
    }

    /// Takes readers back to the generation that was live before, once it has caught up.
    ///
    /// # Errors
    ///
    /// When no such generation is kept, another one is being built, or as for [`Self::rebuild`].
    pub async fn roll_back(
        &self,
        name: &str,
        on_progress: impl FnMut(RebuildProgress) + Send,
    ) -> Result<Rebuilt, ProjectionError> {
        let model = self.model(name)?;
        let (about, place) = (model.registered(), model.place()?);
        if !generation::reopen_retired(&self.context.pool, about.name, &place, about.version).await? {
            return Err(ProjectionError::NothingToRollBackTo(about.name));
        }
        rebuild::run(&self.context, model, on_progress).await
    }

    /// All generations with their lag.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn status(&self) -> Result<Vec<GenerationStatus>, ProjectionError> {
        Ok(generation::list(&self.context.pool).await?)
    }

    fn model(&self, name: &str) -> Result<&Arc<dyn ReadModel>, ProjectionError> {
        let found = self
            .context
            .models
            .iter()
            .find(|model| model.registered().name == name);
        found.ok_or_else(|| ProjectionError::Unknown(name.to_owned()))
    }
}

/// The workers of this process.
pub struct ProjectionWorkers {
    tasks: JoinSet<()>,
}

impl ProjectionWorkers {
    /// Waits until all workers have stopped, after their token was cancelled.
    pub async fn join(mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a projection worker ended by itself");
            }
        }
    }
}
