//! Texts that the database cannot keep.
//!
//! PostgreSQL has no U+0000 in a text and refuses the whole statement. That is a mistake of the caller, and is told
//! with the name of the argument before any statement is made of it.

use async_graphql::Value;

/// The fields and arguments of which only the search reads the text: it looks for any, and keeps none.
const SEARCHED: [(&str, &str); 1] = [("products", "query")];

/// The path of the first text in an argument that cannot be kept, such as `filter.category`.
pub(super) fn unstorable(field: &str, argument: &str, value: &Value) -> Option<String> {
    if SEARCHED.contains(&(field, argument)) {
        return None;
    }
    let mut path = of_value(value)?;
    path.push(argument);
    path.reverse();
    Some(path.join("."))
}

/// The names of the fields to a text that cannot be kept, innermost first.
fn of_value(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(text) => text.contains('\0').then(Vec::new),
        Value::List(items) => items.iter().find_map(of_value),
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            let mut path = of_value(value)?;
            path.push(name);
            Some(path)
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_that_cannot_be_kept_is_found_wherever_it_is() {
        let path = |value| unstorable("f", "a", &Value::from_json(value).unwrap());
        for sound in [json!("b"), json!(null), json!({ "b": ["c", 1, true] })] {
            assert_eq!(path(sound.clone()), None, "{sound}");
        }
        assert_eq!(path(json!("\0")).as_deref(), Some("a"));
        assert_eq!(
            path(json!({ "b": [{ "c": "d" }, { "c": "d\0" }] })).as_deref(),
            Some("a.b.c")
        );
        assert_eq!(unstorable("products", "query", &Value::from("\0")), None);
    }
}
