//! The first step of parsing: from bytes to JSON of the right shape.

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, header},
};
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::{Check, card_number};
use crate::problem::Problem;

/// Why bytes are not the JSON that they should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MalformedJson {
    /// The path of the field, as far as it is known; empty for the whole text.
    pub(crate) field: String,
    /// What is wrong. It never repeats a value: it may be a secret, and problems are copied around.
    pub(crate) rule: String,
}

/// How much of a body that is too large is read and thrown away.
///
/// A client that is still sending when the connection is closed sees a broken connection and not the
/// answer. Beyond this it is no slip any more, and that is what it deserves.
const MAX_DISCARDED_BYTES: usize = 32 * 1024 * 1024;

/// Reads a body that is not too large and does not take too long.
pub(crate) async fn read_body(
    headers: &HeaderMap,
    body: Body,
    max_bytes: usize,
    timeout: Duration,
) -> Result<Bytes, Problem> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > max_bytes + MAX_DISCARDED_BYTES) {
        return Err(Problem::body_too_large(max_bytes));
    }
    let Ok(read) = tokio::time::timeout(timeout, collect(body, max_bytes)).await else {
        return Err(Problem::body_timeout());
    };
    match read {
        Ok(Some(bytes)) if announced.is_none_or(|bytes| bytes <= max_bytes) => Ok(bytes),
        Ok(_) => Err(Problem::body_too_large(max_bytes)),
        Err(_) => Err(Problem::malformed("malformed_body", "the body broke off")),
    }
}

/// The whole body, or nothing when it is too large. Memory never holds more than is allowed.
async fn collect(mut body: Body, max_bytes: usize) -> Result<Option<Bytes>, axum::Error> {
    let (mut collected, mut seen) = (Vec::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        // Trailers are no part of the body.
        let Ok(data) = frame?.into_data() else { continue };
        seen = seen.saturating_add(data.len());
        if seen <= max_bytes {
            collected.extend_from_slice(&data);
        } else if seen - max_bytes <= MAX_DISCARDED_BYTES {
            collected = Vec::new();
        } else {
            break;
        }
    }
    Ok((seen <= max_bytes).then(|| collected.into()))
}

/// The media type of a request in small letters, without parameters.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE);
    let text = value.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// The body of a command.
pub(super) fn json<T: DeserializeOwned>(headers: &HeaderMap, bytes: &[u8]) -> Result<T, Problem> {
    let media_type = media_type(headers);
    let is_json = media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"));
    if !is_json {
        return Err(Problem::unsupported_media_type("application/json"));
    }
    let mut check = Check::default();
    card_number::check_json(bytes, &mut check);
    check.finish()?;
    parse_json(bytes).map_err(|MalformedJson { field, rule }| {
        let problem = Problem::malformed("malformed_body", format!("the body is malformed: {rule}"));
        match field.as_str() {
            "" => problem,
            _ => problem.of_field(field),
        }
    })
}

/// Reads JSON and says which field is to blame when it cannot.
pub(crate) fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, MalformedJson> {
    // Serde would also take an array, with the fields in the order in which they happen to be declared.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(MalformedJson {
            field: String::new(),
            rule: "wrong value, expected an object".to_owned(),
        });
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        malformed(&path, error.inner())
    })?;
    reader.end().map_err(|error| malformed(".", &error))?;
    Ok(parsed)
}

fn malformed(path: &str, error: &serde_json::Error) -> MalformedJson {
    let path = if path == "." { "" } else { path };
    let (line, column) = (error.line(), error.column());
    let message = error.to_string();
    match error.classify() {
        Category::Io | Category::Eof => MalformedJson {
            field: String::new(),
            rule: "the JSON ends too early".to_owned(),
        },
        Category::Syntax => MalformedJson {
            field: String::new(),
            rule: format!("no JSON at line {line} column {column}"),
        },
        Category::Data => {
            let message = message.split(" at line ").next().unwrap_or_default();
            let within = |name: &str| match path {
                "" => name.to_owned(),
                path => format!("{path}.{name}"),
            };
            if let Some(name) = quoted_after(message, "missing field `") {
                let (field, rule) = (within(name), format!("the field {name} is missing"));
                return MalformedJson { field, rule };
            }
            if let Some(name) = quoted_after(message, "duplicate field `") {
                let (field, rule) = (within(name), format!("the field {name} stands there twice"));
                return MalformedJson { field, rule };
            }
            MalformedJson {
                field: path.to_owned(),
                rule: data_rule(message),
            }
        }
    }
}

/// What serde expected, without what it found.
fn data_rule(message: &str) -> String {
    let expected = message.rsplit_once("expected ").map(|(_, expected)| expected);
    let what = if message.starts_with("unknown field") {
        "unknown field"
    } else {
        "wrong value"
    };
    match expected {
        Some(expected) => format!("{what}, expected {expected}"),
        None => what.to_owned(),
    }
}

fn quoted_after<'text>(message: &'text str, start: &str) -> Option<&'text str> {
    message.strip_prefix(start)?.split('`').next()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Order {
        #[expect(dead_code, reason = "only its type matters")]
        lines: Vec<Line>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        #[expect(dead_code, reason = "only its type matters")]
        quantity: i64,
    }

    fn blame(json: &str) -> (String, String) {
        let MalformedJson { field, rule } = parse_json::<Order>(json.as_bytes()).unwrap_err();
        (field, rule)
    }

    #[test]
    fn a_field_of_another_type_is_named_and_its_value_is_not_repeated() {
        let (field, rule) = blame(r#"{"lines": [{"quantity": "4242424242424242"}]}"#);
        assert_eq!(
            (field.as_str(), rule.as_str()),
            ("lines[0].quantity", "wrong value, expected i64")
        );
    }

    #[test]
    fn a_missing_field_is_named() {
        assert_eq!(blame(r#"{"lines": [{}]}"#).0, "lines[0].quantity");
        assert_eq!(blame("{}").0, "lines");
    }

    #[test]
    fn an_unknown_field_is_named() {
        let (field, rule) = blame(r#"{"lines": [{"quantitty": 1}]}"#);
        assert_eq!(field, "lines[0].quantitty");
        assert_eq!(rule, "unknown field, expected `quantity`");
    }

    #[test]
    fn broken_json_is_told_from_wrong_json() {
        assert_eq!(blame(r#"{"lines": ["#).1, "the JSON ends too early");
        assert_eq!(blame("{]").1, "no JSON at line 1 column 2");
        assert_eq!(blame(r#"{"lines": []} x"#).1, "no JSON at line 1 column 15");
    }
}
