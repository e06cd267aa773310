//! The reading side: which generation is live, waiting for a position, and pages.

mod as_of;
mod error;
mod live;
mod page;
mod row;
mod unavailable;
mod wait;
mod witness;

use std::{path::PathBuf, sync::Arc};

use event_store::Position;
use sqlx::PgPool;

pub use as_of::AsOf;
pub use error::ReadModelError;
pub(crate) use live::{LiveGenerations, Tables};
pub(crate) use page::bounded;
pub use page::{Cursor, Edge, MAX_FIRST, MAX_KEYS, Page, PageRequest};
pub(crate) use row::{currency, id, json, money, sum, text, whole};
pub use unavailable::is_unavailable;
pub use wait::Waited;
pub use witness::Session;
pub(crate) use witness::Witness;

use crate::{
    balances::BalancesReader,
    catalogue::CatalogueReader,
    customers::CustomersReader,
    decision::{self, Decision},
    generation::{self, GenerationStatus, IN_DATABASE},
    orders::OrdersReader,
    payments::PaymentsReader,
    price_history::PriceHistoryReader,
    products::ProductsReader,
    recommendations::RecommendationsReader,
    runner::Progress,
    sales::SalesReader,
    stock_levels::StockLevelsReader,
    subscriptions::SubscriptionsReader,
    warehouses::WarehousesReader,
};

/// The reading side of all read models. Clones are the same.
#[derive(Clone)]
pub struct ReadModels {
    pool: PgPool,
    live: Arc<LiveGenerations>,
    catalogue: CatalogueReader,
}

impl ReadModels {
    /// The read models of a database. `pool` needs the rights of `souk_auditor` alone; `data_dir` is
    /// that of the process which builds the indexes; `progress` is shared with the workers of this
    /// process, if there are any.
    pub fn new(pool: PgPool, data_dir: PathBuf, progress: Progress) -> Self {
        let live = Arc::new(LiveGenerations::new(pool.clone(), data_dir.clone(), progress));
        let catalogue = CatalogueReader::new(Arc::clone(&live), data_dir);
        Self {
            pool,
            live,
            catalogue,
        }
    }

    /// Orders with their lines and timelines.
    pub fn orders(&self) -> OrdersReader {
        OrdersReader::new(self.tables())
    }

    /// Accounts, and the entries of the books.
    pub fn balances(&self) -> BalancesReader {
        BalancesReader::new(self.tables())
    }

    /// How many units there are of each SKU.
    pub fn stock_levels(&self) -> StockLevelsReader {
        StockLevelsReader::new(self.tables())
    }

    /// Products with their variants and prices.
    pub fn products(&self) -> ProductsReader {
        ProductsReader::new(self.tables())
    }

    /// Every price that a SKU ever had.
    pub fn price_history(&self) -> PriceHistoryReader {
        PriceHistoryReader::new(self.tables())
    }

    /// What was sold, by day, product and category.
    pub fn sales(&self) -> SalesReader {
        SalesReader::new(self.tables())
    }

    /// What is bought together.
    pub fn recommendations(&self) -> RecommendationsReader {
        RecommendationsReader::new(self.tables())
    }

    /// Customers with their orders and spending.
    pub fn customers(&self) -> CustomersReader {
        CustomersReader::new(self.tables())
    }

    /// Payments with their refunds.
    pub fn payments(&self) -> PaymentsReader {
        PaymentsReader::new(self.tables())
    }

    /// Subscriptions with their charges.
    pub fn subscriptions(&self) -> SubscriptionsReader {
        SubscriptionsReader::new(self.tables())
    }

    /// Places where goods lie.
    pub fn warehouses(&self) -> WarehousesReader {
        WarehousesReader::new(self.tables())
    }

    /// The search in the catalogue.
    pub fn catalogue(&self) -> &CatalogueReader {
        &self.catalogue
    }

    /// The session of the server that goes on now. Positions that are learnt after this call hold for rows that
    /// are read until [`Self::goes_on`] is asked, if it says yes.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn session(&self) -> Result<Session, ReadModelError> {
        self.live.session().await
    }

    /// Whether a session still goes on. After a crash of the server it does not, and rows that were read may lack
    /// what a position promised that was learnt before.
    pub async fn goes_on(&self, session: Session) -> bool {
        self.live.goes_on(session).await
    }

    /// The position up to which a read model is visible.
    ///
    /// # Errors
    ///
    /// When there is no such read model, it is not built yet, or the database cannot be reached.
    pub async fn position(&self, projection: &str) -> Result<Position, ReadModelError> {
        self.live.position(projection).await
    }

    /// All generations with their lag.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn status(&self) -> Result<Vec<GenerationStatus>, ReadModelError> {
        Ok(generation::list(&self.pool).await?)
    }

    /// The generations that are of use to this process: those in the database, and of an index those in its own
    /// data folder.
    ///
    /// # Errors
    ///
    /// When the database or the data folder cannot be reached.
    pub async fn status_here(&self) -> Result<Vec<GenerationStatus>, ReadModelError> {
        let place = self.live.place().await?;
        let mut status = generation::list(&self.pool).await?;
        status.retain(|status| status.place == IN_DATABASE || Some(&status.place) == place.as_ref());
        Ok(status)
    }

    /// What operators decided about one read model or all, newest first.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn decisions(&self, projection: Option<&str>) -> Result<Vec<Decision>, ReadModelError> {
        Ok(decision::list(&self.pool, projection).await?)
    }

    fn tables(&self) -> Tables {
        Tables::new(self.pool.clone(), Arc::clone(&self.live))
    }
}
