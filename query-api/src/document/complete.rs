//! The answer as the specification has it, from what the library answered.
//!
//! The library answers keys in the order in which their fields finish, leaves out a field with an error,
//! and takes an object without fields for null. Here each object gets exactly the planned keys in their
//! order. A field without a value is null if it may be, and else the nearest value around it is that may. The
//! library also answers null for an object all of whose fields have errors: it is completed as an object
//! without values.
//!
//! Source: GraphQL specification (September 2025), sections 6.4.3 "Value Completion" and 6.4.4 "Handling
//! Execution Errors".

use std::collections::HashMap;

use apollo_compiler::ast::Type;
use async_graphql::{PathSegment, ServerError, Value, indexmap::IndexMap};

use super::plan::{Key, Selected};

/// The data of the answer. Errors are put into the order of what they are about.
pub(crate) fn complete(data: Value, selected: &Selected, errors: &mut [ServerError]) -> Value {
    errors.sort_by_cached_key(|error| place(selected, &error.path));
    let failures = Failures::of(errors);
    let data = with_fields(data, selected, Some(&failures));
    object(data, selected, Some(&failures)).unwrap_or_default()
}

/// The places of errors, each below the places around it.
#[derive(Default)]
struct Failures<'e>(HashMap<Step<'e>, Self>);

/// One step of the path of an error.
#[derive(PartialEq, Eq, Hash)]
enum Step<'e> {
    Key(&'e str),
    Index(usize),
}

impl<'e> Failures<'e> {
    fn of(errors: &'e [ServerError]) -> Self {
        let mut all = Self::default();
        for error in errors {
            let mut place = &mut all;
            for segment in &error.path {
                let step = match segment {
                    PathSegment::Field(name) => Step::Key(name),
                    PathSegment::Index(index) => Step::Index(*index),
                };
                place = place.0.entry(step).or_default();
            }
        }
        all
    }

    fn at<'f>(failures: Option<&'f Self>, step: &Step<'e>) -> Option<&'f Self> {
        failures?.0.get(step)
    }
}

/// A value; an object without fields if it is null only because each of its fields has an error.
fn with_fields(found: Value, selected: &Selected, failures: Option<&Failures<'_>>) -> Value {
    let is_object = matches!(selected, Selected::Object(_));
    if found == Value::Null && is_object && failures.is_some_and(|below| !below.0.is_empty()) {
        return Value::Object(IndexMap::new());
    }
    found
}

/// A value of a type; nothing if it is null and may not be.
fn value<'e>(
    found: Value,
    ty: &'e Type,
    selected: &'e Selected,
    failures: Option<&Failures<'e>>,
) -> Option<Value> {
    let completed = match (found, ty) {
        (Value::List(items), Type::List(item) | Type::NonNullList(item)) => {
            let items = items.into_iter().enumerate().map(|(index, found)| {
                value(found, item, selected, Failures::at(failures, &Step::Index(index)))
            });
            items.collect::<Option<_>>().map_or(Value::Null, Value::List)
        }
        (Value::Null, Type::List(_) | Type::NonNullList(_)) => Value::Null,
        (found, _) => match with_fields(found, selected, failures) {
            Value::Null => Value::Null,
            found => object(found, selected, failures).unwrap_or_default(),
        },
    };
    (completed != Value::Null || !ty.is_non_null()).then_some(completed)
}

/// An object with the keys that were planned, or a leaf as it is.
fn object<'e>(found: Value, selected: &'e Selected, failures: Option<&Failures<'e>>) -> Option<Value> {
    let keys = match (selected, &found) {
        (Selected::Leaf, _) => return Some(found),
        (Selected::Object(keys), _) => keys,
        (Selected::OneOf { marker, types }, Value::Object(fields)) => match fields.get(marker) {
            Some(Value::String(ty)) => types.get(ty.as_str())?,
            _ => return None,
        },
        (Selected::OneOf { .. }, _) => return None,
    };
    let Value::Object(mut fields) = found else {
        return None;
    };
    let mut completed = IndexMap::with_capacity(keys.len());
    for key in keys {
        let found = fields.swap_remove(&key.name).unwrap_or_default();
        let failures = Failures::at(failures, &Step::Key(&key.name));
        let found = value(found, &key.definition.ty, &key.value, failures)?;
        completed.insert(key.name.clone(), found);
    }
    Some(Value::Object(completed))
}

/// Where something stands in the answer, to be compared with other places.
fn place(selected: &Selected, path: &[PathSegment]) -> Vec<usize> {
    let (mut selected, mut place) = (Some(selected), Vec::with_capacity(path.len()));
    for segment in path {
        match segment {
            PathSegment::Index(index) => place.push(*index),
            PathSegment::Field(name) => {
                let found = selected.and_then(|selected| find(selected, name));
                place.push(found.map_or(usize::MAX, |(index, _)| index));
                selected = found.map(|(_, key)| &key.value);
            }
        }
    }
    place
}

fn find<'s>(selected: &'s Selected, name: &str) -> Option<(usize, &'s Key)> {
    let in_keys = |keys: &'s Vec<Key>| keys.iter().enumerate().find(|(_, key)| key.name == name);
    match selected {
        Selected::Leaf => None,
        Selected::Object(keys) => in_keys(keys),
        Selected::OneOf { types, .. } => types.values().find_map(in_keys),
    }
}
