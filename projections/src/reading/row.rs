//! Reading values out of rows.

use domain::value::{Currency, InvalidValue, Money, Sum};
use serde::de::DeserializeOwned;
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

/// An identifier.
pub(crate) fn id<T>(row: &PgRow, column: &str, make: impl Fn(Uuid) -> T) -> Result<T, sqlx::Error> {
    row.try_get(column).map(make)
}

/// A currency.
pub(crate) fn currency(row: &PgRow, column: &str) -> Result<Currency, sqlx::Error> {
    let code: &str = row.try_get(column)?;
    code.parse().map_err(|error| decode(column, error))
}

/// An amount, with the currency of another column.
pub(crate) fn money(row: &PgRow, column: &str, currency_column: &str) -> Result<Money, sqlx::Error> {
    Ok(Money {
        amount: row.try_get(column)?,
        currency: currency(row, currency_column)?,
    })
}

/// A sum, from a column of type `numeric` that was selected as text, with the currency of another column.
pub(crate) fn sum(row: &PgRow, column: &str, currency_column: &str) -> Result<Sum, sqlx::Error> {
    Ok(Sum {
        amount: whole(row, column)?,
        currency: currency(row, currency_column)?,
    })
}

/// A whole number, from a column of type `numeric` that was selected as text.
pub(crate) fn whole(row: &PgRow, column: &str) -> Result<i128, sqlx::Error> {
    let text: &str = row.try_get(column)?;
    text.parse().map_err(|error| decode(column, error))
}

/// A value that is made of a text: a SKU, a slug, a warehouse …
pub(crate) fn text<T>(row: &PgRow, column: &str) -> Result<T, sqlx::Error>
where
    T: TryFrom<String, Error = InvalidValue>,
{
    let text: String = row.try_get(column)?;
    T::try_from(text).map_err(|error| decode(column, error))
}

/// A value that is kept as JSON.
pub(crate) fn json<T: DeserializeOwned>(row: &PgRow, column: &str) -> Result<T, sqlx::Error> {
    let value: serde_json::Value = row.try_get(column)?;
    serde_json::from_value(value).map_err(|error| decode(column, error))
}

fn decode(column: &str, source: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: Box::new(source),
    }
}
