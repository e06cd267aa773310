//! What of a document is executed: one operation without fragments, variables and directives.
//!
//! Fields of one response key are merged before they run, in the order of their first appearance. So each
//! is read once, and the order of the answer is known before there is one.
//!
//! Source: GraphQL specification (September 2025), section 6.3.2 "Field Collection".

use std::collections::{HashMap, HashSet};

use apollo_compiler::{
    ExecutableDocument, Node,
    ast::{self, DirectiveList, FieldDefinition, OperationType},
    executable::{self, Operation},
};
use async_graphql::{
    Name, Pos, Positioned, ServerError, Value,
    indexmap::IndexMap,
    parser::types::{
        DocumentOperations, ExecutableDocument as Planned, Field, InlineFragment, OperationDefinition,
        OperationType as PlannedType, Selection, SelectionSet, TypeCondition,
    },
};

use super::{
    introspection,
    location::at_offset,
    refusal::{NOWHERE, refusal, refusal_at, truncate},
    storable::unstorable,
    types::Types,
    value::{Values, replaced},
};
use crate::{
    error::ErrorCode,
    limits::{MAX_COMPLEXITY, MAX_SELECTIONS},
};

/// The name under which the library says of which type an object is.
const TYPENAME: &str = "__typename";

/// What is executed, and how the answer looks.
pub(crate) struct Plan {
    /// The operation for the library.
    pub(crate) operation: Planned,
    /// What it answers.
    pub(crate) answer: Selected,
    /// What questions about the schema cost, beside what the library counts.
    pub(crate) introspection_cost: usize,
    /// The arguments with a text that the database cannot keep, by the place of their field.
    pub(crate) unstorable: HashMap<Pos, String>,
}

/// What is selected from a value.
pub(crate) enum Selected {
    /// The value itself.
    Leaf,
    /// Fields of an object, in the order of the answer. None at all is an empty object.
    Object(Vec<Key>),
    /// Fields of an object whose type is known only then: it stands under `marker` in what the library
    /// answers.
    OneOf {
        marker: Name,
        types: HashMap<Name, Vec<Key>>,
    },
}

/// One key of an object of the answer.
pub(crate) struct Key {
    pub(crate) name: Name,
    pub(crate) definition: Node<FieldDefinition>,
    pub(crate) value: Selected,
}

/// The plan of an operation with the values of its variables.
pub(super) fn plan(
    types: &Types,
    document: &ExecutableDocument,
    operation: &Operation,
    variables: &Values,
) -> Result<Plan, ServerError> {
    let mut planner = Planner {
        types,
        document,
        variables,
        fields: 0,
        unstorable: HashMap::new(),
    };
    let below = planner.composite(operation.object_type(), &[&operation.selection_set])?;
    let ty = match operation.operation_type {
        OperationType::Query => PlannedType::Query,
        OperationType::Mutation => PlannedType::Mutation,
        OperationType::Subscription => PlannedType::Subscription,
    };
    let planned = OperationDefinition {
        ty,
        variable_definitions: Vec::new(),
        directives: Vec::new(),
        selection_set: nowhere(below.set),
    };
    Ok(Plan {
        operation: Planned {
            operations: DocumentOperations::Single(nowhere(planned)),
            fragments: HashMap::new(),
        },
        answer: below.selected,
        introspection_cost: introspection::cost(below.weight),
        unstorable: planner.unstorable,
    })
}

struct Planner<'a> {
    types: &'a Types,
    document: &'a ExecutableDocument,
    variables: &'a Values,
    fields: usize,
    unstorable: HashMap<Pos, String>,
}

/// What is below a field, for the library and for the answer.
struct Below {
    set: SelectionSet,
    selected: Selected,
    weight: usize,
}

/// The fields of an object, for the library and for the answer.
#[derive(Default)]
struct Fields {
    items: Vec<Positioned<Selection>>,
    keys: Vec<Key>,
    weight: usize,
}

/// The selections of each response key, in the order of their first appearance.
type Groups<'a> = IndexMap<&'a str, Vec<&'a Node<executable::Field>>>;

impl<'a> Planner<'a> {
    /// The fields of these sets on a type that has some. Recurses as deep as the document may nest.
    fn composite(
        &mut self,
        ty: &apollo_compiler::Name,
        sets: &[&'a executable::SelectionSet],
    ) -> Result<Below, ServerError> {
        let is_field =
            |selection: &executable::Selection| matches!(selection, executable::Selection::Field(_));
        let are_fields = || sets.iter().all(|set| set.selections.iter().all(is_field));
        match self.types.possible(ty) {
            Some(possible) if !are_fields() => self.one_of(possible, sets),
            _ => {
                let mut fields = self.object(ty, sets)?;
                // The library takes an object without fields for null, so it is asked for one.
                if fields.items.is_empty() {
                    fields.items.push(typename(TYPENAME));
                }
                Ok(Below {
                    set: SelectionSet { items: fields.items },
                    selected: Selected::Object(fields.keys),
                    weight: fields.weight,
                })
            }
        }
    }

    fn one_of(
        &mut self,
        possible: &[apollo_compiler::Name],
        sets: &[&'a executable::SelectionSet],
    ) -> Result<Below, ServerError> {
        let (mut items, mut types, mut weight) = (Vec::new(), HashMap::new(), 0_usize);
        for object in possible {
            let fields = self.object(object, sets)?;
            weight = weight.max(fields.weight);
            if !fields.items.is_empty() {
                let condition = TypeCondition {
                    on: nowhere(Name::new(object)),
                };
                items.push(nowhere(Selection::InlineFragment(nowhere(InlineFragment {
                    type_condition: Some(nowhere(condition)),
                    directives: Vec::new(),
                    selection_set: nowhere(SelectionSet { items: fields.items }),
                }))));
            }
            types.insert(Name::new(object), fields.keys);
        }
        // A key that no field of the answer has.
        let mut marker = TYPENAME.to_owned();
        let is_taken = |marker: &str| types.values().flatten().any(|key| key.name == marker);
        while is_taken(&marker) {
            marker.push('_');
        }
        items.push(typename(&marker));
        Ok(Below {
            set: SelectionSet { items },
            selected: Selected::OneOf {
                marker: Name::new(marker),
                types,
            },
            weight,
        })
    }

    fn object(
        &mut self,
        object: &apollo_compiler::Name,
        sets: &[&'a executable::SelectionSet],
    ) -> Result<Fields, ServerError> {
        let (mut groups, mut spread) = (Groups::new(), HashSet::new());
        for set in sets {
            self.collect(object, set, &mut groups, &mut spread);
        }
        let mut fields = Fields::default();
        for (key, group) in groups {
            let (item, key, weight) = self.field(object, key, &group)?;
            fields.items.push(item);
            fields.keys.push(key);
            fields.weight = fields.weight.saturating_add(weight);
        }
        Ok(fields)
    }

    fn collect(
        &self,
        object: &apollo_compiler::Name,
        set: &'a executable::SelectionSet,
        groups: &mut Groups<'a>,
        spread: &mut HashSet<&'a str>,
    ) {
        for selection in &set.selections {
            if !self.is_included(selection.directives()) {
                continue;
            }
            match selection {
                executable::Selection::Field(field) => {
                    groups.entry(field.response_key()).or_default().push(field);
                }
                executable::Selection::InlineFragment(fragment) => {
                    let condition = fragment.type_condition.as_ref();
                    if condition.is_none_or(|condition| self.types.applies(condition, object)) {
                        self.collect(object, &fragment.selection_set, groups, spread);
                    }
                }
                executable::Selection::FragmentSpread(fragment) => {
                    if spread.insert(&fragment.fragment_name)
                        && let Some(fragment) = self.document.fragments.get(&fragment.fragment_name)
                        && self.types.applies(fragment.type_condition(), object)
                    {
                        self.collect(object, &fragment.selection_set, groups, spread);
                    }
                }
            }
        }
    }

    fn is_included(&self, directives: &DirectiveList) -> bool {
        let holds = |name| {
            let value = directives.get(name)?.specified_argument_by_name("if")?;
            match replaced(value, self.variables)? {
                Value::Boolean(holds) => Some(holds),
                _ => None,
            }
        };
        holds("skip") != Some(true) && holds("include") != Some(false)
    }

    fn field(
        &mut self,
        object: &apollo_compiler::Name,
        key: &str,
        fields: &[&'a Node<executable::Field>],
    ) -> Result<(Positioned<Selection>, Key, usize), ServerError> {
        // Validation lets no empty group through.
        let Some((first, others)) = fields.split_first() else {
            return Err(refusal(ErrorCode::ValidationFailed, "a field is missing"));
        };
        let offset = first.location().map(|span| span.offset());
        self.fields += 1;
        if self.fields > MAX_SELECTIONS {
            let message = format!("the query asks for too much at once: it may cost {MAX_COMPLEXITY}");
            return Err(refusal_at(ErrorCode::TooComplex, message, offset));
        }
        if let Some(other) = others.iter().find(|other| !have_same_lists(first, other)) {
            let offset = other.location().map(|span| span.offset());
            let message = format!("\"{}\" is selected twice with different arguments", truncate(key));
            return Err(refusal_at(ErrorCode::ValidationFailed, message, offset));
        }
        let ty = first.ty().inner_named_type();
        let below = if self.types.is_composite(ty) {
            let sets: Vec<_> = fields.iter().map(|field| &field.selection_set).collect();
            self.composite(ty, &sets)?
        } else {
            Below {
                set: SelectionSet::default(),
                selected: Selected::Leaf,
                weight: 0,
            }
        };
        let pos = offset.map_or(NOWHERE, at_offset);
        let key = Name::new(key);
        let field = Field {
            alias: (*key != *first.name.as_str()).then(|| Positioned::new(key.clone(), pos)),
            name: Positioned::new(Name::new(&first.name), pos),
            arguments: self
                .arguments(first, pos)
                .into_iter()
                .map(|(name, value)| (name, Positioned::new(value.node.into_value(), value.pos)))
                .collect(),
            directives: Vec::new(),
            selection_set: nowhere(below.set),
        };
        let weight = introspection::weight(self.types, object, &first.name, below.weight);
        let key = Key {
            name: key,
            definition: first.definition.clone(),
            value: below.selected,
        };
        Ok((
            Positioned::new(Selection::Field(Positioned::new(field, pos)), pos),
            key,
            weight,
        ))
    }

    fn arguments(
        &mut self,
        field: &executable::Field,
        pos: Pos,
    ) -> Vec<(Positioned<Name>, Positioned<Value>)> {
        let mut arguments = Vec::with_capacity(field.arguments.len());
        for argument in &field.arguments {
            let Some(value) = replaced(&argument.value, self.variables) else {
                continue;
            };
            if let Some(path) = unstorable(&field.name, &argument.name, &value) {
                self.unstorable.entry(pos).or_insert(path);
            }
            let pos = argument
                .location()
                .map_or(NOWHERE, |span| at_offset(span.offset()));
            arguments.push((
                Positioned::new(Name::new(&argument.name), pos),
                Positioned::new(value, pos),
            ));
        }
        arguments
    }
}

/// The validator compares lists only as far as the shorter one goes.
fn have_same_lists(one: &executable::Field, other: &executable::Field) -> bool {
    one.arguments.iter().all(|argument| {
        let other = other.specified_argument_by_name(&argument.name);
        other.is_some_and(|other| is_same(&argument.value, other))
    })
}

fn is_same(one: &ast::Value, other: &ast::Value) -> bool {
    match (one, other) {
        (ast::Value::List(one), ast::Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (ast::Value::Object(one), ast::Value::Object(other)) => {
            let in_other = |name: &apollo_compiler::Name| other.iter().find(|(other, _)| other == name);
            let is_same = |(name, value): &(apollo_compiler::Name, Node<ast::Value>)| {
                in_other(name).is_some_and(|(_, other)| is_same(value, other))
            };
            one.len() == other.len() && one.iter().all(is_same)
        }
        (one, other) => one == other,
    }
}

fn typename(key: &str) -> Positioned<Selection> {
    let field = Field {
        alias: (key != TYPENAME).then(|| nowhere(Name::new(key))),
        name: nowhere(Name::new(TYPENAME)),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: nowhere(SelectionSet::default()),
    };
    nowhere(Selection::Field(nowhere(field)))
}

const fn nowhere<T>(node: T) -> Positioned<T> {
    Positioned::new(node, NOWHERE)
}
