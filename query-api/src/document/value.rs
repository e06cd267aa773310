//! Values of a document as the library takes them.

use std::collections::HashMap;

use apollo_compiler::{Node, ast};
use async_graphql::{Name, Number, Value as ConstValue};

/// The values of variables by their names. One that was not given and has no default is absent.
pub(super) type Values = HashMap<Box<str>, ConstValue>;

/// A value with its variables replaced. One that is an absent variable is absent.
pub(super) fn replaced(value: &ast::Value, variables: &Values) -> Option<ConstValue> {
    Some(match value {
        ast::Value::Variable(name) => variables.get(name.as_str())?.clone(),
        // In a list, what is absent is null; in an object, it is not there.
        ast::Value::List(items) => {
            let items = items
                .iter()
                .map(|item| replaced(item, variables).unwrap_or_default());
            ConstValue::List(items.collect())
        }
        ast::Value::Object(fields) => {
            let fields = fields.iter().filter_map(|(name, value)| {
                let value = replaced(value, variables)?;
                Some((Name::new(name), value))
            });
            ConstValue::Object(fields.collect())
        }
        leaf => self::leaf(leaf)?,
    })
}

/// A value without variables; none if it has some.
pub(super) fn constant(value: &ast::Value) -> Option<ConstValue> {
    Some(match value {
        ast::Value::List(items) => {
            let items: Option<_> = items.iter().map(|item| constant(item)).collect();
            ConstValue::List(items?)
        }
        ast::Value::Object(fields) => {
            let field = |(name, value): &(apollo_compiler::Name, Node<ast::Value>)| {
                Some((Name::new(name), constant(value)?))
            };
            let fields: Option<_> = fields.iter().map(field).collect();
            ConstValue::Object(fields?)
        }
        leaf => self::leaf(leaf)?,
    })
}

fn leaf(value: &ast::Value) -> Option<ConstValue> {
    Some(match value {
        ast::Value::Null => ConstValue::Null,
        ast::Value::Enum(name) => ConstValue::Enum(Name::new(name)),
        ast::Value::String(text) => ConstValue::String(text.clone()),
        ast::Value::Boolean(is_true) => ConstValue::Boolean(*is_true),
        ast::Value::Int(number) => number_of(number.as_str()),
        ast::Value::Float(number) => number_of(number.as_str()),
        ast::Value::Variable(_) | ast::Value::List(_) | ast::Value::Object(_) => return None,
    })
}

/// A number as exactly as it can be held. One that is too large for a float fits no type, as a string does.
fn number_of(text: &str) -> ConstValue {
    let signed = text.parse::<i64>().map(Number::from);
    let whole = signed.or_else(|_| text.parse::<u64>().map(Number::from));
    let float = || text.parse().ok().and_then(Number::from_f64);
    whole
        .ok()
        .or_else(float)
        .map_or_else(|| ConstValue::String(text.to_owned()), ConstValue::Number)
}
