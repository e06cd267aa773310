//! Rows that an earlier version imported: the product by one command, each price by another.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use event_store::{BusOptions, CommandContext, Filter, Log, MemoryLog, Metadata};
use serde_json::{Value, json};

use super::{ImportRow, Report, RowStatus, SetPrice, import, keys, set_price};
use crate::{Commands, products::create, shop_bus};

fn lamp(description: &str) -> Value {
    json!({
        "name": "Lamp", "slug": "lamp", "description": description, "variants": [{"sku": "L-1"}],
        "tax_rate_bp": 1900,
        "prices": [{"amount": 1999, "currency": "EUR"}, {"amount": 2199, "currency": "USD"}],
    })
}

fn row(body: &Value) -> ImportRow {
    ImportRow::read(1, serde_json::from_value(body.clone()).unwrap(), Vec::new())
}

fn shop() -> (Log, Commands) {
    let log: Log = Arc::new(MemoryLog::new(DateTime::<Utc>::default));
    let bus = shop_bus(log.clone(), BusOptions::default());
    (log, Commands::new(Arc::new(bus)))
}

/// What an earlier version did with the row before it was cut off after so many prices.
async fn imported_before(commands: &Commands, body: &Value, prices: usize) {
    let product = row(body).product.unwrap();
    // The row as it was written was the only form there was.
    let written = *product.digests.last().unwrap();
    let context = |name: &str| CommandContext {
        keys: keys(&[written], name),
        ..CommandContext::default()
    };
    let listed = create(commands, product.draft, context("product")).await.unwrap();
    let id = listed.aggregate_id.parse().unwrap();
    for price in product.prices.into_iter().take(prices) {
        let name = price.currency.to_string();
        set_price(commands, id, SetPrice { sku: None, price }, context(&name))
            .await
            .unwrap();
    }
}

async fn again(commands: &Commands, body: &Value) -> Report {
    import(commands, vec![row(body)], Metadata::default()).await
}

#[tokio::test]
async fn a_row_that_was_cut_off_between_its_prices_is_completed_once() {
    for prices in 0..2 {
        let (log, commands) = shop();
        imported_before(&commands, &lamp("Gives light."), prices).await;
        let report = again(&commands, &lamp("Gives light.")).await;
        assert_eq!(report.rows[0].status, RowStatus::Created);
        assert_eq!(log.head().await.unwrap(), 3);
        let report = again(&commands, &lamp("Gives light.")).await;
        assert_eq!(report.rows[0].status, RowStatus::Unchanged);
        assert_eq!(log.head().await.unwrap(), 3);
    }
}

#[tokio::test]
async fn a_row_in_another_form_than_it_is_stored_in_now_is_still_known() {
    let (log, commands) = shop();
    let body = lamp("  Gives light.  ");
    assert_eq!(row(&body).product.unwrap().digests.len(), 2);
    assert_eq!(row(&lamp("Gives light.")).product.unwrap().digests.len(), 1);
    imported_before(&commands, &body, 2).await;
    let report = again(&commands, &body).await;
    assert_eq!(report.rows[0].status, RowStatus::Unchanged);
    let events = log.read(0, usize::MAX, &Filter::default()).await.unwrap();
    assert_eq!(events.len(), 3);
}
