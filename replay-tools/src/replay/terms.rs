//! States and their changes in the terms of the shop, for people.
//!
//! JSON and CSV keep the names and paths of what is stored, because programs look things up by them. An
//! auditor reads amounts with their currency, lines counted from one, and no names of the programming
//! language.

use domain::value::Money;
use serde_json::{Map, Value};

/// A state without what only its storage needs: the wrapper of "exists", and amounts apart from their
/// currency. Nothing exists before the first event.
pub(super) fn in_terms(state: Value) -> Value {
    match state {
        Value::String(_before_the_first_event) => Value::Object(Map::new()),
        Value::Object(fields) => match wrapped(&fields) {
            Some(inner) => part(inner.clone()),
            None => part(Value::Object(fields)),
        },
        other => part(other),
    }
}

/// The inside of `{"Placed": {…}}`. The fields of a state that is not wrapped begin with a small letter.
fn wrapped(fields: &Map<String, Value>) -> Option<&Value> {
    let (name, inner) = fields.iter().next()?;
    let is_wrapper = fields.len() == 1 && name.starts_with(|first: char| first.is_ascii_uppercase());
    is_wrapper.then_some(inner)
}

fn part(value: Value) -> Value {
    match value {
        Value::Object(fields) => match amount(&fields) {
            Some(amount) => Value::String(amount.to_string()),
            None => fields
                .into_iter()
                .map(|(name, value)| (name, part(value)))
                .collect(),
        },
        Value::Array(items) => items.into_iter().map(part).collect(),
        scalar => scalar,
    }
}

/// `{"amount": 1190, "currency": "EUR"}` as money.
pub(crate) fn amount(fields: &Map<String, Value>) -> Option<Money> {
    if fields.len() != 2 || !fields.contains_key("amount") || !fields.contains_key("currency") {
        return None;
    }
    serde_json::from_value(Value::Object(fields.clone())).ok()
}

/// The parts of lists whose items are stored without names.
const UNNAMED: [(&str, [&str; 2]); 1] = [("lines", ["quantity", "unit price in minor units"])];

/// A path of `jq` as people would say it: `.sold["LAMP-RED"].lines[0][1]` is the unit price of line 1.
pub(super) fn place(path: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut list: Option<String> = None;
    let mut is_item = false;
    for segment in segments(path) {
        match segment {
            Segment::Name(name) => {
                // A SKU or another key is shown as it is; only names of fields are words.
                let is_field = name
                    .chars()
                    .all(|letter| letter.is_ascii_lowercase() || letter == '_');
                words.push(if is_field {
                    name.replace('_', " ")
                } else {
                    name.clone()
                });
                list = Some(name);
                is_item = false;
            }
            Segment::Index(index) => {
                let names = UNNAMED.iter().find(|(of, _)| list.as_deref() == Some(*of));
                let name = names.filter(|_| is_item).and_then(|(_, names)| names.get(index));
                words.push(name.map_or_else(|| (index + 1).to_string(), |name| (*name).to_owned()));
                is_item = true;
            }
        }
    }
    words.join(", ")
}

enum Segment {
    Name(String),
    Index(usize),
}

/// Splits what [`super::diff`] put together.
fn segments(path: &str) -> Vec<Segment> {
    let mut found = Vec::new();
    let mut rest = path;
    loop {
        rest = rest.strip_prefix('.').unwrap_or(rest);
        if rest.is_empty() {
            return found;
        }
        if let Some(inside) = rest.strip_prefix('[') {
            let mut values = serde_json::Deserializer::from_str(inside).into_iter::<Value>();
            let segment = match values.next() {
                Some(Ok(Value::String(name))) => Segment::Name(name),
                Some(Ok(number)) => {
                    let index = number.as_u64().and_then(|index| usize::try_from(index).ok());
                    Segment::Index(index.unwrap_or_default())
                }
                // Not a path of ours: the rest is shown as it is.
                _ => {
                    found.push(Segment::Name(rest.to_owned()));
                    return found;
                }
            };
            let end = inside.get(values.byte_offset()..).unwrap_or_default();
            rest = end.strip_prefix(']').unwrap_or(end);
            found.push(segment);
            continue;
        }
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        found.push(Segment::Name(rest[..end].to_owned()));
        rest = &rest[end..];
    }
}

/// A value as people would write it.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) if text.is_empty() => "empty".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Object(fields) if fields.is_empty() => "none".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_state_is_without_its_wrapper_and_amounts_have_their_currency() {
        let stored = json!({"Placed": {"total": {"amount": 2380, "currency": "EUR"}, "status": "Paid"}});
        assert_eq!(in_terms(stored), json!({"total": "23.80 EUR", "status": "Paid"}));
        assert_eq!(in_terms(json!("Unplaced")), json!({}));
        let unwrapped = json!({"buckets": [], "reservations": {}});
        assert_eq!(in_terms(unwrapped.clone()), unwrapped);
        // A map whose only key is a SKU is no wrapper, for it is not the state itself.
        let sold = json!({"Placed": {"sold": {"LAMP": {"returned": 0}}}});
        assert_eq!(in_terms(sold), json!({"sold": {"LAMP": {"returned": 0}}}));
    }

    #[test]
    fn places_are_said_in_words_and_counted_from_one() {
        assert_eq!(
            place(r#".sold["LAMP-RED"].lines[0][1]"#),
            "sold, LAMP-RED, lines, 1, unit price in minor units"
        );
        assert_eq!(place(".low_stock_threshold"), "low stock threshold");
        assert_eq!(place(".movements[2].change"), "movements, 3, change");
        assert_eq!(place(r#".holds["a]\"b"].amount"#), "holds, a]\"b, amount");
    }

    #[test]
    fn values_are_written_for_people() {
        let written = [json!(null), json!(true), json!("Paid"), json!([]), json!(5)];
        assert_eq!(
            written.each_ref().map(value),
            ["nothing", "yes", "Paid", "none", "5"]
        );
    }
}
