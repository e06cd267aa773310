//! Many products at once, as CSV or NDJSON, with a report row by row.
//!
//! Each row is a command of its own, so one broken row costs only itself. Its key is derived from its
//! content: a file that is sent again, in either format, lists nothing twice and completes what was cut off.
//!
//! Of the rows that claim one slug or SKU the upper one is listed, whatever the distance between them: such
//! rows are imported one after the other, and all others side by side.

mod claims;
mod columns;
mod csv;
pub(super) mod endpoint;
mod file;
mod ndjson;
mod report;
mod row;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use domain::{Claim, value::ProductId};
use event_store::{Answer, CommandContext, CommandKey, Metadata};
use futures::{StreamExt, stream};

use self::{
    claims::{claims, groups},
    report::Failure,
};
pub use self::{
    report::{Report, RowReport, RowStatus},
    row::{ImportRow, ImportedProduct},
};
use super::{SetPrice, create_priced, set_price};
use crate::{Commands, request::Digest};

/// The most rows of one import.
const MAX_ROWS: usize = 10_000;
/// How many rows are worked on at once. They share the batches of the log, so a batch is well filled and
/// other callers still find room in it.
const CONCURRENT_ROWS: usize = 64;

/// Lists every product that can be listed and reports on each row.
pub async fn import(commands: &Commands, rows: Vec<ImportRow>, metadata: Metadata) -> Report {
    let work = groups(rows).into_iter().map(|group| {
        let (commands, metadata) = (commands.clone(), metadata.clone());
        async move { import_group(&commands, group, &metadata).await }
    });
    let groups: Vec<Vec<RowReport>> = stream::iter(work)
        .buffer_unordered(CONCURRENT_ROWS)
        .collect()
        .await;
    let mut rows: Vec<RowReport> = groups.into_iter().flatten().collect();
    rows.sort_by_key(|report| report.row);
    Report::new(rows)
}

/// Rows that claim the same, the upper ones first.
async fn import_group(commands: &Commands, rows: Vec<ImportRow>, metadata: &Metadata) -> Vec<RowReport> {
    let mut open: HashSet<Claim> = HashSet::new();
    let mut reports = Vec::with_capacity(rows.len());
    for ImportRow { row, product } in rows {
        let product = match product {
            Ok(product) => product,
            Err(errors) => {
                reports.push(RowReport::refused(row, errors));
                continue;
            }
        };
        let claims = claims(&product);
        // An upper row that could not be written keeps its claims: when the file is sent again it is listed.
        let report = if claims.is_disjoint(&open) {
            RowReport::of(row, import_product(commands, product, metadata).await)
        } else {
            RowReport::waiting(row)
        };
        if report.status == RowStatus::Failed {
            open.extend(claims);
        }
        reports.push(report);
    }
    reports
}

async fn import_product(
    commands: &Commands,
    product: ImportedProduct,
    metadata: &Metadata,
) -> Result<Answer, Failure> {
    let ImportedProduct {
        draft,
        prices,
        digests,
    } = product;
    let context = |keys: Vec<CommandKey>| CommandContext {
        metadata: Metadata {
            command_id: commands.new_id().to_string(),
            ..metadata.clone()
        },
        keys,
        ..CommandContext::default()
    };
    // The keys of the prices as well: to whoever asks later they were set, and here they were.
    let currencies = prices.iter().map(|price| price.currency.to_string());
    let names = std::iter::once("product".to_owned()).chain(currencies);
    let all = names.flat_map(|name| keys(&digests, &name)).collect();
    let listed = create_priced(commands, draft, prices.clone(), context(all)).await;
    let mut newest = listed.map_err(Failure::of_product)?;
    if !newest.replayed {
        return Ok(newest);
    }
    // Earlier versions set each price by a command of its own. A row that was cut off between two of them
    // gets the rest now; all other prices are answered by their keys.
    let Ok(id) = newest.aggregate_id.parse::<ProductId>() else {
        return Ok(newest);
    };
    for price in prices {
        let keys = keys(&digests, &price.currency.to_string());
        let answer = set_price(commands, id, SetPrice { sku: None, price }, context(keys)).await;
        let answer = answer.map_err(|error| Failure::of_price(id, error))?;
        newest = Answer {
            replayed: newest.replayed && answer.replayed,
            position: newest.position.max(answer.position),
            ..answer
        };
    }
    Ok(newest)
}

fn keys(digests: &[Digest], name: &str) -> Vec<CommandKey> {
    let key = |digest: &Digest| {
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        CommandKey {
            key: format!("import:{hex}:{name}"),
            fingerprint: digest.to_vec(),
        }
    };
    digests.iter().map(key).collect()
}
