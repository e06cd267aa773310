//! The list of all read models.

use std::{
    path::PathBuf,
    sync::{Arc, LazyLock},
};

use crate::{
    balances::Balances,
    catalogue::{Catalogue, SearchLanguages},
    customers::Customers,
    orders::Orders,
    payments::Payments,
    price_history::PriceHistory,
    products::Products,
    recommendations::Recommendations,
    runner::{ReadModel, TableModel},
    sales::Sales,
    stock_levels::StockLevels,
    subscriptions::Subscriptions,
    table::TableProjection,
    warehouses::Warehouses,
};

/// A read model as the registry knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registered {
    /// Its name.
    pub name: &'static str,
    /// The version of its tables or of its index.
    pub version: i32,
    /// The aggregate types whose events it reads.
    pub reads: &'static [&'static str],
    /// Its tables, with `{schema}` where the name of their schema belongs; an index has none.
    pub ddl: Option<&'static str>,
}

/// All read models, with a search in these languages. A new one is added here.
pub(crate) fn models_in(data_dir: PathBuf, languages: SearchLanguages) -> Vec<Arc<dyn ReadModel>> {
    vec![
        table(Orders),
        table(Balances),
        table(StockLevels),
        table(Products),
        table(PriceHistory),
        table(Sales),
        table(Recommendations),
        table(Customers),
        table(Payments),
        table(Subscriptions),
        table(Warehouses),
        Arc::new(Catalogue::in_languages(data_dir, languages)),
    ]
}

/// All read models, with a search in the languages that a shop has if it chooses none.
pub(crate) fn models(data_dir: PathBuf) -> Vec<Arc<dyn ReadModel>> {
    models_in(data_dir, SearchLanguages::default())
}

/// All read models: what they are called, what they read and what their tables look like.
pub fn registry() -> &'static [Registered] {
    static REGISTRY: LazyLock<Vec<Registered>> =
        // The folder matters only to whoever builds an index.
        LazyLock::new(|| {
            models(PathBuf::new())
                .iter()
                .map(|model| model.registered())
                .collect()
        });
    &REGISTRY
}

pub(crate) fn table<P: TableProjection>(projection: P) -> Arc<dyn ReadModel> {
    Arc::new(TableModel::new(projection))
}
