//! `Position`.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

/// A place in the log.
#[derive(Clone, Copy)]
pub(crate) struct Position(pub(crate) projections::value::Position);

/// The place of an event in the log, counted from 1; a whole number that may exceed 32 bits. A command
/// over REST answers with the position that it wrote.
#[Scalar]
impl ScalarType for Position {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => number.as_i64().map(Self),
            _ => None,
        }
        .ok_or_else(|| InputValueError::expected_type(value))
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::Number(number) if number.is_i64())
    }

    fn to_value(&self) -> Value {
        Value::from(self.0)
    }
}
