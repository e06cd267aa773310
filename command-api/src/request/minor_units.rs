//! Amounts of money as they are written in JSON.
//!
//! A number, as everywhere in REST, or the same number as a string of digits: GraphQL answers amounts as strings,
//! because the numbers of JavaScript are exact only up to 2^53, and what was read there can be sent back here.

use std::fmt;

use domain::value::Money;
use serde::{Deserializer, de};
use utoipa::openapi::{
    KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat,
    schema::{OneOfBuilder, SchemaType, Type},
};

/// The largest amount of a command, in minor units.
const MAX_AMOUNT: i64 = Money::MAX_AMOUNT;

const RULE: &str = "must be a whole number of minor units, as a number or as a string of digits";

/// Reads an amount.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    deserializer.deserialize_any(MinorUnits)
}

struct MinorUnits;

impl de::Visitor<'_> for MinorUnits {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number of minor units, as a number or as a string of digits")
    }

    fn visit_i64<E: de::Error>(self, units: i64) -> Result<i64, E> {
        Ok(units)
    }

    fn visit_u64<E: de::Error>(self, units: u64) -> Result<i64, E> {
        i64::try_from(units).map_err(|_| E::custom(RULE))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<i64, E> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        // One amount has one spelling: no plus, no spaces, no leading zeros.
        let is_canonical =
            digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
        let units = is_canonical.then(|| text.parse().ok()).flatten();
        units.ok_or_else(|| E::custom(RULE))
    }
}

/// The description of an amount above nothing.
pub(super) fn schema() -> RefOr<Schema> {
    amounts_from(1, "^[1-9][0-9]{0,15}$")
}

/// The description of an amount that may be nothing.
pub(super) fn schema_or_none() -> RefOr<Schema> {
    amounts_from(0, "^(0|[1-9][0-9]{0,15})$")
}

fn amounts_from(least: i64, pattern: &str) -> RefOr<Schema> {
    let number = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(least))
        .maximum(Some(MAX_AMOUNT));
    let digits = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .pattern(Some(pattern));
    OneOfBuilder::new()
        .item(number)
        .item(digits)
        .description(Some(
            "Minor units of the currency, such as cents: a whole number, or the same as a string of digits, as \
             GraphQL answers it.",
        ))
        .examples([serde_json::json!(1999)])
        .into()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn read(value: &Value) -> Option<i64> {
        super::deserialize(value).ok()
    }

    #[test]
    fn an_amount_is_a_number_or_the_same_in_digits() {
        for (value, expected) in [
            (json!(1999), 1999),
            (json!("1999"), 1999),
            (json!("0"), 0),
            (json!("-5"), -5),
            (json!("9223372036854775807"), i64::MAX),
        ] {
            assert_eq!(read(&value), Some(expected), "{value}");
        }
    }

    #[test]
    fn what_is_no_whole_number_is_refused() {
        for value in [
            json!("19.99"),
            json!("+5"),
            json!("007"),
            json!(" 5"),
            json!(""),
            json!("-"),
            json!("9223372036854775808"),
            json!(19.99),
            json!(true),
            json!(null),
            json!(u64::MAX),
        ] {
            assert_eq!(read(&value), None, "{value}");
        }
    }
}
