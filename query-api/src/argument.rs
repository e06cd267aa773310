//! Reading arguments, with an error that names the argument.

use std::str::FromStr;

use projections::value::InvalidValue;

use crate::error::{QueryError, Result};

/// An identifier, a SKU or another value that is checked by its type.
pub(crate) fn parse<T: FromStr<Err = InvalidValue>>(argument: &'static str, text: &str) -> Result<T> {
    text.parse()
        .map_err(|InvalidValue { rule }| QueryError::invalid(argument, rule))
}

/// The same, if the argument is there.
pub(crate) fn parse_optional<T: FromStr<Err = InvalidValue>>(
    argument: &'static str,
    text: Option<&str>,
) -> Result<Option<T>> {
    text.map(|text| parse(argument, text)).transpose()
}
