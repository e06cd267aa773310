//! The index as a read model of the registry.

use std::{io, path::PathBuf};

use async_trait::async_trait;
use sqlx::{PgConnection, PgPool};

use super::{index, place, sink::IndexSink};
use crate::{
    generation::Generation,
    registry::Registered,
    runner::{OpenError, ReadModel, Sink},
};

/// The read model's name.
pub(super) const NAME: &str = "catalogue";

/// The search index of the catalogue.
#[derive(Debug, Clone)]
pub struct Catalogue {
    data_dir: PathBuf,
}

impl Catalogue {
    /// The indexes below a data folder.
    pub const fn new(data_dir: PathBuf) -> Self {
        Self { data_dir }
    }

    fn folder(&self, generation: &Generation) -> PathBuf {
        place::indexes(&self.data_dir).join(&generation.schema_name)
    }
}

#[async_trait]
impl ReadModel for Catalogue {
    fn registered(&self) -> Registered {
        Registered {
            name: NAME,
            version: index::VERSION,
            reads: &["product", "stock"],
            ddl: None,
        }
    }

    fn place(&self) -> io::Result<String> {
        place::find_or_make(&self.data_dir)
    }

    async fn create(
        &self,
        _connection: &mut PgConnection,
        generation: &Generation,
    ) -> Result<(), sqlx::Error> {
        // A folder of that name is a left-over: its row is only being made.
        match std::fs::remove_dir_all(self.folder(generation)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(sqlx::Error::Io(error)),
            _ => Ok(()),
        }
    }

    async fn open(&self, pool: &PgPool, generation: &Generation) -> Result<Box<dyn Sink>, OpenError> {
        Ok(Box::new(
            IndexSink::open(pool, generation, self.folder(generation)).await?,
        ))
    }

    async fn discard(
        &self,
        _connection: &mut PgConnection,
        generation: &Generation,
    ) -> Result<(), sqlx::Error> {
        match std::fs::remove_dir_all(self.folder(generation)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(sqlx::Error::Io(error)),
            _ => Ok(()),
        }
    }
}
