//! What makes two requests the same request.

use axum::http::Method;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// A digest of what was asked.
pub(crate) type Digest = [u8; 32];

/// The digest of several texts, unambiguous about where one ends and the next begins.
pub(crate) fn digest(parts: &[&[u8]]) -> Digest {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// The digest of method, path and body, the same however the JSON is spaced and its fields ordered.
pub(super) fn of_request(method: &Method, path: &str, body: &[u8]) -> Vec<u8> {
    let canonical = match serde_json::from_slice::<Value>(body) {
        Ok(value) => {
            let mut text = Vec::with_capacity(body.len());
            write_canonical(&value, &mut text);
            text
        }
        // An empty body, where none is fine.
        Err(_) => body.to_vec(),
    };
    digest(&[method.as_str().as_bytes(), path.as_bytes(), &canonical]).to_vec()
}

/// Writes JSON with sorted names and no space. Sorted here and not by the map below, which keeps the order
/// of the sender as soon as some dependency switches that on.
fn write_canonical(value: &Value, text: &mut Vec<u8>) {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort_unstable();
            text.push(b'{');
            for name in names {
                text.extend_from_slice(Value::from(name.as_str()).to_string().as_bytes());
                text.push(b':');
                write_canonical(&fields[name], text);
                text.push(b',');
            }
            text.push(b'}');
        }
        Value::Array(items) => {
            text.push(b'[');
            for item in items {
                write_canonical(item, text);
                text.push(b',');
            }
            text.push(b']');
        }
        scalar => text.extend_from_slice(scalar.to_string().as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &str) -> Vec<u8> {
        of_request(&Method::POST, "/v1/orders", body.as_bytes())
    }

    #[test]
    fn spacing_and_order_do_not_matter() {
        assert_eq!(
            of(r#"{"a": 1, "b": [true, null]}"#),
            of(r#"{"b":[true,null],"a":1}"#)
        );
    }

    #[test]
    fn everything_else_matters() {
        let first = of(r#"{"a": 1}"#);
        for other in [
            r#"{"a": 2}"#,
            r#"{"a": "1"}"#,
            r#"{"b": 1}"#,
            "[1]",
            "",
            r#"{"a": 1, "b": null}"#,
        ] {
            assert_ne!(first, of(other), "{other}");
        }
        assert_ne!(first, of_request(&Method::PATCH, "/v1/orders", br#"{"a": 1}"#));
        assert_ne!(first, of_request(&Method::POST, "/v1/products", br#"{"a": 1}"#));
    }
}
