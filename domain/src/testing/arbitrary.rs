//! Values of every kind for property tests: mostly small, so that they meet each other, sometimes extreme.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::{collection::vec, option, prelude::*, sample::select};
use uuid::Uuid;

use crate::{
    order::PaymentMethod,
    testing::value::{day, noon, text},
    value::{
        AccountId, Address, CardToken, Currency, InvalidValue, Kind, Money, Quantity, Sku, Text,
        WarehouseCode,
    },
};

/// One of four ids, so that the same one comes back often.
pub(crate) fn ids<T: std::fmt::Debug>(make: fn(Uuid) -> T) -> impl Strategy<Value = T> {
    (1..=4_u128).prop_map(move |number| make(Uuid::from_u128(number)))
}

pub(crate) fn currencies() -> impl Strategy<Value = Currency> {
    prop_oneof![
        12 => Just(Currency::EUR),
        1 => select(&["USD", "JPY", "KWD"]).prop_map(|code| code.parse().unwrap()),
    ]
}

/// Minor units, some of them far outside of what a command may carry.
pub(crate) fn amounts() -> impl Strategy<Value = i64> {
    prop_oneof![
        12 => 1..=2_000_i64,
        1 => select(&[0, -1, Money::MAX_AMOUNT, 1_000_000_000_000_000_000, i64::MAX, i64::MIN]),
        1 => any::<i64>(),
    ]
}

pub(crate) fn money() -> impl Strategy<Value = Money> {
    (amounts(), currencies()).prop_map(|(amount, currency)| Money { amount, currency })
}

pub(crate) fn quantities() -> impl Strategy<Value = Quantity> {
    prop_oneof![
        8 => 1..=20_i64,
        1 => 1..=i64::from(Quantity::MAX),
        1 => Just(i64::from(Quantity::MAX)),
    ]
    .prop_map(|units| Quantity::try_from(units).unwrap())
}

pub(crate) fn texts<const MAX: usize, K: Kind>() -> impl Strategy<Value = Text<MAX, K>> {
    prop_oneof![
        8 => "\\PC{1,20}".prop_filter_map("a text is not blank", |text| Text::try_from(text).ok()),
        1 => Just(text(&"ß".repeat(MAX))),
    ]
}

/// One of few texts, so that the same one comes back often.
pub(crate) fn few<T>(names: &'static [&'static str]) -> impl Strategy<Value = T>
where
    T: TryFrom<String, Error = InvalidValue> + std::fmt::Debug,
{
    select(names).prop_map(text)
}

pub(crate) fn skus() -> impl Strategy<Value = Sku> {
    few(&["A", "B-1", "c.2_x"])
}

pub(crate) fn warehouses() -> impl Strategy<Value = WarehouseCode> {
    few(&["north", "south", "west-2"])
}

pub(crate) fn days() -> impl Strategy<Value = NaiveDate> {
    prop_oneof![
        8 => (-2..=2_i64).prop_map(|days| day("2026-01-15") + TimeDelta::days(days)),
        1 => select(&[NaiveDate::MIN, NaiveDate::MAX]),
    ]
}

pub(crate) fn instants() -> impl Strategy<Value = DateTime<Utc>> {
    prop_oneof![
        8 => (-100_000..100_000_i64, 0..1_000_000_i64)
            .prop_map(|(seconds, micros)| noon() + TimeDelta::seconds(seconds) + TimeDelta::microseconds(micros)),
        1 => select(&[DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC]),
    ]
}

pub(crate) fn addresses() -> impl Strategy<Value = Address> {
    (texts(), texts(), texts(), option::of(texts()), few(&["DE", "JP"])).prop_map(
        |(name, street, city, postal_code, country)| Address {
            name,
            street,
            city,
            postal_code,
            country,
        },
    )
}

pub(crate) fn payment_methods() -> impl Strategy<Value = PaymentMethod> {
    prop_oneof![
        ids(AccountId::new).prop_map(|account_id| PaymentMethod::Account { account_id }),
        few::<CardToken>(&["tok_approved", "tok_declined"]).prop_map(|token| PaymentMethod::Card { token }),
    ]
}

/// A history of up to so many commands or events.
pub(crate) fn up_to<T: std::fmt::Debug>(
    most: usize,
    each: impl Strategy<Value = T>,
) -> impl Strategy<Value = Vec<T>> {
    vec(each, 0..=most)
}
