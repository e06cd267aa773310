//! The runner: keeps every read model up to date, rebuilds one beside the live one, and switches.
//!
//! Each read model has a worker of its own. It holds a lock that dies with its connection, so of many
//! processes one works a read model and another takes over; and it moves the checkpoint by compare
//! and set, so that even one that lost its lock unnoticed cannot write.
//!
//! **Architecture invariant:** a build never has more than four connections (its lock, two for short
//! statements, and one that reads the log or writes rows), and a process has at most [`BUILDS_AT_ONCE`] builds
//! under way, each on threads of its own; see [`workshop`].

mod align;
mod backoff;
mod build;
mod damage;
mod error;
mod lease;
mod model;
mod operate;
mod pace;
mod progress;
mod reading;
mod supervise;
mod switch;
mod tables;
#[cfg(test)]
mod tests;
mod worker;
mod workshop;

use std::{path::PathBuf, sync::Arc};

use event_store::{Decoder, Log, Position};
use sqlx::PgPool;
use tokio::{sync::Semaphore, task::JoinSet};
use tokio_util::sync::CancellationToken;

pub(crate) use align::Apart;
pub use build::{RebuildProgress, Rebuilt};
pub use error::ProjectionError;
pub(crate) use error::{OpenError, WriteError};
pub(crate) use model::{ReadModel, Sink};
pub(crate) use pace::Pace;
pub use progress::Progress;
pub(crate) use progress::{Here, Local};
pub(crate) use tables::TableModel;

use crate::{
    catalogue::SearchLanguages,
    feed::{Feed, Interest},
    generation::{self, GenerationStatus},
    registry,
    tail::Tail,
};

/// How many builds a process works on at once, at most; the others wait for their turn. Each needs
/// connections, and the live read models come first.
const BUILDS_AT_ONCE: usize = 2;

/// As many as leave a processor to those who ask: each build of tables takes one.
fn builds_at_once() -> usize {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    processors.saturating_sub(1).clamp(1, BUILDS_AT_ONCE)
}

/// The writing side of all read models. Clones are the same.
#[derive(Clone)]
pub struct Projections {
    context: Arc<Context>,
}

/// What every worker needs.
pub(crate) struct Context {
    pub(crate) pool: PgPool,
    /// For what is much: events to be read, rows to be written.
    pub(crate) bulk: PgPool,
    pub(crate) log: Log,
    pub(crate) decoder: Arc<Decoder>,
    pub(crate) models: Vec<Arc<dyn ReadModel>>,
    pub(crate) progress: Progress,
    tail: Arc<Tail>,
    /// Whether events are read while others are worked on.
    reads_ahead: bool,
    /// Who may build now.
    turns: Arc<Semaphore>,
}

impl Context {
    /// Reads the log from after a position.
    pub(crate) fn feed(&self, after: Position, interest: &Interest) -> Feed {
        let (log, decoder) = (Arc::clone(&self.log), Arc::clone(&self.decoder));
        Feed::new(log, decoder, Arc::clone(&self.tail), after, interest.clone())
            .reading_ahead(self.reads_ahead)
    }
}

impl Projections {
    /// The read models of a migrated database. `pool` needs the rights of `souk_projector`; indexes lie
    /// below `data_dir`; `progress` is shared with the readers of this process.
    pub fn new(pool: PgPool, log: Log, decoder: Arc<Decoder>, data_dir: PathBuf, progress: Progress) -> Self {
        Self::in_languages(pool, log, decoder, data_dir, progress, SearchLanguages::default())
    }

    /// As [`Self::new`], with a search in the languages of the shop. When they are others than before, the
    /// index is built anew, and the old one serves until that is done.
    pub fn in_languages(
        pool: PgPool,
        log: Log,
        decoder: Arc<Decoder>,
        data_dir: PathBuf,
        progress: Progress,
        languages: SearchLanguages,
    ) -> Self {
        Self::with_models(
            pool,
            log,
            decoder,
            registry::models_in(data_dir, languages),
            progress,
        )
    }

    pub(crate) fn with_models(
        pool: PgPool,
        log: Log,
        decoder: Arc<Decoder>,
        models: Vec<Arc<dyn ReadModel>>,
        progress: Progress,
    ) -> Self {
        let reads = models
            .iter()
            .flat_map(|model| model.registered().reads.iter().copied());
        let tail = Arc::new(Tail::new(Arc::clone(&log), Arc::clone(&decoder), reads));
        Self {
            context: Arc::new(Context {
                bulk: pool.clone(),
                pool,
                log,
                decoder,
                models,
                progress,
                tail,
                reads_ahead: true,
                turns: Arc::new(Semaphore::new(builds_at_once())),
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
        build::run(&self.context, self.model(name)?, build::Goal::Live, on_progress).await
    }

    /// As [`Self::rebuild`] without the switch: the build waits as `ready` until it was compared.
    ///
    /// # Errors
    ///
    /// As for [`Self::rebuild`].
    pub async fn prepare(
        &self,
        name: &str,
        on_progress: impl FnMut(RebuildProgress) + Send,
    ) -> Result<Rebuilt, ProjectionError> {
        build::run(&self.context, self.model(name)?, build::Goal::Ready, on_progress).await
    }

    /// Builds a read model as it was after the event at a position, to be compared and exported.
    /// Readers are never switched to it.
    ///
    /// # Errors
    ///
    /// When the log does not go so far, there are too many such builds, or as for [`Self::rebuild`].
    pub async fn rebuild_as_of(
        &self,
        name: &str,
        position: Position,
        on_progress: impl FnMut(RebuildProgress) + Send,
    ) -> Result<Rebuilt, ProjectionError> {
        let head = self.context.log.head().await?;
        if position > head {
            return Err(ProjectionError::BeyondTheLog { position, head });
        }
        let goal = build::Goal::Past(position);
        build::run(&self.context, self.model(name)?, goal, on_progress).await
    }

    /// All generations with their lag.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn status(&self) -> Result<Vec<GenerationStatus>, ProjectionError> {
        Ok(generation::list(&self.context.pool).await?)
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.context.pool
    }

    pub(crate) fn model(&self, name: &str) -> Result<&Arc<dyn ReadModel>, ProjectionError> {
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
