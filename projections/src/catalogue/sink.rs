//! The index as the runner sees it: when to commit, and the checkpoint in the database beside it.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use event_store::Position;
use sqlx::PgPool;

use super::shelf::Shelf;
use crate::{
    generation::{self, Generation},
    recorded::Recorded,
    runner::{OpenError, Pace, Sink, WriteError},
};

/// Live commits are this far apart at least: each costs some writes to the disk, and a segment. The
/// first one after a pause comes at once.
const LIVE_INTERVAL: Duration = Duration::from_millis(100);

/// How long a catch-up may go on without a commit: so much is done again after a crash.
const CATCH_UP_INTERVAL: Duration = Duration::from_secs(5);

/// One generation of the index, open for writing.
pub(super) struct IndexSink {
    pool: PgPool,
    generation: i64,
    /// Absent only while another thread works with it, and after that thread died.
    shelf: Option<Shelf>,
    /// Taken in.
    position: Position,
    /// Visible to readers.
    visible: Position,
    /// What the row in the database says.
    row_position: Position,
    committed: Instant,
}

impl IndexSink {
    pub(super) async fn open(
        pool: &PgPool,
        generation: &Generation,
        folder: PathBuf,
    ) -> Result<Self, OpenError> {
        let expected = generation.position;
        let opened = tokio::task::spawn_blocking(move || Shelf::open(&folder, expected)).await;
        let (shelf, position) =
            opened.map_err(|_panicked| OpenError::Lost("opening it ended by itself".to_owned()))??;
        Ok(Self {
            pool: pool.clone(),
            generation: generation.id,
            shelf: Some(shelf),
            position,
            visible: position,
            row_position: generation.position,
            committed: Instant::now()
                .checked_sub(LIVE_INTERVAL)
                .unwrap_or_else(Instant::now),
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
        let mut shelf = self.shelf.take().ok_or(WriteError::Thread)?;
        let worked = tokio::task::spawn_blocking(move || {
            let result = work(&mut shelf);
            (shelf, result)
        });
        let (shelf, result) = worked.await.map_err(|_panicked| WriteError::Thread)?;
        self.shelf = Some(shelf);
        Ok(result?)
    }

    fn is_changed(&self) -> bool {
        self.shelf.as_ref().is_some_and(Shelf::is_changed)
    }

    fn is_time_to_commit(&self, pace: Pace) -> bool {
        let interval = match pace {
            Pace::Live => LIVE_INTERVAL,
            Pace::CatchUp => CATCH_UP_INTERVAL,
        };
        self.shelf.as_ref().is_some_and(Shelf::is_full) || self.committed.elapsed() >= interval
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
        let mut transaction = self.pool.begin().await?;
        if !generation::advance(&mut transaction, self.generation, self.row_position, position).await? {
            return Err(WriteError::Fenced);
        }
        if self.is_changed() {
            self.with_shelf(move |shelf| shelf.commit(position)).await?;
            self.committed = Instant::now();
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
        self.is_changed().then(|| self.committed + LIVE_INTERVAL)
    }

    async fn settle(&mut self) -> Result<(), WriteError> {
        self.commit().await
    }
}
