//! From bytes to a value of the right shape, with every field that has another one.
//!
//! serde stops at the first field that is wrong. Here a field that is wrong is noted and replaced by any
//! value of its type, so that reading goes on and the caller can mend all fields at once. What comes out
//! after that is thrown away.
//!
//! What it deliberately is not: rules of the shop are not checked here but by [`Check`](super::Check).

mod error;
mod node;
mod tree;

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::error::Category;

use self::{
    error::{Hard, Kind},
    node::{Findings, Node},
    tree::Json,
};
use crate::refused::FieldError;

/// The most fields that one answer lists.
const MAX_ERRORS: usize = 100;

/// How often a body is read for the sake of a complete list. Each field that is missing, or breaks a rule
/// of its own type, takes one more time: only serde knows which fields may be absent.
const MAX_PASSES: usize = 32;

/// The longest part of a path that is repeated from a body.
const MAX_NAME_CHARS: usize = 64;

/// Reads JSON, or lists the fields that have another shape. Values are never repeated: they may be
/// secrets, and problems are copied around.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Vec<FieldError>> {
    let json: Json = serde_json::from_slice(bytes).map_err(|error| vec![no_json(&error)])?;
    // Fields in whose place any value is read, with what is wrong with them.
    let (mut known, mut replaced) = (Vec::new(), BTreeSet::new());
    for _ in 0..MAX_PASSES {
        let findings = Findings::new(&replaced);
        let read = T::deserialize(Node::root(&json, &findings));
        let errors = findings.into_errors();
        let error = match read {
            Ok(value) if errors.is_empty() && known.is_empty() => return Ok(value),
            Ok(_) => return Err(listed(known, errors)),
            Err(Hard {
                path,
                kind: Kind::Missing(name),
                ..
            }) => field_error(within(&path, name), "missing_field", "is missing"),
            Err(Hard {
                path,
                kind: Kind::Broken(rule),
                ..
            }) => field_error(path, "wrong_type", rule),
        };
        // What stands in for a value may break the same rule, and then nothing more can be learnt.
        if !replaced.insert(error.field.clone()) {
            return Err(listed(known, errors));
        }
        known.push(error);
    }
    Err(listed(known, Vec::new()))
}

fn listed(known: Vec<FieldError>, errors: Vec<FieldError>) -> Vec<FieldError> {
    let mut all: Vec<FieldError> = known.into_iter().chain(errors).collect();
    // The order in which they were found is that of passes and says nothing to a caller.
    all.sort_by(|one, other| one.field.cmp(&other.field));
    all.truncate(MAX_ERRORS);
    all
}

fn field_error(field: String, code: &'static str, rule: impl Into<String>) -> FieldError {
    let rule = rule.into();
    FieldError { field, code, rule }
}

/// The path of a field of an object.
fn within(path: &str, name: &str) -> String {
    let name: String = match name.char_indices().nth(MAX_NAME_CHARS) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    };
    if path.is_empty() {
        name
    } else {
        format!("{path}.{name}")
    }
}

fn no_json(error: &serde_json::Error) -> FieldError {
    let rule = match error.classify() {
        Category::Io | Category::Eof => "must be JSON, which ends too early".to_owned(),
        Category::Syntax | Category::Data => {
            let (line, column) = (error.line(), error.column());
            format!("must be JSON: invalid JSON at line {line} column {column}")
        }
    };
    field_error(String::new(), "invalid_json", rule)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Order {
        lines: Vec<Line>,
        note: Option<String>,
        #[serde(default)]
        tags: Vec<String>,
        urgent: bool,
        period: Period,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        sku: String,
        quantity: i64,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Period {
        Days(i64),
        Months(i64),
    }

    fn blame(json: &str) -> Vec<(String, &'static str)> {
        let errors = read::<Order>(json.as_bytes()).unwrap_err();
        errors
            .into_iter()
            .map(|error| (error.field, error.code))
            .collect()
    }

    fn rule(json: &str) -> String {
        read::<Order>(json.as_bytes()).unwrap_err()[0].to_string()
    }

    #[test]
    fn what_is_right_is_read() {
        let json = r#"{"lines": [{"sku": "A", "quantity": 2.0}], "urgent": true, "period": {"months": 1}, "note": null}"#;
        let order: Order = read(json.as_bytes()).unwrap();
        let lines = vec![Line {
            sku: "A".to_owned(),
            quantity: 2,
        }];
        let expected = Order {
            lines,
            note: None,
            tags: Vec::new(),
            urgent: true,
            period: Period::Months(1),
        };
        assert_eq!(order, expected);
    }

    #[test]
    fn every_field_of_another_shape_is_named_at_once() {
        let json = r#"{"lines": [{"sku": 1, "quantity": "2"}, {"sku": "A", "quantity": 1.5, "price": 1}, 3],
                       "note": [], "tags": "a", "urgent": "yes", "urgent": true, "period": {"weeks": 1}, "x": 1}"#;
        let mut found = blame(json);
        found.sort();
        let expected = [
            ("lines[0].quantity", "wrong_type"),
            ("lines[0].sku", "wrong_type"),
            ("lines[1].price", "unknown_field"),
            ("lines[1].quantity", "wrong_type"),
            ("lines[2]", "wrong_type"),
            ("note", "wrong_type"),
            ("period", "wrong_type"),
            ("tags", "wrong_type"),
            ("urgent", "duplicate_field"),
            ("urgent", "wrong_type"),
            ("x", "unknown_field"),
        ];
        let expected: Vec<(String, &str)> = expected
            .into_iter()
            .map(|(field, code)| (field.to_owned(), code))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn every_missing_field_is_named_at_once() {
        let mut found = blame(r#"{"lines": [{"sku": "A"}, {}], "x": 1}"#);
        found.sort();
        let fields: Vec<&str> = found.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "lines[0].quantity",
                "lines[1].quantity",
                "lines[1].sku",
                "period",
                "urgent",
                "x"
            ]
        );
        assert!(
            found
                .iter()
                .all(|(field, code)| (*code == "missing_field") == (field != "x"))
        );
    }

    #[test]
    fn rules_are_plain_words() {
        let of = |field: &str, value: &str| {
            let sound = r#""lines": [], "urgent": true, "period": {"days": 1}"#;
            let kept: Vec<&str> = sound
                .split(", ")
                .filter(|part| !part.contains(&format!("\"{field}\"")))
                .collect();
            rule(&format!("{{{}, \"{field}\": {value}}}", kept.join(", ")))
        };
        assert_eq!(of("lines", "{}"), "lines must be a list");
        assert_eq!(of("lines", "[[\"A\", 1]]"), "lines[0] must be an object");
        assert_eq!(of("urgent", "1"), "urgent must be true or false");
        assert_eq!(of("note", "1"), "note must be text");
        assert_eq!(
            of("period", "{\"days\": null}"),
            "period.days must be a whole number"
        );
        assert_eq!(
            of("period", "{\"days\": 99999999999999999999}"),
            "period.days is too large"
        );
        assert_eq!(
            of("period", "{}"),
            "period must be an object with one of the fields days, months"
        );
        assert_eq!(rule("[]"), "the body must be an object");
        assert_eq!(
            rule("{]"),
            "the body must be JSON: invalid JSON at line 1 column 2"
        );
        assert_eq!(rule("{"), "the body must be JSON, which ends too early");
    }

    #[test]
    fn lists_and_names_are_bounded() {
        let many = format!(r#"{{"lines": [{}0]}}"#, "0,".repeat(10_000));
        assert_eq!(blame(&many).len(), MAX_ERRORS);
        let unknown = format!(r#"{{"{}": 1}}"#, "ü".repeat(100_000));
        assert!(
            blame(&unknown)
                .iter()
                .all(|(field, _)| field.chars().count() <= MAX_NAME_CHARS + 1)
        );
        let missing = format!(r#"{{"lines": [{}{{}}]}}"#, "{},".repeat(10_000));
        assert!(blame(&missing).len() >= MAX_PASSES);
    }
}
