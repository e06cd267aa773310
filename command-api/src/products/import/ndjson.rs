//! One JSON object a line.

use super::{ImportRow, file::lines, row::malformed};
use crate::request::{MalformedJson, parse_json};

/// Reads the rows, at most one more than `max_rows`. Blank lines are none.
pub(super) fn read(text: &[u8], max_rows: usize) -> Vec<ImportRow> {
    let rows = lines(text).take(max_rows.saturating_add(1));
    rows.map(|(number, line)| match parse_json(line) {
        Ok(body) => ImportRow::read(number, body, Vec::new()),
        Err(MalformedJson { field, rule }) => ImportRow::malformed(number, vec![malformed(&field, &rule)]),
    })
    .collect()
}
