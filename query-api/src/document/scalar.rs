//! The values of scalars, checked before anything runs.
//!
//! The validator takes any value for a scalar of our own, and the library reads them only when their field
//! is executed. An error then comes too late: part of the answer is there.

use async_graphql::{InputType, Number, Value as ConstValue};
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};

use crate::types::{MinorUnits, Position, Sequence, Units};

/// Years that people write with four digits. PostgreSQL keeps less than what can be written otherwise.
const YEARS: std::ops::RangeInclusive<i32> = 0..=9_999;

/// Whether a scalar is one that is checked here.
#[cfg(test)]
pub(super) fn is_known(scalar: &str) -> bool {
    rule(scalar).is_some()
}

/// The rule that a value of a scalar breaks.
pub(super) fn broken_rule(scalar: &str, value: &ConstValue) -> Option<&'static str> {
    let (rule, holds) = rule(scalar)?;
    (!holds(value)).then_some(rule)
}

type Rule = (&'static str, fn(&ConstValue) -> bool);

fn rule(scalar: &str) -> Option<Rule> {
    let rule: Rule = match scalar {
        "Int" => ("must be a whole number of at most 32 bits", is_int),
        "Float" => ("must be a number", is_number),
        "String" => ("must be a string", is_string),
        "Boolean" => ("must be true or false", is_boolean),
        "ID" => ("must be a string or a whole number", is_id),
        "Position" => ("must be a whole number", is_read::<Position>),
        "Sequence" => ("must be a whole number", is_read::<Sequence>),
        "Units" => ("must be a whole number", is_read::<Units>),
        "MinorUnits" => (
            "must be a whole number of minor units, as a string or a number",
            is_read::<MinorUnits>,
        ),
        "DateTime" => (
            "must be a time such as 2026-01-31T12:00:00Z, of the years 0 to 9999",
            is_time,
        ),
        "NaiveDate" => ("must be a day such as 2026-01-31, of the years 0 to 9999", is_day),
        _ => return None,
    };
    Some(rule)
}

fn is_int(value: &ConstValue) -> bool {
    matches!(value, ConstValue::Number(number) if whole(number).is_some_and(|n| i32::try_from(n).is_ok()))
}

/// A number without a fraction, however it is written: JSON of some clients has `1.0` for 1.
pub(super) fn whole(number: &Number) -> Option<i64> {
    let of_float = || {
        let float = number.as_f64().filter(|float| float.fract() == 0.0)?;
        format!("{float:.0}").parse().ok()
    };
    number.as_i64().or_else(of_float)
}

const fn is_number(value: &ConstValue) -> bool {
    matches!(value, ConstValue::Number(_))
}

const fn is_string(value: &ConstValue) -> bool {
    matches!(value, ConstValue::String(_))
}

const fn is_boolean(value: &ConstValue) -> bool {
    matches!(value, ConstValue::Boolean(_))
}

fn is_id(value: &ConstValue) -> bool {
    match value {
        ConstValue::String(_) => true,
        ConstValue::Number(number) => !number.is_f64(),
        _ => false,
    }
}

fn is_read<T: InputType>(value: &ConstValue) -> bool {
    T::parse(Some(value.clone())).is_ok()
}

fn is_time(value: &ConstValue) -> bool {
    let time = <DateTime<Utc> as InputType>::parse(Some(value.clone()));
    time.is_ok_and(|time| YEARS.contains(&time.year()))
}

fn is_day(value: &ConstValue) -> bool {
    let day = <NaiveDate as InputType>::parse(Some(value.clone()));
    day.is_ok_and(|day| YEARS.contains(&day.year()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_days_are_those_that_the_database_keeps() {
        let breaks = |scalar, text: &str| broken_rule(scalar, &ConstValue::from(text)).is_some();
        for time in [
            "2026-01-31T12:00:00Z",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
        ] {
            assert!(!breaks("DateTime", time), "{time}");
        }
        for time in [
            "-100000-01-01T00:00:00Z",
            "+12345-01-01T00:00:00Z",
            "2026-01-31",
            "now",
            "",
        ] {
            assert!(breaks("DateTime", time), "{time}");
        }
        for (day, is_refused) in [("2026-01-31", false), ("-5000-01-01", true), ("2026-02-30", true)] {
            assert_eq!(breaks("NaiveDate", day), is_refused, "{day}");
        }
    }

    #[test]
    fn a_whole_number_may_be_written_with_a_fraction_of_zero() {
        let holds = |value: f64| broken_rule("Int", &ConstValue::from(value)).is_none();
        assert!(holds(1.0) && holds(-3.0));
        assert!(!holds(1.5) && !holds(1e20) && !holds(2_147_483_648.0));
    }
}
