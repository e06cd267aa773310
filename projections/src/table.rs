//! What a projection into tables has to say.

use sqlx::PgConnection;

use crate::recorded::{EventError, Recorded};

/// A read model in tables of PostgreSQL.
pub trait TableProjection: Send + Sync + 'static {
    /// Its name, also the beginning of the names of its schemas.
    const NAME: &'static str;
    /// Counts the changes of its tables and of what is written into them. A new version is built anew
    /// beside the old one.
    const VERSION: i32;
    /// The tables, with `{schema}` where the name of their schema belongs.
    const DDL: &'static str;
    /// The aggregate types whose events it reads.
    const READS: &'static [&'static str];
    /// What a number of events come to.
    type Batch: Default + Send;

    /// Folds an event into the batch, in memory.
    ///
    /// # Errors
    ///
    /// When the event cannot be taken in; the batch is thrown away then.
    fn apply(&self, batch: &mut Self::Batch, recorded: &Recorded) -> Result<(), EventError>;

    /// Writes the batch with a few statements, whatever its size. The checkpoint is part of the same
    /// transaction already.
    fn flush(
        &self,
        batch: Self::Batch,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
}

/// The PostgreSQL schema of one generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema(String);

impl Schema {
    /// A schema by its name, which comes from `projection_generations` and so is a plain identifier.
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The schema's name.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// A statement for the tables of this generation: `{schema}` becomes its name.
    ///
    /// A `search_path` would need a transaction around every query and three more round trips.
    pub fn sql(&self, statement: &str) -> String {
        statement.replace("{schema}", &self.0)
    }
}
