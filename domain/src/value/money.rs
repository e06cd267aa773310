//! Money: an integer of minor units and a currency, never a fraction.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::InvalidValue;

/// The currencies of ISO 4217 that are in use, with their number of minor digits.
///
/// Source: ISO 4217 table A.1; funds, metals and testing codes are left out on purpose.
const CURRENCIES: &[(&[u8; 3], u8)] = &[
    (b"AED", 2),
    (b"AFN", 2),
    (b"ALL", 2),
    (b"AMD", 2),
    (b"AOA", 2),
    (b"ARS", 2),
    (b"AUD", 2),
    (b"AWG", 2),
    (b"AZN", 2),
    (b"BAM", 2),
    (b"BBD", 2),
    (b"BDT", 2),
    (b"BGN", 2),
    (b"BHD", 3),
    (b"BIF", 0),
    (b"BMD", 2),
    (b"BND", 2),
    (b"BOB", 2),
    (b"BRL", 2),
    (b"BSD", 2),
    (b"BTN", 2),
    (b"BWP", 2),
    (b"BYN", 2),
    (b"BZD", 2),
    (b"CAD", 2),
    (b"CDF", 2),
    (b"CHF", 2),
    (b"CLP", 0),
    (b"CNY", 2),
    (b"COP", 2),
    (b"CRC", 2),
    (b"CUP", 2),
    (b"CVE", 2),
    (b"CZK", 2),
    (b"DJF", 0),
    (b"DKK", 2),
    (b"DOP", 2),
    (b"DZD", 2),
    (b"EGP", 2),
    (b"ERN", 2),
    (b"ETB", 2),
    (b"EUR", 2),
    (b"FJD", 2),
    (b"FKP", 2),
    (b"GBP", 2),
    (b"GEL", 2),
    (b"GHS", 2),
    (b"GIP", 2),
    (b"GMD", 2),
    (b"GNF", 0),
    (b"GTQ", 2),
    (b"GYD", 2),
    (b"HKD", 2),
    (b"HNL", 2),
    (b"HTG", 2),
    (b"HUF", 2),
    (b"IDR", 2),
    (b"ILS", 2),
    (b"INR", 2),
    (b"IQD", 3),
    (b"IRR", 2),
    (b"ISK", 0),
    (b"JMD", 2),
    (b"JOD", 3),
    (b"JPY", 0),
    (b"KES", 2),
    (b"KGS", 2),
    (b"KHR", 2),
    (b"KMF", 0),
    (b"KPW", 2),
    (b"KRW", 0),
    (b"KWD", 3),
    (b"KYD", 2),
    (b"KZT", 2),
    (b"LAK", 2),
    (b"LBP", 2),
    (b"LKR", 2),
    (b"LRD", 2),
    (b"LSL", 2),
    (b"LYD", 3),
    (b"MAD", 2),
    (b"MDL", 2),
    (b"MGA", 2),
    (b"MKD", 2),
    (b"MMK", 2),
    (b"MNT", 2),
    (b"MOP", 2),
    (b"MRU", 2),
    (b"MUR", 2),
    (b"MVR", 2),
    (b"MWK", 2),
    (b"MXN", 2),
    (b"MYR", 2),
    (b"MZN", 2),
    (b"NAD", 2),
    (b"NGN", 2),
    (b"NIO", 2),
    (b"NOK", 2),
    (b"NPR", 2),
    (b"NZD", 2),
    (b"OMR", 3),
    (b"PAB", 2),
    (b"PEN", 2),
    (b"PGK", 2),
    (b"PHP", 2),
    (b"PKR", 2),
    (b"PLN", 2),
    (b"PYG", 0),
    (b"QAR", 2),
    (b"RON", 2),
    (b"RSD", 2),
    (b"RUB", 2),
    (b"RWF", 0),
    (b"SAR", 2),
    (b"SBD", 2),
    (b"SCR", 2),
    (b"SDG", 2),
    (b"SEK", 2),
    (b"SGD", 2),
    (b"SHP", 2),
    (b"SLE", 2),
    (b"SOS", 2),
    (b"SRD", 2),
    (b"SSP", 2),
    (b"STN", 2),
    (b"SVC", 2),
    (b"SYP", 2),
    (b"SZL", 2),
    (b"THB", 2),
    (b"TJS", 2),
    (b"TMT", 2),
    (b"TND", 3),
    (b"TOP", 2),
    (b"TRY", 2),
    (b"TTD", 2),
    (b"TWD", 2),
    (b"TZS", 2),
    (b"UAH", 2),
    (b"UGX", 0),
    (b"USD", 2),
    (b"UYU", 2),
    (b"UZS", 2),
    (b"VES", 2),
    (b"VND", 0),
    (b"VUV", 0),
    (b"WST", 2),
    (b"XAF", 0),
    (b"XCD", 2),
    (b"XCG", 2),
    (b"XOF", 0),
    (b"XPF", 0),
    (b"YER", 2),
    (b"ZAR", 2),
    (b"ZMW", 2),
    (b"ZWG", 2),
];

/// A currency of ISO 4217.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// The euro.
    pub const EUR: Self = Self(*b"EUR");

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many digits stand behind the decimal point when people write an amount.
    pub fn minor_digits(&self) -> u8 {
        CURRENCIES
            .iter()
            .find(|(code, _)| **code == self.0)
            .map_or(2, |(_, digits)| *digits)
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = InvalidValue;
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        CURRENCIES
            .iter()
            .find(|(code, _)| code.as_slice() == text.as_bytes())
            .map(|(code, _)| Self(**code))
            .ok_or_else(|| InvalidValue::new("must be a currency of ISO 4217 in capitals, such as EUR"))
    }
}

impl TryFrom<String> for Currency {
    type Error = InvalidValue;
    fn try_from(text: String) -> Result<Self, InvalidValue> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

/// An amount in the minor units of its currency (cents for the euro).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units; what it may be is decided by whoever asks for it (see [`Money::positive`]).
    pub amount: i64,
    /// The currency of the amount.
    pub currency: Currency,
}

impl Money {
    /// The largest amount that a command may carry: ten trillion of a currency with cents.
    ///
    /// Nine thousand such amounts still add up within 64 bits, and no shop moves as much at once.
    pub const MAX_AMOUNT: i64 = 1_000_000_000_000_000;

    /// No money, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { amount: 0, currency }
    }

    /// An amount above zero and within [`Money::MAX_AMOUNT`].
    ///
    /// # Errors
    ///
    /// The rule, when the amount is zero, negative or too large.
    pub fn positive(amount: i64, currency: Currency) -> Result<Self, InvalidValue> {
        match amount {
            1..=Self::MAX_AMOUNT => Ok(Self { amount, currency }),
            _ => Err(InvalidValue::new(format!(
                "must be between 1 and {} minor units",
                Self::MAX_AMOUNT
            ))),
        }
    }

    /// This amount so many times, or nothing when it would not fit.
    pub fn times(self, count: u32) -> Option<Self> {
        let amount = self.amount.checked_mul(i64::from(count))?;
        (amount <= Self::MAX_AMOUNT).then_some(Self { amount, ..self })
    }

    /// The tax that is contained in this gross amount, rounded half up.
    ///
    /// `rate_bp` is in basis points: 1900 is 19 %.
    pub fn contained_tax(self, rate_bp: u16) -> Self {
        let rate = i128::from(rate_bp);
        let (gross, whole) = (i128::from(self.amount), 10_000 + rate);
        let tax = (gross * rate * 2 + whole) / (whole * 2);
        Self {
            amount: i64::try_from(tax).unwrap_or(i64::MAX),
            ..self
        }
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// As people write it: `12.50 EUR`, `1200 JPY`.
impl fmt::Display for Money {
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

    fn money(amount: i64, currency: &str) -> Money {
        Money {
            amount,
            currency: currency.parse().unwrap(),
        }
    }

    #[test]
    fn an_amount_is_written_with_the_digits_of_its_currency() {
        assert_eq!(money(1250, "EUR").to_string(), "12.50 EUR");
        assert_eq!(money(5, "EUR").to_string(), "0.05 EUR");
        assert_eq!(money(-5, "KWD").to_string(), "-0.005 KWD");
        assert_eq!(money(1200, "JPY").to_string(), "1200 JPY");
    }

    #[test]
    fn the_tax_inside_a_gross_amount_is_rounded_half_up() {
        assert_eq!(money(11_900, "EUR").contained_tax(1900).amount, 1900);
        assert_eq!(money(100, "EUR").contained_tax(1900).amount, 16);
        assert_eq!(money(100, "EUR").contained_tax(0).amount, 0);
        assert_eq!(
            money(Money::MAX_AMOUNT, "EUR").contained_tax(u16::MAX).amount,
            867_611_041_239_161
        );
    }

    #[test]
    fn an_amount_must_be_positive_and_bounded() {
        for amount in [0, -1, i64::MIN, Money::MAX_AMOUNT + 1, 1_000_000_000_000_000_000] {
            assert!(Money::positive(amount, Currency::EUR).is_err(), "{amount}");
        }
        assert!(Money::positive(Money::MAX_AMOUNT, Currency::EUR).is_ok());
    }

    #[test]
    fn a_currency_is_known_and_in_capitals() {
        for wrong in ["eur", "EURO", "", "XXX", "ABC"] {
            assert!(wrong.parse::<Currency>().is_err(), "{wrong}");
        }
        assert_eq!("JPY".parse::<Currency>().unwrap().minor_digits(), 0);
    }
}
