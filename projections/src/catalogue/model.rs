//! The index as a read model of the registry.

use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, OnceLock,
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
    /// The name of the data folder, once it was read.
    place: Arc<OnceLock<String>>,
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
            place: Arc::default(),
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
    let of_folder = data_dir.to_owned();
    let Some(place) = blocking(move || place::find(&of_folder)).await? else {
        return Ok(None);
    };
    let building = generation::find_building(pool, NAME, &place).await?;
    match languages_of(data_dir, building).await? {
        None => languages_of(data_dir, generation::find_live(pool, NAME, &place).await?).await,
        building => Ok(building),
    }
}

async fn languages_of(
    data_dir: &Path,
    generation: Option<Generation>,
) -> Result<Option<SearchLanguages>, ProjectionError> {
    let Some(generation) = generation else {
        return Ok(None);
    };
    let folder = folder(data_dir, &generation);
    let opened = blocking(move || Ok(index::open(&folder).ok())).await?;
    Ok(opened.map(|(_, _, languages)| languages))
}

/// Does what may wait for a disk where nothing waits for it.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|panicked| Err(io::Error::other(panicked)))
}

/// Removes the folders of generations that have no row.
fn remove_unnamed(indexes: &Path, seen: Vec<String>, named: &HashSet<String>) -> io::Result<()> {
    for folder in seen.into_iter().filter(|folder| !named.contains(folder)) {
        match fs::remove_dir_all(indexes.join(folder)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// The folders of generations that there are.
fn folders(indexes: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(indexes) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut folders = Vec::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        // Whatever else lies there belongs to somebody else.
        if name.starts_with(&format!("{NAME}_g")) {
            folders.push(name);
        }
    }
    Ok(folders)
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
            "ReturnRefundReduced",
            "ReturnRejected",
            "OrderReturned",
            "ReservationRefused",
            "ReservationCommitted",
            "ReservationExtended",
            "StockTransferred",
            "LotExpiryCorrected",
            "ReturnWrittenOff",
            "LowStockThresholdSet",
            "StockRanLow",
        ]
    }

    async fn place(&self) -> io::Result<String> {
        if let Some(place) = self.place.get() {
            return Ok(place.clone());
        }
        let data_dir = self.data_dir.clone();
        let place = blocking(move || place::find_or_make(&data_dir)).await?;
        Ok(self.place.get_or_init(|| place).clone())
    }

    /// Whether it is for the languages of this process, or for others that somebody chose while this process
    /// was running. Two processes that differ for good would otherwise build against each other without end.
    async fn is_current(&self, generation: &Generation) -> bool {
        let folder = self.folder(generation);
        let opened = blocking(move || Ok(index::open(&folder).ok())).await;
        // One that is new or damaged has no languages; that it is damaged comes out when it is opened.
        let Ok(Some((_, _, languages))) = opened else {
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
        _generation: &Generation,
    ) -> Result<(), sqlx::Error> {
        // The folder is made by whoever opens the generation, when its row is there to stay.
        Ok(())
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
        _generation: &Generation,
    ) -> Result<(), sqlx::Error> {
        // The transaction may yet be undone, and a folder would not come back.
        Ok(())
    }

    async fn sweep(&self, pool: &PgPool) -> Result<(), sqlx::Error> {
        let (place, indexes) = (self.place().await?, place::indexes(&self.data_dir));
        // Looked up before the rows: a folder is made after its row was committed.
        let of_folder = indexes.clone();
        let seen = blocking(move || folders(&of_folder)).await?;
        let named = generation::schema_names(pool, NAME, &place).await?;
        blocking(move || remove_unnamed(&indexes, seen, &named)).await?;
        Ok(())
    }
}
