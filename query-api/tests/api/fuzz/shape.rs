//! The shape of an answer, worked out a second time: the algorithm of the specification, as it is written there.
//!
//! Source: GraphQL specification (September 2025), sections 6.3.2 "Field Collection" and 6.4 "Executing Fields".

use std::collections::HashSet;

use apollo_compiler::{
    ExecutableDocument, Name, Node, Schema,
    ast::{DirectiveList, Type, Value},
    executable::{Field, Selection, SelectionSet},
    validation::Valid,
};

use super::ordered::Ordered;

struct Comparison<'d> {
    schema: &'d Valid<Schema>,
    document: &'d ExecutableDocument,
    variables: &'d serde_json::Value,
}

/// What differs between an answer and the document that it is to.
pub(crate) fn compare(
    schema: &Valid<Schema>,
    document: &ExecutableDocument,
    variables: &serde_json::Value,
    data: &Ordered,
    has_errors: bool,
) -> Result<(), String> {
    let operation = document.operations.iter().next().unwrap();
    let comparison = Comparison {
        schema,
        document,
        variables,
    };
    if *data == Ordered::Null {
        return if has_errors {
            Ok(())
        } else {
            Err("no data, and no error".to_owned())
        };
    }
    comparison.object(operation.object_type(), &[&operation.selection_set], data)
}

impl<'d> Comparison<'d> {
    /// An object of a type, or of one of those that an interface stands for.
    fn object(&self, ty: &Name, sets: &[&'d SelectionSet], found: &Ordered) -> Result<(), String> {
        let implementers = self.schema.implementers_map();
        let Some(possible) = implementers.get(ty) else {
            return self.object_of(ty, sets, found);
        };
        let mut differences = Vec::new();
        for object in &possible.objects {
            match self.object_of(object, sets, found) {
                Ok(()) => return Ok(()),
                Err(difference) => differences.push(difference),
            }
        }
        Err(differences.join("; or "))
    }

    fn object_of(&self, object: &Name, sets: &[&'d SelectionSet], found: &Ordered) -> Result<(), String> {
        let mut groups: Vec<(&str, Vec<&'d Node<Field>>)> = Vec::new();
        let mut visited = HashSet::new();
        for set in sets {
            self.collect(object, set, &mut visited, &mut groups);
        }
        let Ordered::Object(fields) = found else {
            return Err(format!("{object} is no object"));
        };
        let expected: Vec<_> = groups.iter().map(|(key, _)| *key).collect();
        let actual: Vec<_> = fields.iter().map(|(key, _)| key.as_str()).collect();
        if expected != actual {
            return Err(format!("{object} has {actual:?} and not {expected:?}"));
        }
        for ((key, group), (_, value)) in groups.iter().zip(fields) {
            if group[0].name == "__typename" && value.text() != Some(object.as_str()) {
                return Err(format!("{key} is {value:?} and not {object}"));
            }
            let sets: Vec<_> = group.iter().map(|field| &field.selection_set).collect();
            self.value(group[0].ty(), &sets, value)
                .map_err(|difference| format!("{key}: {difference}"))?;
        }
        Ok(())
    }

    fn value(&self, ty: &Type, sets: &[&'d SelectionSet], found: &Ordered) -> Result<(), String> {
        if *found == Ordered::Null {
            return if ty.is_non_null() {
                Err(format!("null for {ty}"))
            } else {
                Ok(())
            };
        }
        if ty.is_list() {
            let Ordered::List(items) = found else {
                return Err(format!("no list for {ty}"));
            };
            return items
                .iter()
                .try_for_each(|item| self.value(ty.item_type(), sets, item));
        }
        let name = ty.inner_named_type();
        match &self.schema.types[name] {
            ty if ty.is_leaf() => Ok(()),
            _ => self.object(name, sets, found),
        }
    }

    fn collect(
        &self,
        object: &Name,
        set: &'d SelectionSet,
        visited: &mut HashSet<&'d Name>,
        groups: &mut Vec<(&'d str, Vec<&'d Node<Field>>)>,
    ) {
        for selection in &set.selections {
            if self.is_true(selection.directives(), "skip") == Some(true)
                || self.is_true(selection.directives(), "include") == Some(false)
            {
                continue;
            }
            match selection {
                Selection::Field(field) => {
                    let key = field.response_key().as_str();
                    match groups.iter_mut().find(|(known, _)| *known == key) {
                        Some((_, group)) => group.push(field),
                        None => groups.push((key, vec![field])),
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = &self.document.fragments[&spread.fragment_name];
                    if visited.insert(&spread.fragment_name)
                        && self.applies(fragment.type_condition(), object)
                    {
                        self.collect(object, &fragment.selection_set, visited, groups);
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.type_condition.as_ref();
                    if condition.is_none_or(|condition| self.applies(condition, object)) {
                        self.collect(object, &fragment.selection_set, visited, groups);
                    }
                }
            }
        }
    }

    fn applies(&self, condition: &Name, object: &Name) -> bool {
        condition == object || self.schema.is_subtype(condition, object)
    }

    fn is_true(&self, directives: &DirectiveList, name: &str) -> Option<bool> {
        match &**directives.get(name)?.specified_argument_by_name("if")? {
            Value::Boolean(is_true) => Some(*is_true),
            Value::Variable(name) => self.variables[name.as_str()].as_bool().or(Some(false)),
            other => panic!("{other} is no condition"),
        }
    }
}
