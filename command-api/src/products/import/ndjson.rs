//! One JSON object a line.

use super::{ImportRow, row::RowBody};
use crate::request::parse_json;

/// Reads the rows, at most one more than `max_rows`. Blank lines are none.
pub(super) fn read(bytes: &[u8], max_rows: usize) -> Vec<ImportRow> {
    let lines = (1..).zip(bytes.split(|byte| *byte == b'\n'));
    lines
        .filter(|(_, line)| !line.trim_ascii().is_empty())
        .take(max_rows.saturating_add(1))
        .map(|(number, line)| match parse_json::<RowBody>(line) {
            Ok(body) => ImportRow::read(number, body),
            Err(error) => ImportRow::malformed(number, error),
        })
        .collect()
}
