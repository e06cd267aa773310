//! A read model in tables: batch and checkpoint in one transaction.

use std::{io, sync::Arc, time::Instant};

use async_trait::async_trait;
use event_store::Position;
use sqlx::{Executor, PgConnection, PgPool};
use tokio::task::JoinHandle;

use super::{
    error::{OpenError, WriteError},
    model::{ReadModel, Sink},
    pace::Pace,
};
use crate::{
    generation::{self, Generation, IN_DATABASE},
    recorded::Recorded,
    registry::Registered,
    table::{Schema, TableProjection, before_and_after_filling},
};

/// How many events make a batch while tables are filled. What happens to an aggregate within a batch is
/// folded in memory and written once; so many events come to some twenty megabytes of rows.
const FILL_BATCH: usize = 40_000;

/// How many positions make a batch while tables are filled although few events concern them: so much is
/// done again after a crash.
const FILL_STRETCH: Position = 400_000;

/// A table projection as the runner sees it.
pub(crate) struct TableModel<P> {
    projection: Arc<P>,
}

impl<P: TableProjection> TableModel<P> {
    pub(crate) fn new(projection: P) -> Self {
        Self {
            projection: Arc::new(projection),
        }
    }
}

#[async_trait]
impl<P: TableProjection> ReadModel for TableModel<P> {
    fn registered(&self) -> Registered {
        Registered {
            name: P::NAME,
            version: P::VERSION,
            reads: P::READS,
            ddl: Some(P::DDL),
        }
    }

    fn ignores(&self) -> &'static [&'static str] {
        P::IGNORES
    }

    fn place(&self) -> io::Result<String> {
        Ok(IN_DATABASE.to_owned())
    }

    async fn create(
        &self,
        connection: &mut PgConnection,
        generation: &Generation,
    ) -> Result<(), sqlx::Error> {
        let schema = Schema::new(&generation.schema_name);
        sqlx::query("SELECT create_projection_schema($1)")
            .bind(schema.name())
            .execute(&mut *connection)
            .await?;
        // Whoever creates it, the tables belong to the role that has to write them.
        connection.execute("SET LOCAL ROLE souk_projector").await?;
        let (tables, _) = before_and_after_filling(P::DDL);
        connection.execute(sqlx::raw_sql(&schema.sql(tables))).await?;
        connection
            .execute(sqlx::raw_sql(&schema.sql(include_str!("grant.sql"))))
            .await?;
        Ok(())
    }

    async fn open(&self, pool: &PgPool, generation: &Generation) -> Result<Box<dyn Sink>, OpenError> {
        Ok(Box::new(TableSink {
            target: Target {
                projection: Arc::clone(&self.projection),
                pool: pool.clone(),
                generation: generation.id,
                schema: Schema::new(&generation.schema_name),
            },
            filling: !generation.indexed,
            position: generation.position,
            batch: P::Batch::default(),
            events: 0,
            flushed: generation.position,
            flushing: None,
        }))
    }

    async fn index(&self, connection: &mut PgConnection, generation: &Generation) -> Result<(), sqlx::Error> {
        let schema = Schema::new(&generation.schema_name);
        let (_, indexes) = before_and_after_filling(P::DDL);
        connection
            .execute(sqlx::raw_sql(include_str!("indexing.sql")))
            .await?;
        connection.execute(sqlx::raw_sql(&schema.sql(indexes))).await?;
        let statement = schema.sql(include_str!("analyze.sql"));
        connection.execute(sqlx::raw_sql(&statement)).await?;
        Ok(())
    }

    async fn discard(
        &self,
        connection: &mut PgConnection,
        generation: &Generation,
    ) -> Result<(), sqlx::Error> {
        let schema = Schema::new(&generation.schema_name);
        connection
            .execute(sqlx::raw_sql(
                &schema.sql("DROP SCHEMA IF EXISTS {schema} CASCADE"),
            ))
            .await?;
        Ok(())
    }
}

/// The tables of one generation.
///
/// Live, each write is a transaction of its own. While the tables are filled, batches are gathered, and
/// one is written while the next one is being folded.
struct TableSink<P: TableProjection> {
    target: Target<P>,
    filling: bool,
    /// Taken in.
    position: Position,
    /// What was taken in and not handed to the database yet, and how many events it is.
    batch: P::Batch,
    events: usize,
    /// Up to here events were handed to the database.
    flushed: Position,
    flushing: Option<JoinHandle<Result<(), WriteError>>>,
}

/// Where batches go.
struct Target<P> {
    projection: Arc<P>,
    pool: PgPool,
    generation: i64,
    schema: Schema,
}

impl<P> Clone for Target<P> {
    fn clone(&self) -> Self {
        Self {
            projection: Arc::clone(&self.projection),
            pool: self.pool.clone(),
            generation: self.generation,
            schema: self.schema.clone(),
        }
    }
}

impl<P: TableProjection> Target<P> {
    /// Writes a batch and moves the checkpoint in one transaction.
    async fn flush(self, batch: Option<P::Batch>, from: Position, up_to: Position) -> Result<(), WriteError> {
        let mut transaction = self.pool.begin().await?;
        // First of all: whoever may not write should find out before the work, not after it.
        if !generation::advance(&mut transaction, self.generation, from, up_to).await? {
            return Err(WriteError::Fenced);
        }
        if let Some(batch) = batch {
            self.projection
                .flush(batch, &self.schema, &mut transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

impl<P: TableProjection> TableSink<P> {
    /// The batch that was gathered, and where it begins and ends.
    fn take(&mut self) -> (Option<P::Batch>, Position, Position) {
        let batch = std::mem::take(&mut self.batch);
        let any = std::mem::take(&mut self.events) > 0;
        let from = std::mem::replace(&mut self.flushed, self.position);
        (any.then_some(batch), from, self.position)
    }

    /// Waits for the batch that is being written.
    async fn flushed(&mut self) -> Result<(), WriteError> {
        let Some(flushing) = &mut self.flushing else {
            return Ok(());
        };
        let flushed = flushing.await;
        self.flushing = None;
        flushed.map_err(|_panicked| WriteError::Thread)?
    }
}

#[async_trait]
impl<P: TableProjection> Sink for TableSink<P> {
    fn position(&self) -> Position {
        self.position
    }

    fn visible(&self) -> Position {
        self.flushed
    }

    async fn write(&mut self, events: Vec<Recorded>, up_to: Position, pace: Pace) -> Result<(), WriteError> {
        for event in &events {
            self.target.projection.apply(&mut self.batch, event)?;
        }
        self.events += events.len();
        self.position = up_to;
        let is_full = self.events >= FILL_BATCH || up_to.saturating_sub(self.flushed) >= FILL_STRETCH;
        match (self.filling, pace) {
            (false, _) => self.settle().await,
            (true, Pace::CatchUp) if !is_full => Ok(()),
            (true, _) => {
                self.flushed().await?;
                let (batch, from, up_to) = self.take();
                let flush = self.target.clone().flush(batch, from, up_to);
                self.flushing = Some(tokio::spawn(flush));
                // A build has one connection, and the next page must not come to it first.
                tokio::task::yield_now().await;
                Ok(())
            }
        }
    }

    fn due(&self) -> Option<Instant> {
        None
    }

    async fn settle(&mut self) -> Result<(), WriteError> {
        self.flushed().await?;
        if self.position > self.flushed {
            let (batch, from, up_to) = self.take();
            self.target.clone().flush(batch, from, up_to).await?;
        }
        Ok(())
    }
}

impl<P: TableProjection> Drop for TableSink<P> {
    fn drop(&mut self) {
        if let Some(flushing) = &self.flushing {
            flushing.abort();
        }
    }
}
