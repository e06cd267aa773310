//! The gateway's name for a card.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Code, InvalidValue, Text};

/// A token that the payment gateway gave for a card: never the card's number itself.
///
/// A token is not printed by `Debug`: it can be charged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Text<200, Code>", into = "String")]
pub struct CardToken(Text<200, Code>);

impl CardToken {
    /// The token.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for CardToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardToken(***)")
    }
}

impl TryFrom<String> for CardToken {
    type Error = InvalidValue;
    fn try_from(text: String) -> Result<Self, InvalidValue> {
        // Before the rules of texts: what is wrong with a card number is that it is one.
        refuse_card_number(&text)?;
        Text::try_from(text)?.try_into()
    }
}

impl TryFrom<Text<200, Code>> for CardToken {
    type Error = InvalidValue;
    fn try_from(text: Text<200, Code>) -> Result<Self, InvalidValue> {
        refuse_card_number(text.as_str())?;
        Ok(Self(text))
    }
}

impl From<CardToken> for String {
    fn from(token: CardToken) -> Self {
        token.0.into()
    }
}

fn refuse_card_number(text: &str) -> Result<(), InvalidValue> {
    if looks_like_card_number(text) {
        return Err(InvalidValue::new(
            "must be a token of the payment gateway, never a card number",
        ));
    }
    Ok(())
}

/// Whether a text is 13 to 19 digits, written with or without separators, with a valid check digit.
///
/// Source: ISO/IEC 7812-1, annex B (the Luhn formula).
fn looks_like_card_number(text: &str) -> bool {
    if text
        .chars()
        .any(|c| !c.is_ascii_digit() && !c.is_whitespace() && !matches!(c, '-' | '.'))
    {
        return false;
    }
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    if !(13..=19).contains(&digits.len()) {
        return false;
    }
    let doubled = |(index, digit): (usize, &u32)| match (index % 2, digit * 2) {
        (0, _) => *digit,
        (_, double @ 10..) => double - 9,
        (_, double) => double,
    };
    digits.iter().rev().enumerate().map(doubled).sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_is_no_token() {
        for number in [
            "4242424242424242",
            "4242 4242 4242 4242",
            "5555-5555-5555-4444",
            "5555.5555.5555.4444",
            "\t4242424242424242\n",
            "378282246310005",
        ] {
            assert!(CardToken::try_from(number.to_owned()).is_err(), "{number}");
        }
        for token in ["tok_approved", "4242424242424241", "pm_1MqLiJLkdIwHu7ixUEgbFdYF"] {
            assert!(CardToken::try_from(token.to_owned()).is_ok(), "{token}");
        }
    }

    #[test]
    fn a_token_is_not_printed() {
        let token = CardToken::try_from("tok_secret".to_owned()).unwrap();
        assert!(!format!("{token:?}").contains("secret"));
    }
}
