//! What the runner knows of a read model, whether it is tables or an index.

use std::{io, time::Instant};

use async_trait::async_trait;
use event_store::Position;
use sqlx::{PgConnection, PgPool};

use super::{
    error::{OpenError, WriteError},
    pace::Pace,
};
use crate::{generation::Generation, recorded::Recorded, registry::Registered};

/// A read model.
#[async_trait]
pub(crate) trait ReadModel: Send + Sync {
    /// Its name, version and interests.
    fn registered(&self) -> Registered;

    /// The names of the events among those that it reads which change nothing.
    fn ignores(&self) -> &'static [&'static str] {
        &[]
    }

    /// Where its generations are; see `projection_generations.place`.
    async fn place(&self) -> io::Result<String>;

    /// Whether a generation of this version is what this read model would make today. One that is not is
    /// replaced as if it were of an older version, and serves until then.
    async fn is_current(&self, _generation: &Generation) -> bool {
        true
    }

    /// Makes the tables of a new generation, in the transaction that makes its row.
    async fn create(&self, connection: &mut PgConnection, generation: &Generation)
    -> Result<(), sqlx::Error>;

    /// Opens a generation for writing.
    async fn open(&self, pool: &PgPool, generation: &Generation) -> Result<Box<dyn Sink>, OpenError>;

    /// Makes what only reading needs, after a generation was filled for the first time.
    async fn index(
        &self,
        _connection: &mut PgConnection,
        _generation: &Generation,
    ) -> Result<(), sqlx::Error> {
        Ok(())
    }

    /// Drops the tables of a generation, in the transaction that drops its row.
    async fn discard(
        &self,
        connection: &mut PgConnection,
        generation: &Generation,
    ) -> Result<(), sqlx::Error>;

    /// Removes what no transaction covers of generations whose rows are gone, after that was committed. What is
    /// left by a process that ends before is removed the next time.
    async fn sweep(&self, _pool: &PgPool) -> Result<(), sqlx::Error> {
        Ok(())
    }
}

/// One generation, open for writing.
///
/// After an error it must be thrown away and the generation opened again.
#[async_trait]
pub(crate) trait Sink: Send {
    /// Events up to here were taken in.
    fn position(&self) -> Position;

    /// Events up to here are visible to readers and survive a crash.
    fn visible(&self) -> Position;

    /// Takes events in; `up_to` is the end of the stretch that they were found in.
    async fn write(&mut self, events: Vec<Recorded>, up_to: Position, pace: Pace) -> Result<(), WriteError>;

    /// Until when nothing more should be taken in, so that what arrives meanwhile is written together.
    fn rests_until(&self) -> Option<Instant> {
        None
    }

    /// When [`Sink::settle`] is wanted although nothing new arrives.
    fn due(&self) -> Option<Instant>;

    /// Makes everything visible that was taken in.
    async fn settle(&mut self) -> Result<(), WriteError>;
}
