//! Many products at once, as CSV or NDJSON, with a report row by row.
//!
//! Each row is a command of its own, so one broken row costs only itself. Its key is derived from its
//! content: a file that is sent again, in either format, lists nothing twice and completes what was cut off.

mod csv;
pub(super) mod endpoint;
mod ndjson;
mod report;
mod row;

use domain::value::ProductId;
use event_store::{Answer, CommandContext, CommandKey, Metadata};
use futures::{StreamExt, stream};

pub use self::{
    report::{Report, RowReport, RowStatus},
    row::{ImportRow, ImportedProduct},
};
use super::{SetPrice, create, set_price};
use crate::{Commands, refused::CommandError, request::Digest};

/// The most rows of one import.
const MAX_ROWS: usize = 10_000;
/// How many rows are worked on at once. They share the batches of the log, so a batch is well filled and
/// other callers still find room in it.
const CONCURRENT_ROWS: usize = 64;

/// Lists every product that can be listed and reports on each row.
pub async fn import(commands: &Commands, rows: Vec<ImportRow>, metadata: Metadata) -> Report {
    let work = rows.into_iter().map(|row| {
        let (commands, metadata) = (commands.clone(), metadata.clone());
        async move {
            let ImportRow { row, product } = row;
            match product {
                Ok(product) => RowReport::of(row, import_product(&commands, product, metadata).await),
                Err(errors) => RowReport::refused(row, errors),
            }
        }
    });
    let rows = stream::iter(work).buffered(CONCURRENT_ROWS).collect().await;
    Report::new(rows)
}

async fn import_product(
    commands: &Commands,
    product: ImportedProduct,
    metadata: Metadata,
) -> Result<Answer, CommandError> {
    let ImportedProduct {
        draft,
        prices,
        digest,
    } = product;
    let context = |name: &str| CommandContext {
        metadata: Metadata {
            command_id: commands.new_id().to_string(),
            ..metadata.clone()
        },
        keys: vec![key(&digest, name)],
        ..CommandContext::default()
    };
    let mut newest = create(commands, draft, context("product")).await?;
    // A row that was cut off after its product was listed gets its prices the second time.
    for price in prices {
        let Ok(id) = newest.aggregate_id.parse::<ProductId>() else {
            break;
        };
        let name = price.currency.to_string();
        let answer = set_price(commands, id, SetPrice { sku: None, price }, context(&name)).await?;
        newest = Answer {
            replayed: newest.replayed && answer.replayed,
            position: newest.position.max(answer.position),
            ..answer
        };
    }
    Ok(newest)
}

fn key(digest: &Digest, name: &str) -> CommandKey {
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    CommandKey {
        key: format!("import:{hex}:{name}"),
        fingerprint: digest.to_vec(),
    }
}
