//! Comma-separated values (RFC 4180) with a head line; semicolons and tabs separate as well.
//!
//! Columns: `name`, `slug`, `skus`, `tax_rate_bp`, and if wanted `description`, `categories`, `tags`,
//! `images` (addresses) and `prices` (such as `1999 EUR`). Several values of a column are separated by `|`.

use std::io::Read as _;

use csv::{Position, ReaderBuilder, StringRecord, Trim};

use super::{
    super::create::{ImageBody, VariantBody},
    ImportRow,
    columns::{Columns, separator},
    file::LineCounter,
    row::{RowBody, malformed},
};
use crate::{
    refused::{FieldError, Refused},
    request::MoneyBody,
};

/// A record behind the end of the file. It is read as one unless a quotation mark was never closed: then
/// it is a part of the last value.
const END: &[u8] = b"\nend";

/// Reads the rows, at most one more than `max_rows`. Blank lines are none, nor are rows without any value.
///
/// # Errors
///
/// When the head line is not as it must be.
pub(super) fn read(text: &[u8], max_rows: usize) -> Result<Vec<ImportRow>, Refused> {
    if text.trim_ascii().is_empty() {
        // Else `END` would be read as the head line.
        Columns::read(&StringRecord::new())?;
    }
    // Lengths are compared below: a row of another length still has a line.
    let mut reader = ReaderBuilder::new()
        .delimiter(separator(text))
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.chain(END));
    let Ok(head) = reader.headers().cloned() else {
        let rule = "must be encoded in UTF-8";
        return Err(Refused::fields(vec![malformed("head line", rule)]));
    };
    let columns = Columns::read(&head)?;
    let (mut rows, mut lines) = (Vec::new(), LineCounter::new(text));
    for record in reader.into_records() {
        let position = match &record {
            Ok(record) => record.position(),
            Err(error) => error.position(),
        };
        let offset = position
            .map(Position::byte)
            .and_then(|byte| usize::try_from(byte).ok());
        let Some(line) = lines.line_at(offset.unwrap_or(usize::MAX)) else {
            return Ok(rows);
        };
        if rows.len() > max_rows {
            return Ok(rows);
        }
        rows.extend(read_row(line, &head, &columns, record));
    }
    // The last row took in everything behind its quotation mark, so its values mean nothing.
    if let Some(last) = rows.last_mut() {
        let rule = "has a quotation mark that is not closed before the file ends";
        *last = ImportRow::malformed(last.row, vec![malformed("", rule)]);
    }
    Ok(rows)
}

fn read_row(
    line: u64,
    head: &StringRecord,
    columns: &Columns,
    record: Result<StringRecord, csv::Error>,
) -> Option<ImportRow> {
    let broken = |rule: &str| Some(ImportRow::malformed(line, vec![malformed("", rule)]));
    match record {
        Ok(record) if record.iter().all(str::is_empty) => None,
        Ok(record) if record.len() != head.len() => broken(&format!(
            "has {} values where the head line has {} columns",
            record.len(),
            head.len()
        )),
        Ok(record) => {
            let mut faults = Vec::new();
            let body = body(columns, &record, &mut faults);
            Some(ImportRow::read(line, body, faults))
        }
        Err(_) => broken("must be encoded in UTF-8"),
    }
}

/// The body of a row. What cannot be read is left out and is among the faults.
fn body(columns: &Columns, record: &StringRecord, faults: &mut Vec<FieldError>) -> RowBody {
    let value = |name: &str| columns.value(record, name);
    let list = |name: &str| {
        let items = value(name).split('|').map(str::trim);
        items.filter(|item| !item.is_empty()).map(str::to_owned)
    };
    let description = value("description");
    let tax_rate_bp = value("tax_rate_bp").parse::<i64>();
    if tax_rate_bp.is_err() {
        let rule = "must be a whole number of basis points, such as 1900 for 19 %";
        faults.push(malformed("tax_rate_bp", rule));
    }
    let mut prices = Vec::new();
    for (index, text) in list("prices").enumerate() {
        match price(&text) {
            Some(price) => prices.push(price),
            None => faults.push(malformed(
                &format!("prices[{index}]"),
                "must be minor units and a currency, such as 1999 EUR for 19.99",
            )),
        }
    }
    RowBody {
        name: value("name").to_owned(),
        slug: value("slug").to_owned(),
        description: (!description.is_empty()).then(|| description.to_owned()),
        categories: list("categories").collect(),
        tags: list("tags").collect(),
        images: list("images").map(|url| ImageBody { url, alt: None }).collect(),
        variants: list("skus").map(|sku| VariantBody { sku, name: None }).collect(),
        tax_rate_bp: tax_rate_bp.unwrap_or_default(),
        prices,
    }
}

/// `1999 EUR`, and nothing else: a decimal sign would leave open how much is meant.
fn price(text: &str) -> Option<MoneyBody> {
    let mut words = text.split_whitespace();
    let (amount, currency) = (words.next()?, words.next()?);
    let amount = amount.parse().ok().filter(|_| words.next().is_none())?;
    let currency = currency.to_owned();
    Some(MoneyBody { amount, currency })
}
