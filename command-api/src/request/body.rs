//! The first step of parsing: from bytes to JSON of the right shape.

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, header},
};
use serde::de::DeserializeOwned;

use super::{Check, card_number};
use crate::{problem::Problem, refused::FieldError};

/// Why bytes are not the JSON that they should be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MalformedJson {
    /// The path of the field, as far as it is known; empty for the whole text.
    pub(crate) field: String,
    /// What is wrong. It never repeats a value: it may be a secret, and problems are copied around.
    pub(crate) rule: String,
}

/// The whole body of a request, which [`arrived`](crate::middleware::arrived) has collected before.
pub(crate) async fn read_body(body: Body, max_bytes: usize) -> Result<Bytes, Problem> {
    let read = axum::body::to_bytes(body, max_bytes).await;
    read.map_err(|_| Problem::body_too_large(max_bytes))
}

/// The media type of a request in small letters, without parameters.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE);
    let text = value.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Whether a command without a body may be one. A form of another site has no body either, and a browser
/// sends it without asking; it always names its type.
pub(super) fn check_empty(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.contains_key(header::CONTENT_TYPE) {
        true => check_json_type(headers),
        false => Ok(()),
    }
}

fn check_json_type(headers: &HeaderMap) -> Result<(), Problem> {
    let media_type = media_type(headers);
    let is_json = media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"));
    if is_json {
        return Ok(());
    }
    Err(Problem::unsupported_media_type("application/json"))
}

/// The body of a command.
pub(super) fn json<T: DeserializeOwned>(headers: &HeaderMap, bytes: &[u8]) -> Result<T, Problem> {
    check_json_type(headers)?;
    let mut check = Check::default();
    card_number::check_json(bytes, &mut check);
    check.finish()?;
    super::json::read(bytes).map_err(Problem::malformed_body)
}

/// Reads JSON and names the first field that has another shape.
pub(crate) fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, MalformedJson> {
    super::json::read(bytes).map_err(|errors| {
        let first = errors.into_iter().next();
        first.map_or_else(MalformedJson::default, |FieldError { field, rule, .. }| {
            MalformedJson { field, rule }
        })
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        #[expect(dead_code, reason = "only its type matters")]
        quantity: i64,
    }

    #[test]
    fn the_first_field_of_another_shape_is_named_and_its_value_is_not_repeated() {
        let malformed = parse_json::<Line>(br#"{"quantity": "4242424242424242"}"#).unwrap_err();
        assert_eq!(malformed.field, "quantity");
        assert_eq!(malformed.rule, "must be a whole number");
    }

    #[test]
    fn a_body_that_may_be_empty_must_be_of_json_all_the_same() {
        let mut headers = HeaderMap::new();
        assert!(check_empty(&headers).is_ok());
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        assert!(check_empty(&headers).is_ok());
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        assert!(check_empty(&headers).is_err());
    }
}
