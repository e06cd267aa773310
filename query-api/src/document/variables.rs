//! The values of variables, checked against their types.
//!
//! A value that does not fit is refused before anything runs, with the path to it.
//!
//! Source: GraphQL specification (September 2025), section 6.1.2 "Coercing Variable Values".

use apollo_compiler::{
    ast::Type,
    executable::{Operation, VariableDefinition},
    schema::{ExtendedType, InputObjectType},
};
use async_graphql::{Name, Number, ServerError, Value as ConstValue, Variables, indexmap::IndexMap};

use super::{
    refusal::{refusal_at, truncate},
    scalar,
    types::{Types, is_one_of},
    value::{Values, constant},
};
use crate::{error::ErrorCode, limits::MAX_ERRORS};

/// The values of an operation's variables. What is given beside them is left out, as the specification says.
pub(super) fn coerce(
    types: &Types,
    operation: &Operation,
    mut given: Variables,
) -> Result<Values, Vec<ServerError>> {
    let (mut values, mut errors) = (Values::new(), Vec::new());
    for variable in &operation.variables {
        let given = given.remove(variable.name.as_str());
        match coerce_one(types, variable, given) {
            Ok(Some(value)) => {
                values.insert(variable.name.as_str().into(), value);
            }
            Ok(None) => {}
            Err(message) if errors.len() <= MAX_ERRORS => {
                let offset = variable.location().map(|span| span.offset());
                errors.push(refusal_at(ErrorCode::ValidationFailed, message, offset));
            }
            Err(_) => break,
        }
    }
    if errors.is_empty() {
        Ok(values)
    } else {
        Err(errors)
    }
}

fn coerce_one(
    types: &Types,
    variable: &VariableDefinition,
    given: Option<ConstValue>,
) -> Result<Option<ConstValue>, String> {
    let Some(given) = given else {
        let default = variable.default_value.as_ref();
        if default.is_none() && variable.ty.is_non_null() {
            return Err(format!(
                "the variable \"${}\" of type {} is required and was not given",
                truncate(&variable.name),
                variable.ty
            ));
        }
        return Ok(default.and_then(|default| constant(default)));
    };
    let broken = |Broken { path, rule }| {
        let path: String = path.into_iter().rev().collect();
        format!("the variable \"${}{path}\" {rule}", truncate(&variable.name))
    };
    of_type(types, &variable.ty, given).map(Some).map_err(broken)
}

/// What does not fit, and where below the variable, innermost first.
struct Broken {
    path: Vec<String>,
    rule: String,
}

impl Broken {
    fn new(rule: impl Into<String>) -> Self {
        Self {
            path: Vec::new(),
            rule: rule.into(),
        }
    }

    fn below(mut self, step: String) -> Self {
        self.path.push(step);
        self
    }
}

/// Recurses as deep as the type does, and along input objects as deep as the JSON of the request may nest.
fn of_type(types: &Types, ty: &Type, value: ConstValue) -> Result<ConstValue, Broken> {
    if value == ConstValue::Null {
        return if ty.is_non_null() {
            Err(Broken::new(format!("of type {ty} must not be null")))
        } else {
            Ok(value)
        };
    }
    if !ty.is_list() {
        return named(types, ty, value);
    }
    let item_type = ty.item_type();
    let ConstValue::List(items) = value else {
        return Ok(ConstValue::List(vec![of_type(types, item_type, value)?]));
    };
    let item = |(index, item)| of_type(types, item_type, item).map_err(|e| e.below(format!("[{index}]")));
    let items: Result<_, _> = items.into_iter().enumerate().map(item).collect();
    items.map(ConstValue::List)
}

fn named(types: &Types, ty: &Type, value: ConstValue) -> Result<ConstValue, Broken> {
    let name = ty.inner_named_type();
    match (types.get(name), value) {
        (Some(ExtendedType::Scalar(_)), value) => match (scalar::broken_rule(name, &value), value) {
            (Some(rule), _) => Err(Broken::new(rule)),
            (None, ConstValue::Number(number)) if name == "Int" => {
                let whole = scalar::whole(&number).map(Number::from);
                Ok(ConstValue::Number(whole.unwrap_or(number)))
            }
            (None, value) => Ok(value),
        },
        (Some(ExtendedType::Enum(ty)), ConstValue::String(text)) if ty.values.contains_key(text.as_str()) => {
            Ok(ConstValue::Enum(Name::new(text)))
        }
        (Some(ExtendedType::Enum(ty)), _) => Err(Broken::new(format!("must be a value of {}", ty.name))),
        (Some(ExtendedType::InputObject(input)), ConstValue::Object(fields)) => object(types, input, fields),
        _ => Err(Broken::new(format!("must be an object of type {name}"))),
    }
}

fn object(
    types: &Types,
    input: &InputObjectType,
    fields: IndexMap<Name, ConstValue>,
) -> Result<ConstValue, Broken> {
    for definition in input.fields.values() {
        let is_required = definition.ty.is_non_null() && definition.default_value.is_none();
        if is_required && !fields.contains_key(definition.name.as_str()) {
            let rule = format!("of type {} is required and was not given", definition.ty);
            return Err(Broken::new(rule).below(format!(".{}", definition.name)));
        }
    }
    let is_given = |value: &ConstValue| *value != ConstValue::Null;
    if is_one_of(input) && !(fields.len() == 1 && fields.values().all(is_given)) {
        let rule = format!("of type {} must have exactly one field, and not null", input.name);
        return Err(Broken::new(rule));
    }
    let field = |(name, value): (Name, ConstValue)| {
        let step = || format!(".{}", truncate(&name));
        let Some(definition) = input.fields.get(name.as_str()) else {
            return Err(Broken::new(format!("is no field of {}", input.name)).below(step()));
        };
        let value = of_type(types, &definition.ty, value).map_err(|error| error.below(step()))?;
        Ok((name, value))
    };
    let fields: Result<_, _> = fields.into_iter().map(field).collect();
    fields.map(ConstValue::Object)
}
