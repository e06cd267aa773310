//! Sums of money: as exact as money, and never too large.

use std::fmt;

use super::{Currency, Money};

/// A sum of amounts in one currency.
///
/// An amount has 64 bits, and so has what one order or one account can come to. What a shop comes to in a day or in
/// its life has no such limit, so sums are kept in 128 bits: no log is long enough to fill them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sum {
    /// Minor units.
    pub amount: i128,
    /// The currency of every amount in it.
    pub currency: Currency,
}

impl Sum {
    /// No money, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { amount: 0, currency }
    }
}

impl From<Money> for Sum {
    fn from(money: Money) -> Self {
        Self {
            amount: money.amount.into(),
            currency: money.currency,
        }
    }
}

impl fmt::Debug for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// As people write it: `12.50 EUR`, `1200 JPY`.
impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = usize::from(self.currency.minor_digits());
        let sign = if self.amount < 0 { "-" } else { "" };
        let amount = self.amount.unsigned_abs();
        if digits == 0 {
            return write!(f, "{sign}{amount} {}", self.currency);
        }
        let text = format!("{amount:0>width$}", width = digits + 1);
        let (units, fraction) = text.split_at(text.len() - digits);
        write!(f, "{sign}{units}.{fraction} {}", self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_beyond_64_bits_is_written_like_an_amount() {
        let currency = Currency::EUR;
        let amount = 9_300 * i128::from(Money::MAX_AMOUNT);
        assert_eq!(Sum { amount, currency }.to_string(), "93000000000000000.00 EUR");
        let amount = -5;
        assert_eq!(Sum { amount, currency }.to_string(), "-0.05 EUR");
    }
}
