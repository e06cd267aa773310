//! The index as a read model of the registry.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
};

use async_trait::async_trait;
use sqlx::{PgConnection, PgPool};

use super::{
    index,
    language::SearchLanguages,
    place,
    sink::{IndexSink, OpenShelves},
};
use crate::{
    generation::{self, Generation},
    registry::Registered,
    runner::{OpenError, ProjectionError, ReadModel, Sink},
};

/// The read model's name.
pub(super) const NAME: &str = "catalogue";

/// The search index of the catalogue.
#[derive(Clone)]
pub struct Catalogue {
    data_dir: PathBuf,
    languages: SearchLanguages,
    /// The newest generation for these languages that this process has met.
    met: Arc<AtomicI32>,
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
            met: Arc::default(),
            open: OpenShelves::default(),
        }
    }

    fn folder(&self, generation: &Generation) -> PathBuf {
        folder(&self.data_dir, generation)
    }
}

fn folder(data_dir: &Path, generation: &Generation) -> PathBuf {
    place::indexes(data_dir).join(&generation.schema_name)
}

/// The languages of the index of a data folder: of the one that is being built, if there is one, or else of
/// the live one. Nothing when there is none, or none that can be opened.
///
/// # Errors
///
/// When the database or the data folder cannot be reached.
pub async fn find_languages(
    pool: &PgPool,
    data_dir: &Path,
) -> Result<Option<SearchLanguages>, ProjectionError> {
    let Some(place) = place::find(data_dir)? else {
        return Ok(None);
    };
    let of = |generation: Option<Generation>| {
        let opened = index::open(&folder(data_dir, &generation?)).ok();
        opened.map(|(_, _, languages)| languages)
    };
    let building = of(generation::find_building(pool, NAME, &place).await?);
    match building {
        None => Ok(of(generation::find_live(pool, NAME, &place).await?)),
        building => Ok(building),
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

    /// Whether it is for the languages of this process, or for others that somebody chose while this process
    /// was running. Two processes that differ for good would otherwise build against each other without end.
    fn is_current(&self, generation: &Generation) -> bool {
        // One that is new or damaged has no languages; that it is damaged comes out when it is opened.
        let Ok((_, _, languages)) = index::open(&self.folder(generation)) else {
            return true;
        };
        if languages == self.languages {
            self.met.fetch_max(generation.number, Ordering::Relaxed);
            return true;
        }
        let met = self.met.load(Ordering::Relaxed);
        met > 0 && generation.number > met
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
