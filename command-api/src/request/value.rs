//! How the values of the domain are written in JSON.

use chrono::{DateTime, NaiveDate, SubsecRound as _, Utc};
use domain::value::{
    AccountId, CardToken, CountryCode, Currency, CustomerId, Kind, Money, OrderId, Quantity, Sku, Slug, Text,
    WarehouseCode,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Check, Valid, minor_units};

/// An amount of money.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Money)]
pub(crate) struct MoneyBody {
    /// Minor units of the currency, such as cents.
    #[serde(deserialize_with = "minor_units::deserialize")]
    #[schema(schema_with = minor_units::schema)]
    pub(crate) amount: i64,
    /// A currency of ISO 4217.
    #[schema(example = "EUR")]
    pub(crate) currency: String,
}

impl MoneyBody {
    pub(crate) fn of(money: Money) -> Self {
        Self {
            amount: money.amount,
            currency: money.currency.to_string(),
        }
    }
}

impl Valid for Money {
    type Raw = MoneyBody;
    fn check(raw: MoneyBody, check: &mut Check) -> Option<Self> {
        let currency = check.field::<Currency>("currency", raw.currency);
        // Any currency will do to see whether the amount alone is right.
        let amount = Self::positive(raw.amount, currency.unwrap_or(Currency::EUR));
        if let Err(error) = &amount {
            check.within("amount", |check| {
                check.refuse("invalid_amount", error.rule.clone());
            });
        }
        currency.and(amount.ok())
    }
}

/// An amount of money that may be zero.
pub(crate) struct MoneyOrNone(pub(crate) Money);

/// An amount of money that may be zero.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MoneyOrNone)]
pub(crate) struct MoneyOrNoneBody {
    /// Minor units of the currency, such as cents.
    #[serde(deserialize_with = "minor_units::deserialize")]
    #[schema(schema_with = minor_units::schema_or_none)]
    amount: i64,
    /// A currency of ISO 4217.
    #[schema(example = "EUR")]
    currency: String,
}

impl Valid for MoneyOrNone {
    type Raw = MoneyOrNoneBody;
    fn check(MoneyOrNoneBody { amount, currency }: MoneyOrNoneBody, check: &mut Check) -> Option<Self> {
        let currency = check.field::<Currency>("currency", currency);
        let is_amount = (0..=Money::MAX_AMOUNT).contains(&amount);
        if !is_amount {
            let rule = format!("must be between 0 and {} minor units", Money::MAX_AMOUNT);
            check.within("amount", |check| check.refuse("invalid_amount", rule));
        }
        let currency = currency.filter(|_| is_amount)?;
        Some(Self(Money { amount, currency }))
    }
}

impl<const MAX: usize, K: Kind> Valid for Text<MAX, K> {
    type Raw = String;
    fn check(raw: String, check: &mut Check) -> Option<Self> {
        let text = Self::try_from(raw);
        text.map_err(|error| check.refuse("invalid_text", error.rule))
            .ok()
    }
}

impl Valid for Quantity {
    type Raw = i64;
    fn check(raw: i64, check: &mut Check) -> Option<Self> {
        let quantity = Self::try_from(raw);
        quantity
            .map_err(|error| check.refuse("invalid_quantity", error.rule))
            .ok()
    }
}

impl Valid for NaiveDate {
    type Raw = String;
    fn check(raw: String, check: &mut Check) -> Option<Self> {
        // The ten characters of RFC 3339 alone: chrono would also take `2026-1-2`.
        match raw.parse() {
            Ok(date) if raw.len() == 10 => Some(date),
            _ => {
                check.refuse("invalid_date", "must be a day such as 2026-12-31");
                None
            }
        }
    }
}

impl Valid for DateTime<Utc> {
    type Raw = String;
    fn check(raw: String, check: &mut Check) -> Option<Self> {
        // In microseconds, as the database keeps times.
        let time = DateTime::parse_from_rfc3339(&raw).map(|time| Self::from(time).trunc_subsecs(6));
        if time.is_err() {
            check.refuse("invalid_time", "must be a time such as 2026-12-31T09:00:00Z");
        }
        time.ok()
    }
}

macro_rules! texts {
    ($($value:ty => $code:literal),+ $(,)?) => { $(
        impl Valid for $value {
            type Raw = String;
            fn check(raw: String, check: &mut Check) -> Option<Self> {
                let value = <$value>::try_from(raw);
                value.map_err(|error| check.refuse($code, error.rule)).ok()
            }
        }
    )+ };
}

texts! {
    CardToken => "invalid_card_token",
    CountryCode => "invalid_country",
    Currency => "invalid_currency",
    Sku => "invalid_sku",
    Slug => "invalid_slug",
    WarehouseCode => "invalid_warehouse",
}

macro_rules! identifiers {
    ($($id:ty),+ $(,)?) => { $(
        impl Valid for $id {
            type Raw = String;
            fn check(raw: String, check: &mut Check) -> Option<Self> {
                raw.parse::<$id>().map_err(|error| check.refuse("malformed_id", error.rule)).ok()
            }
        }
    )+ };
}

identifiers!(AccountId, CustomerId, OrderId);
