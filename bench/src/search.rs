//! Searching a catalogue of many products, with facets, beside PostgreSQL's full text search on the same
//! documents, ranked and counted in one statement.

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
    report::{Measure, Report},
    server::{Database, Server},
};

const CALLERS: usize = 16;
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
                found.fetch_add(catalogue.search(request).await?.hits.len(), Ordering::Relaxed);
                Ok(())
            }
        })
        .await?
    };
    ensure!(found.load(Ordering::Relaxed) > 0, "nothing was found");
    let peer = postgresql(&database, time).await?;
    let measure = Measure::new("search", "queries/s", ours).peer("postgresql-full-text", peer);
    report.add(measure.latency(&latency).resident())
}

fn next_word(next: &AtomicUsize) -> String {
    let number = next.fetch_add(1, Ordering::Relaxed) as u64;
    history::word_of_rank(RANKS.start + number * 37 % (RANKS.end - RANKS.start))
}

async fn postgresql(database: &Database, time: Duration) -> Result<f64> {
    let pool = database.pool(DatabaseRole::Owner).await?;
    sqlx::raw_sql(include_str!("documents.sql"))
        .execute(&pool)
        .await?;
    let (next, found) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let all = found.clone();
    let (rate, _) = run(CALLERS, time, move || {
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
    ensure!(all.load(Ordering::Relaxed) > 0, "the peer found nothing");
    Ok(rate)
}
