//! What a projection into tables has to say.

use sqlx::PgConnection;

use crate::recorded::{EventError, Recorded};

/// The line of a table definition from which on it is carried out only when the tables are filled: rows
/// go faster into tables without indexes, and an index is made faster of all rows than row by row.
pub(crate) const AFTER_FILLING: &str = "-- After filling.\n";

/// A read model in tables of PostgreSQL.
pub trait TableProjection: Send + Sync + 'static {
    /// Its name, also the beginning of the names of its schemas.
    const NAME: &'static str;
    /// Counts the changes of its tables and of what is written into them. A new version is built anew
    /// beside the old one.
    const VERSION: i32;
    /// The tables, with `{schema}` where the name of their schema belongs. What follows the line
    /// `-- After filling.` is made when the first build has read the whole log: all that writing does
    /// not need.
    const DDL: &'static str;
    /// The aggregate types whose events it reads.
    const READS: &'static [&'static str];
    /// The names of those events among them that never change a row. They are not decoded. A name that
    /// is not here is read, so a new event cannot be overlooked; a test finds those that could be here.
    const IGNORES: &'static [&'static str] = &[];
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

/// The part of a table definition that is needed for filling, and the rest.
pub(crate) fn before_and_after_filling(ddl: &str) -> (&str, &str) {
    ddl.split_once(AFTER_FILLING).unwrap_or((ddl, ""))
}

/// A sum that its column cannot take. It is the fault of an event and stops the projection there.
pub(crate) fn too_large() -> sqlx::Error {
    sqlx::Error::Encode("a sum leaves 64 bits".into())
}
