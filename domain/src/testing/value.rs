//! Values in few letters, so that a test shows only what it is about.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::{
    order::{Line, PaymentMethod},
    value::{
        AccountId, Address, Currency, CustomerId, InvalidValue, Money, OrderId, PaymentId, ProductId,
        Quantity, RefundId, ReturnId, Sku, SubscriptionId,
    },
};

pub(crate) fn eur(cents: i64) -> Money {
    Money {
        amount: cents,
        currency: Currency::EUR,
    }
}

pub(crate) fn usd(cents: i64) -> Money {
    Money {
        amount: cents,
        currency: currency("USD"),
    }
}

pub(crate) fn currency(code: &str) -> Currency {
    code.parse().expect("a currency")
}

/// Any value that is made of a text: a reference, a reason, a slug, a lot, a warehouse …
pub(crate) fn text<T: TryFrom<String, Error = InvalidValue>>(text: &str) -> T {
    T::try_from(text.to_owned()).expect(text)
}

pub(crate) fn sku(name: &str) -> Sku {
    text(name)
}

pub(crate) fn units(count: i64) -> Quantity {
    Quantity::try_from(count).expect("a quantity")
}

macro_rules! ids {
    ($($name:ident: $id:ident),+ $(,)?) => { $(
        pub(crate) const fn $name(number: u128) -> $id {
            $id::new(Uuid::from_u128(number))
        }
    )+ };
}

ids! {
    account_id: AccountId,
    customer_id: CustomerId,
    order_id: OrderId,
    payment_id: PaymentId,
    product_id: ProductId,
    refund_id: RefundId,
    return_id: ReturnId,
    subscription_id: SubscriptionId,
}

/// A day as `2026-01-31`.
pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// An instant as `2026-01-31T12:00:00Z`.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// The present of all tests: noon of 15 January 2026.
pub(crate) fn noon() -> DateTime<Utc> {
    at("2026-01-15T12:00:00Z")
}

/// When a reservation that was made at noon lapses.
pub(crate) fn quarter_past() -> DateTime<Utc> {
    at("2026-01-15T12:15:00Z")
}

pub(crate) fn address() -> Address {
    Address {
        name: text("Ada Lovelace"),
        street: text("St James's Square 12"),
        city: text("London"),
        postal_code: Some(text("SW1Y 4JH")),
        country: text("GB"),
    }
}

/// Some units of a SKU at a price that contains 19 % tax.
pub(crate) fn line(name: &str, count: i64, unit_price: Money) -> Line {
    Line {
        sku: sku(name),
        product_id: product_id(1),
        name: format!("The {name}"),
        quantity: units(count),
        unit_price,
        tax_rate_bp: 1900,
    }
}

pub(crate) fn by_account() -> PaymentMethod {
    PaymentMethod::Account {
        account_id: account_id(1),
    }
}

pub(crate) fn by_card() -> PaymentMethod {
    PaymentMethod::Card {
        token: text("tok_approved"),
    }
}
