//! Money: an integer of minor units and a currency, never a fraction.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{InvalidValue, Sum};

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
    ///
    /// An amount is stored in minor units, so this number is a part of what it means and never changes; see
    /// `docs/adr/0017-one-truth-for-money.md`.
    pub fn minor_digits(&self) -> u8 {
        let digits = find(self.code()).and_then(iso_currency::Currency::exponent);
        digits.and_then(|digits| u8::try_from(digits).ok()).unwrap_or(2)
    }
}

/// Currencies that were replaced after amounts in them could have been stored: they stay readable for ever.
const REPLACED: [&str; 2] = ["BGN", "VES"];

/// The currency of a code: money that people pay with, and no fund, metal or testing code.
fn find(code: &str) -> Option<iso_currency::Currency> {
    let currency = iso_currency::Currency::from_code(code)?;
    let is_money = !currency.is_fund() && !currency.is_special() && currency.exponent().is_some();
    let is_in_use = currency.is_superseded().is_none() || REPLACED.contains(&code);
    (is_money && is_in_use).then_some(currency)
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
        let code: Option<[u8; 3]> = text.as_bytes().try_into().ok();
        code.filter(|_| find(text).is_some())
            .map(Self)
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
    /// Nine thousand such amounts still add up within 64 bits; what a whole shop comes to is a [`Sum`].
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
        Sum::from(*self).fmt(f)
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
        for wrong in ["eur", "EURO", "", "XXX", "XAU", "CHE", "HRK", "ABC"] {
            assert!(wrong.parse::<Currency>().is_err(), "{wrong}");
        }
        assert_eq!("JPY".parse::<Currency>().unwrap().minor_digits(), 0);
    }
    /// Every currency that amounts may have been stored in, with its digits: neither ever changes, whatever the list
    /// that the currencies are taken from says in a later version.
    const STORED: [(u8, &str); 3] = [
        (
            0,
            "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
        ),
        (
            2,
            "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF \
             CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD \
             HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK \
             MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD \
             RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS \
             UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG",
        ),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
    ];

    #[test]
    fn every_currency_that_was_ever_accepted_is_still_read_with_the_same_digits() {
        let mut count = 0;
        for (digits, codes) in STORED {
            for code in codes.split(' ') {
                let currency: Currency = code.parse().unwrap_or_else(|_| panic!("{code} is not read"));
                assert_eq!(currency.minor_digits(), digits, "{code}");
                count += 1;
            }
        }
        assert_eq!(count, 155);
    }
}
