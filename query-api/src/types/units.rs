//! `Units`.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

/// A number of units.
pub(crate) struct Units(pub(crate) i64);

/// How many units of something there are: a whole number that may exceed 32 bits.
#[Scalar]
impl ScalarType for Units {
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
