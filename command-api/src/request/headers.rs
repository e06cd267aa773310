//! The headers that a command understands.

use axum::http::{HeaderMap, HeaderValue};
use event_store::{CommandKey, Sequence};
use utoipa::IntoParams;

use super::{
    ANONYMOUS, Check,
    card_number::{self, Meaning},
};
use crate::{problem::Problem, refused::Refused};

const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
const IF_MATCH: &str = "If-Match";
/// As the draft of the IETF suggests for the sake of those who store it.
const MAX_KEY_LEN: usize = 255;
/// As many as any sequence has.
const MAX_DIGITS: usize = 18;

/// Headers of every command.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct CommandHeaders {
    /// A key that the client chooses for this request. A request that is retried with the same key is executed
    /// once and gets the first answer. A refused request is not stored: a retry with its key is evaluated again.
    /// 1 to 255 visible ASCII characters.
    #[param(rename = "Idempotency-Key", value_type = String, required = false, min_length = 1, max_length = 255, pattern = "^[!-~]+$")]
    idempotency_key: Option<String>,
    /// The sequence at which the aggregate must be, such as `3` or `"3"`; otherwise nothing is done and the
    /// answer is 412. `*` stands for any sequence.
    #[param(rename = "If-Match", value_type = String, required = false, max_length = 21, pattern = "^([0-9]{1,18}|\"[0-9]{1,18}\"|[*])$")]
    pub(crate) expected_sequence: Option<Sequence>,
    /// The W3C trace context of the caller; its trace id becomes the correlation id.
    #[param(rename = "traceparent", value_type = String, required = false)]
    #[expect(dead_code, reason = "it is read by a middleware and described here")]
    traceparent: Option<String>,
}

impl CommandHeaders {
    pub(super) fn read(headers: &HeaderMap) -> Result<Self, Problem> {
        let idempotency_key = find(headers, IDEMPOTENCY_KEY, idempotency_key)?;
        if let Some(key) = &idempotency_key {
            refuse_card_number(key)?;
        }
        Ok(Self {
            idempotency_key,
            expected_sequence: find(headers, IF_MATCH, sequence)?.flatten(),
            traceparent: None,
        })
    }

    pub(super) fn keys(&self, principal: &str, fingerprint: impl FnOnce() -> Vec<u8>) -> Vec<CommandKey> {
        let key = self.idempotency_key.as_ref().map(|key| CommandKey {
            key: stored_key(principal, key),
            fingerprint: fingerprint(),
        });
        key.into_iter().collect()
    }
}

/// The key as it is stored: that of one caller means nothing for another.
///
/// Requests without a known caller keep the form that keys had before there were callers, so those that
/// are stored are still found. The length keeps two callers apart whatever is in their names.
fn stored_key(principal: &str, key: &str) -> String {
    if principal == ANONYMOUS {
        return format!("rest:{key}");
    }
    format!("rest@{}:{principal}:{key}", principal.len())
}

/// A key is stored, so it is looked at like a field of a body.
fn refuse_card_number(key: &str) -> Result<(), Refused> {
    let mut check = Check::default();
    if card_number::holds(key, Meaning::Identifier) {
        check.within(IDEMPOTENCY_KEY, |check| {
            check.refuse(card_number::CODE, card_number::RULE);
        });
    }
    check.finish()
}

/// The value of a header that may stand there once.
fn find<T>(
    headers: &HeaderMap,
    name: &str,
    parse: fn(&HeaderValue) -> Result<T, &'static str>,
) -> Result<Option<T>, Problem> {
    let malformed =
        |rule: &str| Problem::malformed("malformed_header", format!("{name} {rule}")).of_field(name);
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => parse(value).map(Some).map_err(malformed),
        (Some(_), Some(_)) => Err(malformed("must appear once")),
    }
}

fn idempotency_key(value: &HeaderValue) -> Result<String, &'static str> {
    const RULE: &str = "must have 1 to 255 visible ASCII characters";
    let text = value.to_str().map_err(|_| RULE)?;
    let sound = (1..=MAX_KEY_LEN).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if sound { Ok(text.to_owned()) } else { Err(RULE) }
}

/// The expected sequence; none for `*`, which any resource that exists meets. A command for one that does
/// not exist is refused as such.
///
/// Source: RFC 9110, sections 13.1.1 and 13.2.1.
fn sequence(value: &HeaderValue) -> Result<Option<Sequence>, &'static str> {
    const RULE: &str = "must be a sequence such as 3 or \"3\", or * for any";
    let text = value.to_str().map_err(|_| RULE)?;
    if text == "*" {
        return Ok(None);
    }
    let bare = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text);
    if !(1..=MAX_DIGITS).contains(&bare.len()) || !bare.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(RULE);
    }
    bare.parse().map(Some).map_err(|_| RULE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_may_stand_in_quotes() {
        for (text, expected) in [("3", Some(3)), ("\"3\"", Some(3)), ("0", Some(0)), ("*", None)] {
            assert_eq!(sequence(&HeaderValue::from_static(text)), Ok(expected), "{text}");
        }
        for wrong in [
            "",
            "\"3",
            "W/\"3\"",
            "*3",
            "-1",
            "+1",
            "3, 4",
            "99999999999999999999",
        ] {
            assert!(sequence(&HeaderValue::from_static(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_key_belongs_to_its_caller_and_keys_stored_before_are_still_found() {
        assert_eq!(stored_key(ANONYMOUS, "k"), "rest:k");
        let keys = [
            stored_key(ANONYMOUS, "a:k"),
            stored_key("a", "k"),
            stored_key("b", "k"),
            stored_key("a:b", "k"),
            stored_key("a", "b:k"),
        ];
        let distinct: std::collections::BTreeSet<&String> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len(), "{keys:?}");
    }

    #[test]
    fn a_key_is_visible_and_bounded() {
        let key = |text: &str| idempotency_key(&HeaderValue::from_str(text).unwrap());
        assert!(key(&"k".repeat(255)).is_ok());
        for wrong in [
            String::new(),
            "k".repeat(256),
            "a b".to_owned(),
            "ключ".to_owned(),
        ] {
            assert!(key(&wrong).is_err(), "{wrong}");
        }
    }
}
