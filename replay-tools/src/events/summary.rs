//! A payload in half a line.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;

use crate::{replay::amount, report::clip};

/// How many cells of a payload a table shows when nothing says how wide it may be.
const MAX_CELLS: usize = 72;

/// The fields of an object in the order in which they were written.
struct Fields(Vec<(String, Value)>);

/// The fields of a payload, those with parts only by their number of parts.
pub(super) fn summary(payload: &str) -> String {
    facts(payload, MAX_CELLS)
}

/// The same, as long as there is room for.
pub(crate) fn facts(payload: &str, max_cells: usize) -> String {
    clip(fields(payload).unwrap_or_else(|_| payload.to_owned()), max_cells)
}

/// A payload is `{"EventName": {"field": …}}`; the name has a column of its own.
fn fields(payload: &str) -> serde_json::Result<String> {
    let tagged: std::collections::BTreeMap<String, Fields> = serde_json::from_str(payload)?;
    let fields = tagged.into_values().flat_map(|fields| fields.0);
    let texts: Vec<String> = fields
        .map(|(name, value)| format!("{name}={}", short(&value)))
        .collect();
    Ok(texts.join(" "))
}

fn short(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.len()),
        Value::Object(object) => match amount(object) {
            Some(money) => money.to_string(),
            None => format!("{{{}}}", object.len()),
        },
        scalar => scalar.to_string(),
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Fields;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the fields of an event")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_in_the_order_in_which_they_were_written() {
        let payload = r#"{"Moved":{"to":"B","amount":{"amount":1190,"currency":"EUR"},"lines":[1,2],"at":{"x":1},"count":3,"note":null}}"#;
        assert_eq!(
            summary(payload),
            "to=B amount=11.90 EUR lines=[2] at={1} count=3 note=null"
        );
    }

    #[test]
    fn another_shape_is_shown_as_it_is() {
        assert_eq!(summary(r#""Moved""#), r#""Moved""#);
        assert_eq!(summary("[1]"), "[1]");
        assert_eq!(summary(r#"{"Paid":{}}"#), "");
    }

    #[test]
    fn a_long_payload_is_clipped() {
        let payload = format!(r#"{{"Noted":{{"text":"{}"}}}}"#, "x".repeat(100));
        let summary = summary(&payload);
        assert!(
            summary.chars().count() == MAX_CELLS && summary.ends_with('…'),
            "{summary}"
        );
    }
}
