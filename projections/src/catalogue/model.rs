//! The index as a read model of the registry.

use std::{io, path::PathBuf};

use async_trait::async_trait;
use sqlx::{PgConnection, PgPool};

use super::{
    index,
    language::SearchLanguages,
    place,
    sink::{IndexSink, OpenShelves},
};
use crate::{
    generation::Generation,
    registry::Registered,
    runner::{OpenError, ReadModel, Sink},
};

/// The read model's name.
pub(super) const NAME: &str = "catalogue";

/// The search index of the catalogue.
#[derive(Clone)]
pub struct Catalogue {
    data_dir: PathBuf,
    languages: SearchLanguages,
    open: OpenShelves,
}

impl Catalogue {
    /// The indexes below a data folder, for English and Russian.
    pub fn new(data_dir: PathBuf) -> Self {
        Self::in_languages(data_dir, SearchLanguages::default())
    }

    /// The indexes below a data folder, for the languages of the shop.
    pub fn in_languages(data_dir: PathBuf, languages: SearchLanguages) -> Self {
        Self {
            data_dir,
            languages,
            open: OpenShelves::default(),
        }
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
            reads: &["product", "stock", "order"],
            ddl: None,
        }
    }

    fn ignores(&self) -> &'static [&'static str] {
        &[
            "OrderConfirmed",
            "OrderPaid",
            "OrderCancelled",
            "OrderShipped",
            "OrderDelivered",
            "ReturnRequested",
            "ReturnAccepted",
            "ReturnRejected",
            "OrderReturned",
            "ReservationRefused",
            "ReservationCommitted",
            "ReservationExtended",
            "StockTransferred",
            "ReturnWrittenOff",
            "LowStockThresholdSet",
            "StockRanLow",
        ]
    }

    fn place(&self) -> io::Result<String> {
        place::find_or_make(&self.data_dir)
    }

    fn is_current(&self, generation: &Generation) -> bool {
        // One that is new or damaged has no languages; that it is damaged comes out when it is opened.
        index::open(&self.folder(generation)).map_or(true, |(_, _, languages)| languages == self.languages)
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
            IndexSink::open(
                pool,
                generation,
                self.folder(generation),
                self.languages.clone(),
                &self.open,
            )
            .await?,
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
