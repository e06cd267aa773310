//! Rules for values in a document that the validator leaves out.
//!
//! - No field appears twice in an input object.
//! - A variable within a list or an object fits the place where it stands, as it must for an argument.
//! - An input object of which exactly one field must be given has exactly one.
//! - A value of a scalar of our own can be read.
//!
//! The validator has passed the document before: fields, arguments and fragments exist.
//!
//! Source: GraphQL specification (September 2025), sections 5.6.1, 5.6.3, 5.6.5 and 5.8.5.

use std::collections::HashSet;

use apollo_compiler::{
    ExecutableDocument, Name, Node,
    ast::{DirectiveList, InputValueDefinition, Type, Value},
    executable::{Operation, Selection, SelectionSet},
    schema::{ExtendedType, InputObjectType},
};
use async_graphql::ServerError;

use super::{
    refusal::{refusal_at, truncate},
    scalar,
    types::{Types, is_one_of},
    value,
};
use crate::{error::ErrorCode, limits::MAX_ERRORS};

/// What the literals of a document break, at most one more than is answered.
pub(super) fn check(types: &Types, document: &ExecutableDocument) -> Vec<ServerError> {
    let mut errors = Vec::new();
    for operation in document.operations.iter() {
        let mut literals = Literals {
            types,
            document,
            operation,
            fragments: HashSet::new(),
            path: Vec::new(),
            errors: &mut errors,
        };
        literals.operation();
    }
    // A fragment is met once for each operation that spreads it.
    let mut known = HashSet::new();
    errors.retain(|error| known.insert((error.message.clone(), error.locations.first().copied())));
    errors
}

struct Literals<'d, 'e> {
    types: &'d Types,
    document: &'d ExecutableDocument,
    operation: &'d Operation,
    fragments: HashSet<&'d Name>,
    /// The argument and the fields within it that are looked at.
    path: Vec<&'d str>,
    errors: &'e mut Vec<ServerError>,
}

/// Where a value stands.
#[derive(Clone, Copy)]
struct Place<'d> {
    ty: &'d Type,
    /// Something is there when the value is absent.
    has_default: bool,
    /// It is a whole argument, whose variables the validator has checked.
    is_argument: bool,
}

impl<'d> Literals<'d, '_> {
    fn operation(&mut self) {
        for variable in &self.operation.variables {
            if let Some(default) = &variable.default_value {
                self.value_of(&variable.name, default, Place::argument(&variable.ty, false));
            }
            self.directives(&variable.directives);
        }
        self.directives(&self.operation.directives);
        self.set(&self.operation.selection_set);
    }

    fn set(&mut self, set: &'d SelectionSet) {
        for selection in &set.selections {
            if self.errors.len() > MAX_ERRORS {
                return;
            }
            self.directives(selection.directives());
            match selection {
                Selection::Field(field) => {
                    for argument in &field.arguments {
                        self.argument(&field.definition.arguments, &argument.name, &argument.value);
                    }
                    self.set(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.selection_set),
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.fragment_name);
                    if let Some(fragment) = fragment
                        && self.fragments.insert(&fragment.name)
                    {
                        self.directives(&fragment.directives);
                        self.set(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn directives(&mut self, directives: &'d DirectiveList) {
        for directive in directives {
            if let Some(definition) = self.types.schema().directive_definitions.get(&directive.name) {
                for argument in &directive.arguments {
                    self.argument(&definition.arguments, &argument.name, &argument.value);
                }
            }
        }
    }

    fn argument(&mut self, defined: &'d [Node<InputValueDefinition>], name: &Name, value: &'d Node<Value>) {
        if let Some(definition) = defined.iter().find(|definition| definition.name == *name) {
            let has_default = definition.default_value.is_some();
            self.value_of(
                &definition.name,
                value,
                Place::argument(&definition.ty, has_default),
            );
        }
    }

    fn value_of(&mut self, name: &'d str, value: &'d Node<Value>, place: Place<'d>) {
        self.path.push(name);
        self.value(value, place);
        self.path.pop();
    }

    fn value(&mut self, value: &'d Node<Value>, place: Place<'d>) {
        match &**value {
            Value::Variable(name) if !place.is_argument => self.variable(name, value, place),
            Value::Variable(_) | Value::Null => {}
            Value::List(items) if place.ty.is_list() => {
                for item in items {
                    self.value(item, Place::inner(place.ty.item_type(), false));
                }
            }
            Value::Object(fields) => {
                if let Some(ExtendedType::InputObject(input)) = self.types.get(place.ty.inner_named_type()) {
                    self.object(value, fields, input);
                }
            }
            literal => {
                let name = place.ty.inner_named_type();
                let is_own = self
                    .types
                    .get(name)
                    .is_some_and(|ty| ty.is_scalar() && !ty.is_built_in());
                if is_own
                    && let Some(constant) = value::constant(literal)
                    && let Some(rule) = scalar::broken_rule(name, &constant)
                {
                    self.refuse(rule, value);
                }
            }
        }
    }

    fn object(
        &mut self,
        value: &'d Node<Value>,
        fields: &'d [(Name, Node<Value>)],
        input: &'d InputObjectType,
    ) {
        let mut names = HashSet::new();
        for (name, field) in fields {
            if !names.insert(name) {
                let rule = format!("has the field \"{}\" more than once", truncate(name));
                self.refuse(&rule, field);
            }
            if let Some(definition) = input.fields.get(name) {
                let place = Place::inner(&definition.ty, definition.default_value.is_some());
                self.value_of(name, field, place);
            }
        }
        if is_one_of(input) && !self.is_exactly_one(fields) {
            let rule = format!("must have exactly one field of {}, and not null", input.name);
            self.refuse(&rule, value);
        }
    }

    /// A variable stands for a value only if it cannot be null.
    fn is_exactly_one(&self, fields: &[(Name, Node<Value>)]) -> bool {
        match fields {
            [(_, only)] => match &**only {
                Value::Null => false,
                Value::Variable(name) => {
                    let mut variables = self.operation.variables.iter();
                    variables.any(|variable| variable.name == *name && variable.ty.is_non_null())
                }
                _ => true,
            },
            _ => false,
        }
    }

    fn variable(&mut self, name: &Name, value: &'d Node<Value>, place: Place<'d>) {
        let Some(variable) = self
            .operation
            .variables
            .iter()
            .find(|variable| variable.name == *name)
        else {
            return;
        };
        let has_default = place.has_default || variable.default_value.as_ref().is_some_and(|v| !v.is_null());
        let allowed = if place.ty.is_non_null() && !variable.ty.is_non_null() {
            has_default && variable.ty.is_assignable_to(&place.ty.clone().nullable())
        } else {
            variable.ty.is_assignable_to(place.ty)
        };
        if !allowed {
            let rule = format!(
                "must be of type {}, and the variable \"${}\" is of type {}",
                place.ty,
                truncate(name),
                variable.ty
            );
            self.refuse(&rule, value);
        }
    }

    fn refuse(&mut self, rule: &str, value: &Node<Value>) {
        let offset = value.location().map(|span| span.offset());
        let argument = self.path.join(".");
        let message = format!("the argument \"{argument}\" {rule}");
        let mut error = refusal_at(ErrorCode::ValidationFailed, message, offset);
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("argument", truncate(&argument));
        self.errors.push(error);
    }
}

impl<'d> Place<'d> {
    const fn argument(ty: &'d Type, has_default: bool) -> Self {
        Self {
            ty,
            has_default,
            is_argument: true,
        }
    }

    const fn inner(ty: &'d Type, has_default: bool) -> Self {
        Self {
            ty,
            has_default,
            is_argument: false,
        }
    }
}
