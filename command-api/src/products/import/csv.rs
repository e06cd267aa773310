//! Comma-separated values (RFC 4180) with a head line.
//!
//! Columns: `name`, `slug`, `skus`, `tax_rate_bp`, and if wanted `description`, `categories`, `tags`,
//! `images` (addresses) and `prices` (such as `1999 EUR`). Several values of a column are separated by `|`.

use csv::{ErrorKind, ReaderBuilder, StringRecord, Trim};

use super::{
    super::create::{ImageBody, VariantBody},
    ImportRow,
    row::RowBody,
};
use crate::{
    refused::{FieldError, Refused},
    request::{MalformedJson, MoneyBody},
};

const REQUIRED: [&str; 4] = ["name", "slug", "skus", "tax_rate_bp"];
const OPTIONAL: [&str; 5] = ["description", "categories", "tags", "images", "prices"];

/// Reads the rows, at most one more than `max_rows`.
///
/// # Errors
///
/// When the head line lacks a column or has one that means nothing: then no row can be relied on.
pub(super) fn read(bytes: &[u8], max_rows: usize) -> Result<Vec<ImportRow>, Refused> {
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(bytes);
    let head = reader.headers().cloned().unwrap_or_default();
    check_columns(&head)?;
    let records = reader.into_records().take(max_rows.saturating_add(1));
    Ok(records.map(|record| read_record(&head, record)).collect())
}

fn check_columns(head: &StringRecord) -> Result<(), Refused> {
    let missing = REQUIRED
        .into_iter()
        .filter(|name| !head.iter().any(|column| column == *name))
        .map(|name| (name, "missing_column", "must be a column of the head line"));
    let unknown = head
        .iter()
        .filter(|column| !REQUIRED.contains(column) && !OPTIONAL.contains(column))
        .map(|column| (column, "unknown_column", "is no column of an import"));
    let errors: Vec<FieldError> = missing
        .chain(unknown)
        .take(REQUIRED.len() + OPTIONAL.len())
        .map(|(field, code, rule)| FieldError {
            field: field.to_owned(),
            code,
            rule: rule.to_owned(),
        })
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Refused::fields(errors))
    }
}

fn read_record(head: &StringRecord, record: Result<StringRecord, csv::Error>) -> ImportRow {
    let record = match record {
        Ok(record) => record,
        Err(error) => {
            let row = error.position().map_or(0, csv::Position::line);
            let rule = match error.kind() {
                ErrorKind::UnequalLengths {
                    expected_len, len, ..
                } => {
                    format!("has {len} values, not {expected_len}")
                }
                _ => "is not UTF-8".to_owned(),
            };
            let field = String::new();
            return ImportRow::malformed(row, MalformedJson { field, rule });
        }
    };
    let row = record.position().map_or(0, csv::Position::line);
    match body(head, &record) {
        Ok(body) => ImportRow::read(row, body),
        Err(error) => ImportRow::malformed(row, error),
    }
}

fn body(head: &StringRecord, record: &StringRecord) -> Result<RowBody, MalformedJson> {
    let value = |name: &str| {
        let column = head.iter().position(|column| column == name);
        column.and_then(|column| record.get(column)).unwrap_or_default()
    };
    let list = |name: &str| {
        let items = value(name).split('|').map(str::trim);
        items.filter(|item| !item.is_empty()).map(str::to_owned)
    };
    let description = value("description");
    let prices = list("prices")
        .enumerate()
        .map(|(index, text)| price(index, &text));
    Ok(RowBody {
        name: value("name").to_owned(),
        slug: value("slug").to_owned(),
        description: (!description.is_empty()).then(|| description.to_owned()),
        categories: list("categories").collect(),
        tags: list("tags").collect(),
        images: list("images").map(|url| ImageBody { url, alt: None }).collect(),
        variants: list("skus").map(|sku| VariantBody { sku, name: None }).collect(),
        tax_rate_bp: integer("tax_rate_bp".to_owned(), value("tax_rate_bp"))?,
        prices: prices.collect::<Result<_, _>>()?,
    })
}

/// `1999 EUR`
fn price(index: usize, text: &str) -> Result<MoneyBody, MalformedJson> {
    let field = format!("prices[{index}]");
    let Some((amount, currency)) = text.split_once(' ') else {
        let rule = "must be minor units and a currency, such as 1999 EUR".to_owned();
        return Err(MalformedJson { field, rule });
    };
    Ok(MoneyBody {
        amount: integer(format!("{field}.amount"), amount)?,
        currency: currency.trim().to_owned(),
    })
}

fn integer(field: String, text: &str) -> Result<i64, MalformedJson> {
    text.parse().map_err(|_| {
        let rule = "must be a whole number".to_owned();
        MalformedJson { field, rule }
    })
}
