//! The threads and the connections of a build, apart from those of whoever serves.
//!
//! A build folds and encodes thousands of events at a stretch. On the threads of the queries each of them
//! would wait behind such a stretch, and so would the live read models. So a build has a runtime of its own,
//! whose threads step back behind all others: they take what is left of the processors. Threads that are
//! started by these inherit that, which is how the index writer's come by it.
//!
//! The server's own processes cannot be told to step back, and a thread that does is still in the way of
//! theirs: schedulers are fair to groups first, and a process of PostgreSQL is in a group of its own. So a build
//! of tables has one connection for everything that is much, and takes turns with the server: it asks for events
//! and takes them as the server makes them, folds them when all are there, hands rows over, and asks for the next
//! when they are written. Whoever asks while it folds, or while the server writes, finds a processor free. A build
//! that reads and writes while it folds is quicker, and the queries pay for it.
//!
//! An index is another matter: the server only reads for it, and the work is done by as many threads as there
//! are processors, all of which step back.
//!
//! The first build of a read model does not step back. No query can be answered before it ends, and on a busy machine
//! it would get too little of the processors to catch up with a log that grows.

use std::{io, sync::Arc, time::Duration};

use sqlx::{PgPool, postgres::PgPoolOptions};
use tokio::{
    runtime::{Builder, Runtime},
    sync::OwnedSemaphorePermit,
};

use super::{Context, ProjectionError, model::ReadModel};
use crate::{generation, registry::Registered, tail::Tail};

/// How many threads fold events. One keeps up with what one connection brings.
const THREADS: usize = 1;

/// How many threads a build has for work that blocks, as writing to an index does.
const BLOCKING_THREADS: usize = 4;

/// How far the threads step back: a thread of ours that never rests leaves one of them about a tenth of a
/// processor. With less they might never catch up with a log that grows on the same machine.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Connections for statements that are short: a heartbeat, and the one that holds a switch.
const CONNECTIONS: u32 = 2;

/// How long reading may wait for writing and the other way round: longer than any batch takes.
const BULK_WAIT: Duration = Duration::from_secs(300);

/// How long the connections may take to close in order. Then they break off, which the server notices too.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);

/// Which share of a busy machine a build gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Priority {
    /// The same as everybody: no query can use the read model yet.
    Normal,
    /// What others leave.
    Low,
}

impl Priority {
    /// That of a build of a read model: low once there is a generation that readers of this version can use.
    pub(super) async fn of(context: &Context, model: &dyn ReadModel) -> Result<Self, ProjectionError> {
        let (about, place) = (model.registered(), model.place().await?);
        let readable = generation::find_readable(&context.pool, about.name, &place, about.version).await?;
        Ok(readable.map_or(Self::Normal, |_| Self::Low))
    }
}

/// The right to build, for as long as it is kept.
pub(super) struct Turn(
    #[expect(dead_code, reason = "it is held and never asked for anything")] OwnedSemaphorePermit,
);

/// The threads of one build. Whatever runs on them ends when this goes: nothing waits for it.
struct Threads(Option<Runtime>);

impl Threads {
    fn start(priority: Priority) -> io::Result<Self> {
        let mut builder = Builder::new_multi_thread();
        builder
            .worker_threads(THREADS)
            .max_blocking_threads(BLOCKING_THREADS)
            .thread_name("build")
            .enable_all();
        if priority == Priority::Low {
            builder.on_thread_start(step_back());
        }
        Ok(Self(Some(builder.build()?)))
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// What each thread of a low-priority build does first: it lets those go ahead that are like the one which calls
/// this. A thread inherits the niceness of whoever starts it, so it must be a figure and not a step.
///
/// On Linux each thread has a niceness of its own. Elsewhere the whole process has one, which must stay.
fn step_back() -> impl Fn() + Send + Sync + 'static {
    #[cfg(target_os = "linux")]
    let niceness = rustix::process::getpriority_process(None).unwrap_or_default() + NICENESS;
    move || {
        #[cfg(target_os = "linux")]
        if let Err(error) = rustix::process::setpriority_process(None, niceness) {
            tracing::debug!(%error, "a build runs with the priority of all others");
        }
    }
}

impl Context {
    /// Waits until a build may begin here.
    pub(super) async fn turn(&self) -> Result<Turn, ProjectionError> {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        turn.map(Turn).map_err(|_closed| ProjectionError::ShuttingDown)
    }

    /// Works on a build apart from everything else. Whoever drops this ends the work, as if its process had
    /// been killed.
    pub(super) async fn apart<T, Work>(
        &self,
        _turn: Turn,
        priority: Priority,
        about: Registered,
        work: impl FnOnce(Arc<Self>) -> Work + Send + 'static,
    ) -> Result<T, ProjectionError>
    where
        T: Send + 'static,
        Work: Future<Output = T> + Send,
    {
        let threads = Threads::start(priority).map_err(ProjectionError::Threads)?;
        let Some(runtime) = &threads.0 else {
            return Err(ProjectionError::ShuttingDown);
        };
        let context = {
            // The connections belong to the threads that they are made on.
            let _entered = runtime.enter();
            Arc::new(self.with_own_connections(about))
        };
        let working = runtime.spawn(async move {
            let (pool, bulk) = (context.pool.clone(), context.bulk.clone());
            let done = work(context).await;
            let closing = futures::future::join(pool.close(), bulk.close());
            drop(tokio::time::timeout(CLOSE_LIMIT, closing).await);
            done
        });
        match working.await {
            Ok(done) => Ok(done),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_cancelled) => Err(ProjectionError::ShuttingDown),
        }
    }

    /// The same with few connections, which nobody else uses.
    fn with_own_connections(&self, about: Registered) -> Self {
        let options = self.pool.options();
        let pool = connect(&self.pool, options.clone().max_connections(CONNECTIONS));
        let one = options
            .clone()
            .max_connections(1)
            .acquire_timeout(BULK_WAIT)
            .acquire_slow_threshold(BULK_WAIT);
        let bulk = connect(&self.pool, one);
        let log = self.log.read_through(bulk.clone());
        let log = log.unwrap_or_else(|| Arc::clone(&self.log));
        // Whoever reads the end of the log for all must not be a thread that lets the others wait.
        let reads = about.reads.iter().copied();
        let tail = Tail::new(Arc::clone(&log), Arc::clone(&self.decoder), reads);
        Self {
            pool,
            bulk,
            log,
            decoder: Arc::clone(&self.decoder),
            models: self.models.clone(),
            progress: self.progress.clone(),
            tail: Arc::new(tail),
            // An index is made on threads of its own, and the server only reads for it.
            reads_ahead: about.ddl.is_none(),
            turns: Arc::clone(&self.turns),
        }
    }
}

/// The same database and role, with other limits.
fn connect(like: &PgPool, options: PgPoolOptions) -> PgPool {
    options.connect_lazy_with(like.connect_options().as_ref().clone())
}
