//! `Money`.

use async_graphql::Object;
use projections::value::Sum;

use super::MinorUnits;

/// An amount of money, or a sum of amounts, which may leave 64 bits.
pub(crate) struct Money(Sum);

/// An amount of money in one currency.
#[Object]
impl Money {
    /// The amount in minor units, such as cents.
    async fn amount(&self) -> MinorUnits {
        MinorUnits(self.0.amount)
    }

    /// The currency, as three letters of ISO 4217.
    async fn currency(&self) -> &str {
        self.0.currency.code()
    }

    /// The amount as people of every language can read it, such as `12.50 EUR`.
    async fn formatted(&self) -> String {
        self.0.to_string()
    }
}

impl From<projections::value::Money> for Money {
    fn from(money: projections::value::Money) -> Self {
        Self(money.into())
    }
}

impl From<Sum> for Money {
    fn from(sum: Sum) -> Self {
        Self(sum)
    }
}
