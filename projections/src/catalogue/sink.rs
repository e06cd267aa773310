//! The index as the runner sees it: when to commit, and the checkpoint in the database beside it.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    thread,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use event_store::Position;
use sqlx::PgPool;

use super::{
    language::SearchLanguages,
    leftovers,
    shelf::{Shelf, Writing},
};
use crate::{
    generation::{self, Changes, Generation, GenerationState},
    recorded::Recorded,
    runner::{OpenError, Pace, Sink, WriteError},
    transaction::Transaction,
};

/// Live commits are this far apart at least, and as far as the last one took: each costs some writes to
/// the disk, and a segment. So at most half of the time goes into them, and what was written is visible
/// after this and two commits at the latest. The first one after a pause comes at once.
const LIVE_INTERVAL: Duration = Duration::from_millis(50);

/// How long a catch-up may go on without a commit: so much is done again after a crash.
const CATCH_UP_INTERVAL: Duration = Duration::from_secs(5);

/// How often to look whether the files of the index are still there. Nothing else would tell, as long as
/// nothing is written.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// Where the index is while it is open. Empty while a thread works with it, after that thread died, and
/// when the generation was opened once more.
type Slot = Arc<Mutex<Option<Shelf>>>;

/// What is open for writing in this process. A generation can be opened once only; whoever opens it again
/// has thrown the other one away or is about to, so the index is taken from there.
#[derive(Clone, Default)]
pub(super) struct OpenShelves(Arc<Mutex<ByFolder>>);

type ByFolder = HashMap<PathBuf, Weak<Mutex<Option<Shelf>>>>;

impl OpenShelves {
    /// A place for the index of a folder, after whatever is open there was closed.
    fn slot(&self, folder: &Path) -> Slot {
        let mut open = lock(&self.0);
        open.retain(|_, slot| slot.strong_count() > 0);
        let slot = Slot::default();
        let before = open.insert(folder.to_owned(), Arc::downgrade(&slot));
        if let Some(before) = before.and_then(|before| before.upgrade()) {
            drop(lock(&before).take());
        }
        slot
    }
}

/// A panic elsewhere cannot leave what is in here half written: it is taken out to be worked with.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One generation of the index, open for writing.
pub(super) struct IndexSink {
    pool: PgPool,
    generation: i64,
    shelf: Slot,
    /// Taken in.
    position: Position,
    /// Visible to readers.
    visible: Position,
    /// What the row in the database says.
    row_position: Position,
    committed: Instant,
    /// How long the last commit took.
    took: Duration,
    checked: Instant,
}

impl IndexSink {
    pub(super) async fn open(
        pool: &PgPool,
        generation: &Generation,
        folder: PathBuf,
        languages: SearchLanguages,
        open: &OpenShelves,
    ) -> Result<Self, OpenError> {
        let expected = generation.position;
        // A build has much to do at once; live, each thread would leave a segment of its own at each commit.
        let threads = if generation.state == GenerationState::Live {
            1
        } else {
            thread::available_parallelism().map_or(1, usize::from)
        };
        let slot = open.slot(&folder);
        let id = generation.id;
        let opened = tokio::task::spawn_blocking(move || {
            let writing = Writing { languages, threads };
            leftovers::claim(&folder, id, expected == 0)?;
            Shelf::open(&folder, &writing, expected)
        });
        let opened = opened.await;
        let (shelf, position) =
            opened.map_err(|_panicked| OpenError::Lost("opening it ended by itself".to_owned()))??;
        *lock(&slot) = Some(shelf);
        Ok(Self {
            pool: pool.clone(),
            generation: generation.id,
            shelf: slot,
            position,
            visible: position,
            row_position: generation.position,
            committed: Instant::now()
                .checked_sub(LIVE_INTERVAL)
                .unwrap_or_else(Instant::now),
            took: Duration::ZERO,
            checked: Instant::now(),
        })
    }

    /// Works with the index on a thread that may block.
    async fn with_shelf<T, E>(
        &mut self,
        work: impl FnOnce(&mut Shelf) -> Result<T, E> + Send + 'static,
    ) -> Result<T, WriteError>
    where
        T: Send + 'static,
        E: Send + 'static,
        WriteError: From<E>,
    {
        let mut shelf = lock(&self.shelf).take().ok_or(WriteError::Thread)?;
        let worked = tokio::task::spawn_blocking(move || {
            let result = work(&mut shelf);
            (shelf, result)
        });
        let (shelf, result) = worked.await.map_err(|_panicked| WriteError::Thread)?;
        *lock(&self.shelf) = Some(shelf);
        Ok(result?)
    }

    fn is_changed(&self) -> bool {
        lock(&self.shelf).as_ref().is_some_and(Shelf::is_changed)
    }

    fn live_interval(&self) -> Duration {
        LIVE_INTERVAL.max(self.took)
    }

    fn is_time_to_commit(&self, pace: Pace) -> bool {
        let interval = match pace {
            Pace::Live => self.live_interval(),
            Pace::CatchUp => CATCH_UP_INTERVAL,
        };
        lock(&self.shelf).as_ref().is_some_and(Shelf::is_full) || self.committed.elapsed() >= interval
    }

    /// Commits the index, with the checkpoint's row locked meanwhile: a switch waits for it, so what
    /// readers see is never ahead of the row. After a crash in between, the index is right and the row
    /// follows with the next step.
    async fn commit(&mut self) -> Result<(), WriteError> {
        let position = self.position;
        // After a restart the row may be ahead: by events that changed nothing in the index.
        if position <= self.row_position && !self.is_changed() {
            self.visible = position;
            return Ok(());
        }
        let mut transaction = Transaction::begin(&self.pool).await?;
        if !generation::advance(
            &mut transaction,
            self.generation,
            self.row_position,
            position,
            Changes::Many,
        )
        .await?
        {
            return Err(WriteError::Fenced);
        }
        if self.is_changed() {
            let began = Instant::now();
            self.with_shelf(move |shelf| shelf.commit(position)).await?;
            self.committed = Instant::now();
            self.took = began.elapsed();
        }
        transaction.commit().await?;
        (self.row_position, self.visible) = (position, position);
        Ok(())
    }
}

#[async_trait]
impl Sink for IndexSink {
    fn position(&self) -> Position {
        self.position
    }

    fn visible(&self) -> Position {
        self.visible
    }

    async fn write(&mut self, events: Vec<Recorded>, up_to: Position, pace: Pace) -> Result<(), WriteError> {
        if !events.is_empty() {
            self.with_shelf(move |shelf| shelf.apply(&events)).await?;
        }
        self.position = up_to;
        if !self.is_changed() || self.is_time_to_commit(pace) {
            self.commit().await?;
        }
        Ok(())
    }

    fn due(&self) -> Option<Instant> {
        let check = self.checked + CHECK_INTERVAL;
        let commit = self.is_changed().then(|| self.committed + self.live_interval());
        Some(commit.map_or(check, |commit| commit.min(check)))
    }

    async fn settle(&mut self) -> Result<(), WriteError> {
        if self.checked.elapsed() >= CHECK_INTERVAL {
            self.checked = Instant::now();
            self.with_shelf(|shelf| shelf.check_files()).await?;
        }
        self.commit().await
    }
}
