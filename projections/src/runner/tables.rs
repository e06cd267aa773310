//! A read model in tables: batch and checkpoint in one transaction.

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use event_store::Position;
use sqlx::{Executor, PgConnection, PgPool};

use super::{
    error::{OpenError, WriteError},
    model::{ReadModel, Sink},
    pace::Pace,
};
use crate::{
    generation::{self, Changes, Generation, IN_DATABASE},
    recorded::Recorded,
    registry::Registered,
    table::{Schema, TableProjection, before_and_after_filling},
    transaction::Transaction,
};

/// How many events make a batch while tables are filled. What happens to an aggregate within a batch is
/// folded in memory and written once; so many events come to some twenty megabytes of rows.
const FILL_BATCH: usize = 40_000;

/// How many positions make a batch while tables are filled although few events concern them: so much is
/// done again after a crash.
const FILL_STRETCH: Position = 400_000;

/// How long a live projection rests after a transaction. What comes meanwhile goes into the next one: each
/// costs about the same whatever is in it, and so many a second are enough. An event after a quiet moment
/// is written at once.
const REST: Duration = Duration::from_millis(20);

/// How many events make a batch while a live projection is a little behind: it has read this many, or for
/// this long, or has reached the end.
const LIVE_BATCH: usize = 4_000;

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

    async fn place(&self) -> io::Result<String> {
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
            gathers_since: None,
            rests_until: None,
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
/// Live, everything up to the end of the log is one transaction; while the tables are filled, as much as fits
/// into memory.
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
    /// Live, when the oldest event of the batch was taken in.
    gathers_since: Option<Instant>,
    /// Live, until when nothing more is taken in.
    rests_until: Option<Instant>,
}

/// Where batches go.
struct Target<P> {
    projection: Arc<P>,
    pool: PgPool,
    generation: i64,
    schema: Schema,
}

impl<P: TableProjection> Target<P> {
    /// Writes a batch and moves the checkpoint in one transaction.
    async fn flush(
        &self,
        batch: Option<P::Batch>,
        from: Position,
        up_to: Position,
        changes: Changes,
    ) -> Result<(), WriteError> {
        let mut transaction = Transaction::begin(&self.pool).await?;
        // First of all: whoever may not write should find out before the work, not after it.
        if !generation::advance(&mut transaction, self.generation, from, up_to, changes).await? {
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
        self.gathers_since = None;
        (any.then_some(batch), from, self.position)
    }

    /// Whether the batch may wait for what comes next.
    fn may_gather(&mut self) -> bool {
        let since = *self.gathers_since.get_or_insert_with(Instant::now);
        self.events < LIVE_BATCH && since.elapsed() < REST
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
            (false, Pace::CatchUp) if self.may_gather() => Ok(()),
            (false, _) => self.settle().await,
            (true, Pace::CatchUp) if !is_full => Ok(()),
            // A build has one connection for its log and its rows, so there is nothing to be gained by going on
            // beside the transaction.
            (true, _) => self.settle().await,
        }
    }

    fn due(&self) -> Option<Instant> {
        // Only what was gathered because there is more waits, so it waits for long only if reading fails.
        let gathers_since = self.gathers_since.filter(|_| self.position > self.flushed);
        gathers_since.map(|since| since + 10 * REST)
    }

    fn rests_until(&self) -> Option<Instant> {
        self.rests_until.filter(|_| self.position == self.flushed)
    }

    async fn settle(&mut self) -> Result<(), WriteError> {
        if self.position > self.flushed {
            let (batch, from, up_to) = self.take();
            let changes = if self.filling { Changes::Many } else { Changes::Few };
            self.target.flush(batch, from, up_to, changes).await?;
            self.rests_until = Some(Instant::now() + REST);
        }
        Ok(())
    }
}
