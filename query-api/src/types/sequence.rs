//! `Sequence`.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

/// How many events something has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sequence(pub(crate) i64);

/// How many events an order, an account or another thing has: a whole number that may exceed 32 bits. A command
/// that sends it as `If-Match` is done only if nothing has happened since.
#[Scalar]
impl ScalarType for Sequence {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => number.as_i64().map(Self),
            _ => None,
        }
        .ok_or_else(|| InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        Value::from(self.0)
    }
}
