//! Amounts as the payment gateway counts them: the one place that knows where it differs from ISO 4217.
//!
//! Almost every amount goes to the gateway in the minor unit of its currency, as it is stored here. The exceptions
//! are those of Stripe, from its documentation "Supported currencies" (docs.stripe.com/currencies, sections
//! *Zero-decimal currencies*, *Three-decimal currencies* and *Special cases*), as read in November 2026.
//!
//! An amount that the gateway cannot count is refused before the gateway is asked.

use crate::value::{Currency, Money};

/// How the gateway counts a currency that it does not count as ISO 4217 does.
struct Exception {
    currency: &'static str,
    /// How many digits of a whole unit the gateway counts.
    digits: u8,
    /// What an amount must be a multiple of, as the gateway counts.
    step: i64,
}

const EXCEPTIONS: &[Exception] = &[
    // Zero-decimal at Stripe; ISO 4217 has two digits, of which a fifth of a unit is the only one in use.
    exception("MGA", 0, 1),
    // Without a minor unit by now; Stripe goes on counting hundredths, which must be zero.
    exception("ISK", 2, 100),
    exception("UGX", 2, 100),
    // Three digits, of which the last must be zero.
    exception("BHD", 3, 10),
    exception("JOD", 3, 10),
    exception("KWD", 3, 10),
    exception("OMR", 3, 10),
    exception("TND", 3, 10),
];

const fn exception(currency: &'static str, digits: u8, step: i64) -> Exception {
    Exception {
        currency,
        digits,
        step,
    }
}

/// An amount that the gateway cannot count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a card is charged in steps of {step}")]
pub struct NotChargeable {
    /// The smallest amount, of which every other is a multiple.
    pub step: Money,
}

/// The smallest amount that a card can be charged in a currency; every other is a multiple of it.
pub fn smallest_charge(currency: Currency) -> Money {
    let amount = match find(currency) {
        None => 1,
        // A step of less than our own minor unit is no step for us.
        Some(Exception { digits, step, .. }) => rescale(*step, *digits, currency.minor_digits()).unwrap_or(1),
    };
    Money { amount, currency }
}

/// Whether a card can be charged an amount, or get it back.
///
/// # Errors
///
/// The step that the amount would have to be a multiple of.
pub fn check_chargeable(money: Money) -> Result<(), NotChargeable> {
    let step = smallest_charge(money.currency);
    if money.amount % step.amount == 0 {
        Ok(())
    } else {
        Err(NotChargeable { step })
    }
}

/// The amount as the gateway counts it.
///
/// # Errors
///
/// When it is no multiple of the smallest charge, or leaves 64 bits.
pub fn to_gateway(money: Money) -> Result<i64, NotChargeable> {
    check_chargeable(money)?;
    let digits = find(money.currency).map_or(money.currency.minor_digits(), |exception| exception.digits);
    rescale(money.amount, money.currency.minor_digits(), digits).ok_or(NotChargeable {
        step: smallest_charge(money.currency),
    })
}

/// The amount that the gateway counted, or nothing when it cannot be counted here.
pub fn from_gateway(amount: i64, currency: Currency) -> Option<Money> {
    let digits = find(currency).map_or(currency.minor_digits(), |exception| exception.digits);
    let amount = rescale(amount, digits, currency.minor_digits())?;
    Some(Money { amount, currency })
}

fn find(currency: Currency) -> Option<&'static Exception> {
    EXCEPTIONS
        .iter()
        .find(|exception| exception.currency == currency.code())
}

/// The same amount with another number of digits; nothing when that is no whole number or leaves 64 bits.
fn rescale(amount: i64, from: u8, to: u8) -> Option<i64> {
    if to >= from {
        return amount.checked_mul(power_of_ten(to - from));
    }
    let divisor = power_of_ten(from - to);
    (amount % divisor == 0).then(|| amount / divisor)
}

fn power_of_ten(exponent: u8) -> i64 {
    10_i64.checked_pow(exponent.into()).unwrap_or(i64::MAX)
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
    fn the_gateway_counts_in_minor_units_but_for_its_exceptions() {
        for (amount, currency, at_gateway) in [
            (1250, "EUR", 1250),
            (500, "JPY", 500),
            (12_300, "MGA", 123),
            (5, "ISK", 500),
            (7, "UGX", 700),
            (5_120, "KWD", 5_120),
        ] {
            let money = money(amount, currency);
            assert_eq!(to_gateway(money), Ok(at_gateway), "{money}");
            assert_eq!(from_gateway(at_gateway, money.currency), Some(money));
        }
    }

    #[test]
    fn what_the_gateway_cannot_count_is_refused_with_the_step() {
        for (amount, currency, step) in [
            (12_345, "MGA", 100),
            (5_123, "BHD", 10),
            (1, "JOD", 10),
            (5_129, "KWD", 10),
            (11, "OMR", 10),
            (9, "TND", 10),
        ] {
            let money = money(amount, currency);
            let step = Money {
                amount: step,
                ..money
            };
            assert_eq!(check_chargeable(money), Err(NotChargeable { step }), "{money}");
            assert_eq!(to_gateway(money), Err(NotChargeable { step }), "{money}");
        }
        let refused = check_chargeable(money(5_123, "BHD")).unwrap_err();
        assert_eq!(refused.to_string(), "a card is charged in steps of 0.010 BHD");
    }

    #[test]
    fn a_sum_of_the_gateway_that_has_no_place_here_is_none() {
        assert_eq!(from_gateway(150, money(1, "ISK").currency), None);
        assert_eq!(from_gateway(i64::MAX, money(1, "MGA").currency), None);
    }
}
