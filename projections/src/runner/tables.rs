//! A read model in tables: batch and checkpoint in one transaction.

use std::{io, sync::Arc, time::Instant};

use async_trait::async_trait;
use event_store::Position;
use sqlx::{Executor, PgConnection, PgPool};

use super::{
    error::{OpenError, WriteError},
    model::{ReadModel, Sink},
    pace::Pace,
};
use crate::{
    generation::{self, Generation, IN_DATABASE},
    recorded::Recorded,
    registry::Registered,
    table::{Schema, TableProjection},
};

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
        connection.execute(sqlx::raw_sql(&schema.sql(P::DDL))).await?;
        connection
            .execute(sqlx::raw_sql(&schema.sql(include_str!("grant.sql"))))
            .await?;
        Ok(())
    }

    async fn open(&self, pool: &PgPool, generation: &Generation) -> Result<Box<dyn Sink>, OpenError> {
        Ok(Box::new(TableSink {
            projection: Arc::clone(&self.projection),
            pool: pool.clone(),
            generation: generation.id,
            schema: Schema::new(&generation.schema_name),
            position: generation.position,
        }))
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
struct TableSink<P> {
    projection: Arc<P>,
    pool: PgPool,
    generation: i64,
    schema: Schema,
    position: Position,
}

#[async_trait]
impl<P: TableProjection> Sink for TableSink<P> {
    fn position(&self) -> Position {
        self.position
    }

    fn visible(&self) -> Position {
        self.position
    }

    async fn write(&mut self, events: Vec<Recorded>, up_to: Position, _pace: Pace) -> Result<(), WriteError> {
        let mut batch = P::Batch::default();
        for event in &events {
            self.projection.apply(&mut batch, event)?;
        }
        let mut transaction = self.pool.begin().await?;
        // First of all: whoever may not write should find out before the work, not after it.
        if !generation::advance(&mut transaction, self.generation, self.position, up_to).await? {
            return Err(WriteError::Fenced);
        }
        if !events.is_empty() {
            self.projection
                .flush(batch, &self.schema, &mut transaction)
                .await?;
        }
        transaction.commit().await?;
        self.position = up_to;
        Ok(())
    }

    fn due(&self) -> Option<Instant> {
        None
    }

    async fn settle(&mut self) -> Result<(), WriteError> {
        Ok(())
    }
}
