//! `MinorUnits`.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

/// An amount in the minor units of its currency: cents for the euro. Sums may leave 64 bits.
#[derive(Debug)]
pub(crate) struct MinorUnits(pub(crate) i128);

/// An amount in the minor units of its currency, such as cents: a whole number, written as a string
/// because the numbers of JavaScript are exact only up to 2^53. A number is taken as well.
#[Scalar]
impl ScalarType for MinorUnits {
    fn parse(value: Value) -> InputValueResult<Self> {
        let units = match &value {
            Value::String(text) => text.parse().ok(),
            Value::Number(number) => number.as_i64().map(i128::from),
            _ => None,
        };
        units
            .map(Self)
            .ok_or_else(|| InputValueError::expected_type(value))
    }

    fn is_valid(value: &Value) -> bool {
        Self::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_amount_comes_back_as_it_went() {
        let value = MinorUnits(9_300_000_000_000_000_000).to_value();
        assert_eq!(value, Value::from("9300000000000000000"));
        assert_eq!(MinorUnits::parse(value).unwrap().0, 9_300_000_000_000_000_000);
    }

    #[test]
    fn fractions_and_words_are_no_amounts() {
        for wrong in [
            Value::from(1.5),
            Value::from("1.5"),
            Value::from("ten"),
            Value::Null,
            Value::from(true),
        ] {
            assert!(!MinorUnits::is_valid(&wrong), "{wrong}");
        }
        assert!(MinorUnits::is_valid(&Value::from(1250)));
    }
}
