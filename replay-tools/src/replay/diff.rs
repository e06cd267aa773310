//! What changed between two states.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

/// A part of the state that an event changed: a scalar, or an empty list or object.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Change {
    /// Where it is, as `jq` writes it.
    pub(crate) path: String,
    /// What it was; absent where nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) old: Option<Value>,
    /// What it is; absent where nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) new: Option<Value>,
}

/// The changes from one state to the next, in the order of their paths. Indices of what is gone are
/// those of the old state, all others those of the new one.
pub(super) fn diff(old: &Value, new: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    compare(String::new(), Some(old), Some(new), &mut changes);
    changes
}

fn compare(path: String, old: Option<&Value>, new: Option<&Value>, changes: &mut Vec<Change>) {
    match (old, new) {
        (old, new) if old == new => {}
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for key in keys {
                compare(field(&path, key), old.get(key), new.get(key), changes);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => compare_lists(&path, old, new, changes),
        (Some(old), Some(new)) if is_leaf(old) && is_leaf(new) => {
            let path = if path.is_empty() { ".".to_owned() } else { path };
            changes.push(Change {
                path,
                old: Some(old.clone()),
                new: Some(new.clone()),
            });
        }
        (old, new) => {
            each_leaf(&path, old, &mut |path, old| {
                changes.push(Change {
                    path,
                    old: Some(old),
                    new: None,
                });
            });
            each_leaf(&path, new, &mut |path, new| {
                changes.push(Change {
                    path,
                    old: None,
                    new: Some(new),
                });
            });
        }
    }
}

/// Lists grow at the end, lose something in the middle, or are windows that move on: none of these
/// should look like a change of everything behind it.
fn compare_lists(path: &str, old: &[Value], new: &[Value], changes: &mut Vec<Change>) {
    let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (&old[same..], &new[same..]);
    let moved = (1..old_rest.len()).find(|gone| new_rest.starts_with(&old_rest[*gone..]));
    if let Some(gone) = moved {
        let kept = old_rest.len() - gone;
        let lost = old_rest[..gone].iter().enumerate();
        lost.for_each(|(index, item)| compare(at(path, same + index), Some(item), None, changes));
        let added = new_rest.iter().enumerate().skip(kept);
        added.for_each(|(index, item)| compare(at(path, same + index), None, Some(item), changes));
        return;
    }
    let same_end = old_rest
        .iter()
        .rev()
        .zip(new_rest.iter().rev())
        .take_while(|(old, new)| old == new)
        .count();
    let (old_rest, new_rest) = (
        &old_rest[..old_rest.len() - same_end],
        &new_rest[..new_rest.len() - same_end],
    );
    for index in 0..old_rest.len().max(new_rest.len()) {
        compare(
            at(path, same + index),
            old_rest.get(index),
            new_rest.get(index),
            changes,
        );
    }
}

fn each_leaf(path: &str, value: Option<&Value>, tell: &mut impl FnMut(String, Value)) {
    match value {
        None => {}
        Some(Value::Object(object)) if !object.is_empty() => {
            let keys: BTreeSet<&String> = object.keys().collect();
            keys.into_iter()
                .for_each(|key| each_leaf(&field(path, key), object.get(key), tell));
        }
        Some(Value::Array(items)) if !items.is_empty() => {
            let items = items.iter().enumerate();
            items.for_each(|(index, item)| each_leaf(&at(path, index), Some(item), tell));
        }
        Some(leaf) => tell(
            if path.is_empty() {
                ".".to_owned()
            } else {
                path.to_owned()
            },
            leaf.clone(),
        ),
    }
}

fn is_leaf(value: &Value) -> bool {
    match value {
        Value::Object(object) => object.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => true,
    }
}

fn field(path: &str, key: &str) -> String {
    let plain = key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && key
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    match (plain, path) {
        (true, path) => format!("{path}.{key}"),
        (false, "") => format!(".[{}]", Value::from(key)),
        (false, path) => format!("{path}[{}]", Value::from(key)),
    }
}

fn at(path: &str, index: usize) -> String {
    if path.is_empty() {
        format!(".[{index}]")
    } else {
        format!("{path}[{index}]")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn changes(old: &Value, new: &Value) -> Vec<String> {
        let text = |value: Option<Value>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
        let all = diff(old, new).into_iter();
        all.map(|change| format!("{} {} {}", change.path, text(change.old), text(change.new)))
            .collect()
    }

    #[test]
    fn a_state_that_stayed_has_no_changes() {
        let state = json!({"a": [1, {"b": null}]});
        assert_eq!(diff(&state, &state), []);
    }

    #[test]
    fn a_new_state_shows_each_of_its_fields() {
        let new = json!({"Open": {"booked": 0, "holds": {}, "lines": [{"sku": "X"}]}});
        assert_eq!(
            changes(&json!("Unopened"), &new),
            [
                ". \"Unopened\" -",
                ".Open.booked - 0",
                ".Open.holds - {}",
                ".Open.lines[0].sku - \"X\""
            ]
        );
    }

    #[test]
    fn nothing_and_null_are_not_the_same() {
        assert_eq!(changes(&json!({"a": null}), &json!({})), [".a null -"]);
        assert_eq!(changes(&json!({}), &json!({"a": null})), [".a - null"]);
        assert_eq!(changes(&json!({"a": null}), &json!({"a": 1})), [".a null 1"]);
    }

    #[test]
    fn paths_are_those_of_jq() {
        let old = json!({"by sku": {"LAMP-1": 1}, "list": [[0]]});
        let new = json!({"by sku": {"LAMP-1": 2}, "list": [[5]]});
        assert_eq!(
            changes(&old, &new),
            [r#".["by sku"]["LAMP-1"] 1 2"#, ".list[0][0] 0 5"]
        );
        assert_eq!(changes(&json!([1]), &json!([2])), [".[0] 1 2"]);
    }

    #[test]
    fn a_list_tells_only_what_came_and_what_went() {
        assert_eq!(changes(&json!([]), &json!([1])), [".[0] - 1"]);
        assert_eq!(changes(&json!([1, 2]), &json!([1, 2, 3])), [".[2] - 3"]);
        assert_eq!(changes(&json!([1, 2, 3]), &json!([1, 3])), [".[1] 2 -"]);
        assert_eq!(changes(&json!([1, 3]), &json!([1, 2, 3])), [".[1] - 2"]);
        assert_eq!(changes(&json!([1, 2, 3]), &json!([1, 9, 3])), [".[1] 2 9"]);
    }

    #[test]
    fn a_window_that_moves_on_loses_its_first_and_gains_a_last() {
        assert_eq!(
            changes(&json!([1, 2, 3]), &json!([2, 3, 4])),
            [".[0] 1 -", ".[2] - 4"]
        );
    }
}
