//! Searching the catalogue.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use domain::value::{Currency, ProductId};
use tantivy::{
    Index, IndexReader, ReloadPolicy, TantivyError, Term,
    query::{BooleanQuery, ConstScoreQuery, Occur, Query, TermQuery},
    schema::IndexRecordOption,
};

use super::{
    collector::{Ranked, Ranker, Ranking},
    index::{self, Fields},
    model::NAME,
    place, text_query,
};
use crate::reading::{Cursor, LiveGenerations, PageRequest, ReadModelError};

/// The longest text that is searched for, in bytes.
const MAX_TEXT: usize = 500;

/// Which products are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogueFilter {
    /// Only those in this category or below it, a path such as `audio/headphones`.
    pub category: Option<String>,
    /// Only those whose lowest price is within a range.
    pub price: Option<PriceRange>,
    /// Only those in stock, or only those out of stock.
    pub in_stock: Option<bool>,
    /// Only those that can be bought, or only those that cannot.
    pub active: Option<bool>,
}

/// A range of prices in one currency, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceRange {
    /// The currency; a product without a price in it is not found.
    pub currency: Currency,
    /// In minor units.
    pub min: Option<i64>,
    /// In minor units.
    pub max: Option<i64>,
}

/// What comes first. What is equal comes in the order of its age, the newest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// What fits the text best.
    #[default]
    Relevance,
    /// The newest.
    Newest,
    /// The cheapest in a currency; what has no price in it comes last.
    PriceAscending(Currency),
    /// The dearest in a currency; what has no price in it comes last.
    PriceDescending(Currency),
}

impl Sort {
    pub(super) const fn currency(self) -> Option<Currency> {
        match self {
            Self::PriceAscending(currency) | Self::PriceDescending(currency) => Some(currency),
            Self::Relevance | Self::Newest => None,
        }
    }
}

/// A page of what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The products, in order.
    pub hits: Vec<Hit>,
    /// How many there are on all pages.
    pub total: u64,
    /// Whether there are more after these.
    pub has_next_page: bool,
}

/// A product that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its place in the list.
    pub cursor: Cursor,
    /// Which product; see [`ReadModels::products`](crate::ReadModels::products) for the rest.
    pub product_id: ProductId,
}

/// Searches the catalogue. Clones share the open index.
#[derive(Clone)]
pub struct CatalogueReader {
    live: Arc<LiveGenerations>,
    data_dir: PathBuf,
    open: Arc<Mutex<Option<Arc<OpenIndex>>>>,
}

/// The index of one generation.
struct OpenIndex {
    schema_name: Arc<str>,
    index: Index,
    fields: Fields,
    reader: IndexReader,
    /// The commit that the reader has.
    loaded: Mutex<u64>,
}

impl CatalogueReader {
    pub(crate) fn new(live: Arc<LiveGenerations>, data_dir: PathBuf) -> Self {
        Self {
            live,
            data_dir,
            open: Arc::default(),
        }
    }

    /// Finds products. An empty text finds all that the filter lets pass.
    ///
    /// # Errors
    ///
    /// When the index is not built or cannot be read, or when page, cursor or text are none.
    pub async fn search(
        &self,
        text: &str,
        filter: CatalogueFilter,
        sort: Sort,
        page: &PageRequest,
    ) -> Result<Found, ReadModelError> {
        if text.len() > MAX_TEXT {
            return Err(ReadModelError::Query);
        }
        let limit = usize::try_from(page.limit()?).unwrap_or_default();
        let after = page
            .after
            .as_ref()
            .map(Cursor::numbers)
            .transpose()?
            .map(|[key, created]| (key, created));
        let has_text = text.chars().any(char::is_alphanumeric);
        let ranker = Ranker {
            filter,
            sort,
            has_text,
            after,
            limit,
        };
        let schema_name = self.live.schema_name(NAME).await?;
        let (this, text) = (self.clone(), text.to_owned());
        let searched = tokio::task::spawn_blocking(move || this.search_blocking(schema_name, &text, &ranker));
        let ranking = searched.await.map_err(|_panicked| ReadModelError::Thread)??;
        Ok(found(ranking, limit))
    }

    fn search_blocking(
        &self,
        schema_name: Arc<str>,
        text: &str,
        ranker: &Ranker,
    ) -> Result<Ranking, ReadModelError> {
        let open = self.open_index(schema_name)?;
        open.refresh()?;
        let query = open.query(text, ranker);
        Ok(open.reader.searcher().search(&*query, ranker)?)
    }

    /// The index of the live generation, opened once.
    fn open_index(&self, schema_name: Arc<str>) -> Result<Arc<OpenIndex>, TantivyError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = open.as_ref().filter(|open| open.schema_name == schema_name) {
            return Ok(Arc::clone(open));
        }
        let folder = place::indexes(&self.data_dir).join(&*schema_name);
        let (index, fields) = index::open(&folder)?;
        let loaded = Mutex::new(index.load_metas()?.opstamp);
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let opened = Arc::new(OpenIndex {
            schema_name,
            index,
            fields,
            reader,
            loaded,
        });
        *open = Some(Arc::clone(&opened));
        Ok(opened)
    }
}

impl OpenIndex {
    /// Makes everything visible that was committed before now. Looking is reading one small file, so it
    /// is done every time: then whoever waited for a position finds what was written at it.
    fn refresh(&self) -> Result<(), TantivyError> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let committed = self.index.load_metas()?.opstamp;
        if committed != *loaded {
            self.reader.reload()?;
            *loaded = committed;
        }
        Ok(())
    }

    fn query(&self, text: &str, ranker: &Ranker) -> Box<dyn Query> {
        let by_text = text_query::of(&self.index, &self.fields, text);
        let Some(category) = &ranker.filter.category else {
            return by_text;
        };
        let category = Term::from_facet(self.fields.category, &index::facet(category));
        // A category is a condition: that it is rare makes nothing more relevant.
        let within = Box::new(TermQuery::new(category, IndexRecordOption::Basic));
        Box::new(BooleanQuery::new(vec![
            (Occur::Must, by_text),
            (
                Occur::Must,
                Box::new(ConstScoreQuery::new(within, 0.0)) as Box<dyn Query>,
            ),
        ]))
    }
}

fn found(ranking: Ranking, limit: usize) -> Found {
    let Ranking { mut best, total } = ranking;
    let has_next_page = best.len() >= limit;
    best.truncate(limit.saturating_sub(1));
    let hit = |ranked: Ranked| Hit {
        cursor: Cursor::of([ranked.key, ranked.created]),
        product_id: ProductId::new(ranked.id),
    };
    Found {
        hits: best.into_iter().map(hit).collect(),
        total,
        has_next_page,
    }
}
