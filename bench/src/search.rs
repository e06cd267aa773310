//! Searching a catalogue of many products, with facets, beside PostgreSQL's full text search on the same
//! documents, ranked and counted in one statement.
//!
//! Both rates are also told in products that were found and counted. A word finds more here: the words that begin
//! so, too.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Result, ensure};
use platform::pool::DatabaseRole;
use projections::{catalogue::SearchRequest, value::Currency};
use sqlx::Row;

use crate::{
    Size,
    append::run,
    history,
    rebuild::{PRODUCTS, Shop},
    report::{Latency, Measure, Report},
    server::{Database, Server},
};

const CALLERS: usize = 16;
const PEER: &str = "postgresql-full-text";
/// The ranks of the words that are searched for: from those in thousands of products to those in a few.
const RANKS: std::ops::Range<u64> = 20..4_000;

pub(crate) async fn measure(server: &Server, size: Size, report: &mut Report) -> Result<()> {
    let time = match size {
        Size::Small => Duration::from_secs(5),
        Size::Full => Duration::from_secs(20),
    };
    let database = server.database().await?;
    history::list_products(&database, PRODUCTS).await?;
    let shop = Shop::open(&database).await?;
    shop.rebuild("catalogue").await?;
    let catalogue = Arc::new(shop.models.catalogue().clone());
    let found = Arc::new(AtomicUsize::new(0));
    let (ours, latency) = {
        let (next, found) = (Arc::new(AtomicUsize::new(0)), found.clone());
        run(CALLERS, time, move || {
            let (catalogue, word, found) = (catalogue.clone(), next_word(&next), found.clone());
            async move {
                let request = SearchRequest::new(word, 20).with_facets(Some(Currency::EUR));
                let total = catalogue.search(request).await?.total;
                found.fetch_add(usize::try_from(total)?, Ordering::Relaxed);
                Ok(())
            }
        })
        .await?
    };
    let ours = Rates::new(ours, &found, &latency)?;
    let peer = postgresql(&database, time).await?;
    let measure = Measure::new("search", "queries/s", ours.queries).peer(PEER, peer.queries);
    report.add(measure.latency(&latency).resident())?;
    let measure = Measure::new("search_found", "products/s", ours.products);
    report.add(measure.peer(PEER, peer.products))
}

/// How much was asked and found in a second.
struct Rates {
    queries: f64,
    products: f64,
}

impl Rates {
    fn new(queries: f64, found: &AtomicUsize, latency: &Latency) -> Result<Self> {
        let found = found.load(Ordering::Relaxed);
        ensure!(found > 0, "nothing was found");
        let for_each = f64::from(u32::try_from(found)?) / f64::from(u32::try_from(latency.count())?);
        Ok(Self {
            queries,
            products: queries * for_each,
        })
    }
}

fn next_word(next: &AtomicUsize) -> String {
    let number = next.fetch_add(1, Ordering::Relaxed) as u64;
    history::word_of_rank(RANKS.start + number * 37 % (RANKS.end - RANKS.start))
}

async fn postgresql(database: &Database, time: Duration) -> Result<Rates> {
    let pool = database.pool(DatabaseRole::Owner).await?;
    sqlx::raw_sql(include_str!("documents.sql"))
        .execute(&pool)
        .await?;
    let (next, found) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let all = found.clone();
    let (rate, latency) = run(CALLERS, time, move || {
        let (pool, word, found) = (pool.clone(), next_word(&next), found.clone());
        async move {
            let row = sqlx::query(include_str!("search.sql"))
                .bind(word)
                .fetch_one(&pool)
                .await?;
            let total: i64 = row.try_get("total")?;
            found.fetch_add(usize::try_from(total)?, Ordering::Relaxed);
            Ok(())
        }
    })
    .await?;
    Rates::new(rate, &all, &latency)
}
