//! Searching the catalogue.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use tantivy::TantivyError;
use tokio::sync::Semaphore;

use super::{
    MAX_ATTRIBUTES, MAX_SUGGESTIONS, MAX_VALUES,
    cursor::Mark,
    model::NAME,
    open_index::OpenIndex,
    place,
    request::{CatalogueFilter, Found, SearchRequest},
    snapshot::Snapshot,
    suggest::Suggestion,
};
use crate::reading::{LiveGenerations, ReadModelError};

/// The longest text that is searched for, in letters of any alphabet: more than the longest name has.
const MAX_TEXT: usize = 500;

/// Searches the catalogue. Clones share the open index.
#[derive(Clone)]
pub struct CatalogueReader {
    live: Arc<LiveGenerations>,
    data_dir: PathBuf,
    open: Arc<Mutex<Option<Open>>>,
    /// As many searches run at once as there are processors: more would only wait for each other, each
    /// half done.
    turns: Arc<Semaphore>,
}

/// The index that is open.
#[derive(Clone)]
struct Open {
    schema_name: Arc<str>,
    index: Arc<OpenIndex>,
}

impl CatalogueReader {
    pub(crate) fn new(live: Arc<LiveGenerations>, data_dir: PathBuf) -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Self {
            live,
            data_dir,
            open: Arc::default(),
            turns: Arc::new(Semaphore::new(processors)),
        }
    }

    /// Finds products.
    ///
    /// # Errors
    ///
    /// When the index is not built or cannot be read, or when page, cursor, text or filter are none.
    pub async fn search(&self, request: SearchRequest) -> Result<Found, ReadModelError> {
        check(&request.text, &request.filter)?;
        let limit = usize::try_from(request.page.limit()?).unwrap_or_default();
        let cursor = request.page.after.as_ref();
        let after = cursor
            .map(|cursor| Mark::of_cursor(cursor, request.sort))
            .transpose()?;
        self.read(move |snapshot| snapshot.search(&request, after, limit))
            .await
    }

    /// What a person who has typed so much may be about to type, at most [`MAX_SUGGESTIONS`].
    ///
    /// # Errors
    ///
    /// When the index is not built or cannot be read, or when the text is too long.
    pub async fn suggestions(&self, text: &str, first: u32) -> Result<Vec<Suggestion>, ReadModelError> {
        check(text, &CatalogueFilter::default())?;
        let limit = usize::try_from(first).unwrap_or(usize::MAX);
        if !(1..=MAX_SUGGESTIONS).contains(&limit) {
            return Err(ReadModelError::First);
        }
        let text = text.to_owned();
        self.read(move |snapshot| snapshot.suggestions(&text, limit))
            .await
    }

    /// Reads the live index on a thread that may block.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Snapshot) -> Result<T, TantivyError> + Send + 'static,
    ) -> Result<T, ReadModelError> {
        let schema_name = match self.live.schema_name(NAME).await {
            Ok(schema_name) => Some(schema_name),
            // Lost, and being built anew: what is open still answers.
            Err(ReadModelError::NotBuilt(name)) => match self.opened() {
                Some(_) => None,
                None => return Err(ReadModelError::NotBuilt(name)),
            },
            Err(error) => return Err(error),
        };
        // The semaphore is never closed; without a turn the search is only less orderly.
        let turn = Arc::clone(&self.turns).acquire_owned().await.ok();
        let this = self.clone();
        let searched = tokio::task::spawn_blocking(move || {
            let snapshot = this.snapshot(schema_name)?;
            let answer = read(&snapshot);
            drop(turn);
            answer
        });
        Ok(searched.await.map_err(|_panicked| ReadModelError::Thread)??)
    }

    fn snapshot(&self, schema_name: Option<Arc<str>>) -> Result<Arc<Snapshot>, TantivyError> {
        let before = self.opened();
        match (schema_name, before) {
            (Some(name), Some(open)) if open.schema_name == name => open.index.snapshot(),
            (None, Some(open)) => Ok(open.index.last_snapshot()),
            (Some(name), before) => match self.open(name) {
                Ok(open) => open.index.snapshot(),
                // A generation that is gone before its worker has noticed.
                Err(error) => before.map(|open| open.index.last_snapshot()).ok_or(error),
            },
            (None, None) => Err(TantivyError::SystemError("no index is open".to_owned())),
        }
    }

    fn opened(&self) -> Option<Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The index of the live generation, opened once.
    fn open(&self, schema_name: Arc<str>) -> Result<Open, TantivyError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = open.as_ref().filter(|open| open.schema_name == schema_name) {
            return Ok(open.clone());
        }
        let folder = place::indexes(&self.data_dir).join(&*schema_name);
        let index = Arc::new(OpenIndex::open(&folder)?);
        let opened = Open { schema_name, index };
        *open = Some(opened.clone());
        Ok(opened)
    }
}

/// Bounds what one search may ask for.
fn check(text: &str, filter: &CatalogueFilter) -> Result<(), ReadModelError> {
    let many = |attribute: &super::AttributeFilter| attribute.values.len() > MAX_VALUES;
    if text.chars().count() > MAX_TEXT {
        return Err(ReadModelError::Query);
    }
    if filter.attributes.len() > MAX_ATTRIBUTES || filter.attributes.iter().any(many) {
        return Err(ReadModelError::Keys);
    }
    Ok(())
}
