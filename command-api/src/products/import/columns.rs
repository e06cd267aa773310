//! The head line of a table: its separator, and which column means what.

use std::collections::HashMap;

use csv::StringRecord;

use crate::refused::{FieldError, Refused};

const REQUIRED: [&str; 4] = ["name", "slug", "skus", "tax_rate_bp"];
const OPTIONAL: [&str; 5] = ["description", "categories", "tags", "images", "prices"];
/// The most columns that one answer finds fault with.
const MAX_ERRORS: usize = 20;

/// The longest name that is repeated to the caller.
const MAX_NAME_BYTES: usize = 60;

/// Where the value of each column is. The order of columns and their case make no difference.
pub(super) struct Columns(HashMap<&'static str, usize>);

impl Columns {
    /// # Errors
    ///
    /// When the head line lacks a column, has one twice, or has one that means nothing: then no row can be
    /// relied on.
    pub(super) fn read(head: &StringRecord) -> Result<Self, Refused> {
        let (mut places, mut errors) = (HashMap::new(), Vec::new());
        for (place, text) in head.iter().enumerate() {
            let name = text.to_lowercase();
            let mut known = REQUIRED.into_iter().chain(OPTIONAL);
            let fault = match known.find(|known| *known == name) {
                None if name.is_empty() => Some(("unknown_column", "must have a name")),
                None => Some(("unknown_column", "is no column of an import")),
                Some(known) if places.contains_key(known) => {
                    Some(("column_twice", "must be one column of the head line"))
                }
                Some(known) => {
                    places.insert(known, place);
                    None
                }
            };
            // A whole file may stand between two quotation marks: its text is no name.
            let field = match text.len() {
                1..=MAX_NAME_BYTES => text.to_owned(),
                _ => format!("column {}", place + 1),
            };
            errors.extend(fault.map(|(code, rule)| error(field, code, rule)));
        }
        let missing = REQUIRED.into_iter().filter(|name| !places.contains_key(name));
        let missing = missing.map(|name| {
            let rule = "must be a column of the head line";
            error(name.to_owned(), "missing_column", rule)
        });
        let errors: Vec<FieldError> = missing.chain(errors).take(MAX_ERRORS).collect();
        if errors.is_empty() {
            Ok(Self(places))
        } else {
            Err(Refused::fields(errors))
        }
    }

    /// The value of a column; empty where the table does not have it.
    pub(super) fn value<'row>(&self, row: &'row StringRecord, name: &str) -> &'row str {
        let place = self.0.get(name).copied();
        place.and_then(|place| row.get(place)).unwrap_or_default()
    }
}

fn error(field: String, code: &'static str, rule: &str) -> FieldError {
    FieldError {
        field,
        code,
        rule: rule.to_owned(),
    }
}

/// What separates the values: a comma, or what spreadsheets write where the comma is the decimal sign.
///
/// No name of a column contains any of them, so the head line tells.
pub(super) fn separator(text: &[u8]) -> u8 {
    let mut lines = text.split(|byte| matches!(byte, b'\n' | b'\r'));
    let head = lines
        .find(|line| !line.trim_ascii().is_empty())
        .unwrap_or_default();
    let count = |separator: &u8| head.iter().filter(|byte| *byte == separator).count();
    // Of equals the last one wins.
    let separators = [b'\t', b';', b','];
    separators.into_iter().max_by_key(count).unwrap_or(b',')
}
