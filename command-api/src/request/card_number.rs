//! Card numbers: none may come in, in whatever field.
//!
//! Whoever stores one has to guard it as the card networks demand, so none is stored, and what holds one is
//! refused before it is even read as a command. The number is not repeated, neither in the answer nor in a log.
//!
//! **The rule.** A card number is 13 to 19 digits that pass the Luhn check, written in one piece or in the
//! groups that stand on cards, separated by spaces, dashes or dots, in the digits of any common script. It stands alone:
//! what is glued to a letter is part of something else. Other numbers pass the Luhn check as well, one in ten by chance, so
//! - UUIDs, numbers of phones (up to 15 digits after a plus) and numbers on goods (GTIN-13, with a check digit
//!   of their own) are none;
//! - what stands in a field for somebody else's identifier (a SKU, the number of a parcel), is grouped like no
//!   card, or is part of a longer row of digits counts only if it also begins like the cards of a network, and
//!   is as long as they are. The same holds for the groups of a card with any other sign between them, as long as it
//!   is one and the same: lists of sizes and coordinates are none;
//! - a JSON number where an amount or a quantity belongs is one.
//!
//! Source: ISO/IEC 7812-1, annex B (the Luhn formula); the ranges are those that the networks publish.

use std::borrow::Cow;

use serde_json::Value;
use uuid::Uuid;

use super::Check;

/// The stable code of the refusal.
pub(super) const CODE: &str = "card_number_refused";
/// The rule that was broken.
pub(super) const RULE: &str =
    "must not hold a card number: only the payment gateway may see it, and gives a token for it";

/// Fields for identifiers that others have chosen; many of those are long numbers.
const IDENTIFIERS: [&str; 6] = ["lot", "reference", "sku", "slug", "tracking_number", "url"];
/// Fields for counts. Digits in a text are no count, whatever the field.
const COUNTS: [&str; 3] = ["amount", "difference", "quantity"];

/// How many digits a card number has.
const LENGTHS: std::ops::RangeInclusive<usize> = 13..=19;
/// How many digits the largest amount has.
const LONGEST_AMOUNT: usize = 16;
/// The groups in which the digits stand on cards.
const GROUPS: [&[usize]; 6] = [
    &[4, 4, 4, 4],
    &[4, 6, 5],
    &[4, 6, 4],
    &[4, 4, 4, 4, 3],
    &[6, 13],
    &[4, 3, 3, 3],
];
/// The first four digits of the cards of each network, and how many digits they have.
const NETWORKS: [(std::ops::RangeInclusive<u32>, &[usize]); 14] = [
    (4000..=4999, &[16, 19]),
    (5100..=5599, &[16]),
    (2221..=2720, &[16]),
    (3400..=3499, &[15]),
    (3700..=3799, &[15]),
    (3000..=3059, &[14]),
    (3600..=3699, &[14]),
    (3800..=3999, &[14]),
    (3528..=3589, &[16]),
    (6011..=6011, &[16, 19]),
    (6440..=6599, &[16, 19]),
    (6200..=6299, &[16, 17, 18, 19]),
    (6759..=6763, &[16, 18, 19]),
    (2200..=2204, &[16, 17, 18, 19]),
];
/// The most separators between two groups: a dash with a space on each side.
const MAX_GAP: usize = 3;
/// The most digits of a phone number (E.164).
const MAX_PHONE_DIGITS: usize = 15;
const UUID_LEN: usize = 36;

/// What a text is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Words of people, or anything.
    Words,
    /// An identifier that others have chosen.
    Identifier,
}

/// Refuses every field of a JSON text that holds a card number. What is no JSON is refused by others.
pub(crate) fn check_json(bytes: &[u8], check: &mut Check) {
    if !has_digits_in_a_row(bytes) {
        return;
    }
    if let Ok(value) = serde_json::from_slice::<Value>(bytes) {
        check_value("", &value, check);
    }
}

/// A look that costs next to nothing and never misses a card number: nearly every body ends here.
fn has_digits_in_a_row(bytes: &[u8]) -> bool {
    let mut digits = 0;
    for byte in bytes {
        match byte {
            b'0'..=b'9' => digits += 1,
            // A digit may be written as an escape.
            b'\\' => return true,
            b'a'..=b'z' | b'A'..=b'Z' => digits = 0,
            // Characters of other scripts begin so whose digits are counted.
            0xd9 | 0xdb | 0xdf..=0xe1 | 0xef | 0xf0 => digits += 1,
            _ => {}
        }
        if digits >= *LENGTHS.start() {
            return true;
        }
    }
    false
}

/// Whether a text is an amount as GraphQL answers it; as a number it is taken as well.
fn is_amount(text: &str) -> bool {
    text.len() < LONGEST_AMOUNT && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn check_value(name: &str, value: &Value, check: &mut Check) {
    let meaning = if IDENTIFIERS.contains(&name) {
        Meaning::Identifier
    } else {
        Meaning::Words
    };
    match value {
        Value::String(text) if name == "amount" && is_amount(text) => {}
        Value::String(text) if holds(text, meaning) => check.refuse(CODE, RULE),
        Value::Number(number) if !COUNTS.contains(&name) && holds(&number.to_string(), meaning) => {
            check.refuse(CODE, RULE);
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                check.within(&format!("[{index}]"), |check| check_value(name, item, check));
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                if holds(name, Meaning::Words) {
                    // A path with this name in it would repeat the number.
                    check.refuse(CODE, RULE);
                } else {
                    check.within(name, |check| check_value(name, field, check));
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Number(_) => {}
    }
}

/// Whether a text holds a card number.
pub(super) fn holds(text: &str, meaning: Meaning) -> bool {
    let text = with_ascii_digits(text);
    let usual = rows(&text, is_usual);
    usual.iter().any(|row| row.holds_card_number(meaning))
        || rows(&text, is_sign).iter().any(Row::holds_card_between_signs)
}

/// The zeros of the scripts whose digits people type; the other nine follow each.
const ZEROS: [char; 25] = [
    '\u{660}',
    '\u{6f0}',
    '\u{7c0}',
    '\u{966}',
    '\u{9e6}',
    '\u{a66}',
    '\u{ae6}',
    '\u{b66}',
    '\u{be6}',
    '\u{c66}',
    '\u{ce6}',
    '\u{d66}',
    '\u{de6}',
    '\u{e50}',
    '\u{ed0}',
    '\u{f20}',
    '\u{1040}',
    '\u{17e0}',
    '\u{1810}',
    '\u{ff10}',
    '\u{1d7ce}',
    '\u{1d7d8}',
    '\u{1d7e2}',
    '\u{1d7ec}',
    '\u{1d7f6}',
];

/// The same with the digits of other scripts, and those of other widths, written as ours.
fn with_ascii_digits(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let ours = |letter: char| {
        let digit = |zero: &char| {
            u32::from(letter)
                .checked_sub(u32::from(*zero))
                .filter(|digit| *digit < 10)
        };
        let digit = ZEROS.iter().find_map(digit);
        digit
            .and_then(|digit| char::from_digit(digit, 10))
            .unwrap_or(letter)
    };
    Cow::Owned(text.chars().map(ours).collect())
}

/// Groups of digits with nothing but separators between them.
#[derive(Debug, Default)]
struct Row<'text> {
    groups: Vec<&'text str>,
    /// It goes on after digits that are glued to letters, as an IBAN does.
    goes_on: bool,
    /// What stands between each group and the next one.
    gaps: Vec<&'text str>,
    after_plus: bool,
}

impl Row<'_> {
    fn holds_card_number(&self, meaning: Meaning) -> bool {
        let total: usize = self.groups.iter().map(|group| group.len()).sum();
        if total < *LENGTHS.start() || (self.after_plus && total <= MAX_PHONE_DIGITS) {
            return false;
        }
        let clear = meaning == Meaning::Words && !self.goes_on && is_grouped_like_a_card(&self.groups);
        if is_card_number(&self.groups, clear) {
            return true;
        }
        // Something else may stand before it or after it, such as the day on which the card expires.
        (1..=most_groups()).any(|len| {
            let mut parts = self.groups.windows(len);
            parts.any(|part| is_grouped_like_a_card(part) && is_card_number(part, false))
        })
    }

    /// Whether there are the groups of a card with one and the same sign between them.
    fn holds_card_between_signs(&self) -> bool {
        (2..=most_groups()).any(|len| {
            let parts = self.groups.windows(len);
            let mut parts = parts.zip(self.gaps.windows(len - 1));
            parts.any(|(part, gaps)| {
                let is_one_sign = gaps.iter().all(|gap| Some(gap) == gaps.first());
                is_one_sign && is_grouped_like_a_card(part) && is_card_number(part, false)
            })
        })
    }
}

/// Groups of digits between which nothing stands but what separates them.
fn rows(text: &str, separates: fn(char) -> bool) -> Vec<Row<'_>> {
    let (mut rows, mut row, mut gap) = (Vec::new(), Row::default(), 0);
    let (mut rest, mut before) = (text, None);
    // Where the last group ended.
    let mut ended = 0;
    while let Some(first) = rest.chars().next() {
        let at = text.len() - rest.len();
        let stands_alone = !before.is_some_and(char::is_alphanumeric);
        let len = if stands_alone && starts_with_uuid(rest) {
            rows.push(std::mem::take(&mut row));
            UUID_LEN
        } else if first.is_ascii_digit() {
            let len = rest.bytes().take_while(u8::is_ascii_digit).count();
            let glued = rest[len..].chars().next().is_some_and(char::is_alphanumeric);
            if stands_alone && !glued {
                row.after_plus |= before == Some('+');
                if !row.groups.is_empty() {
                    row.gaps.push(&text[ended..at]);
                }
                row.groups.push(&rest[..len]);
                ended = at + len;
            } else {
                rows.push(std::mem::take(&mut row));
                row.goes_on = true;
            }
            gap = 0;
            len
        } else {
            gap += 1;
            if !separates(first) || gap > MAX_GAP {
                rows.push(std::mem::take(&mut row));
            }
            first.len_utf8()
        };
        before = rest[..len].chars().next_back();
        rest = &rest[len..];
    }
    rows.push(row);
    rows
}

/// Whether it is neither a letter nor a digit.
fn is_sign(sign: char) -> bool {
    !sign.is_alphanumeric()
}

/// Whether people write it between the groups of a card: a space, a dash of any kind, or a dot.
fn is_usual(sign: char) -> bool {
    sign.is_whitespace()
        || matches!(
            sign,
            '-' | '.' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}'
        )
}

fn starts_with_uuid(text: &str) -> bool {
    let Some((head, tail)) = text.split_at_checked(UUID_LEN) else {
        return false;
    };
    Uuid::try_parse(head).is_ok() && !tail.chars().next().is_some_and(char::is_alphanumeric)
}

/// The most groups that stand on a card.
fn most_groups() -> usize {
    GROUPS.iter().map(|groups| groups.len()).max().unwrap_or(1)
}

fn is_grouped_like_a_card(groups: &[&str]) -> bool {
    let fits = |lengths: &&[usize]| {
        lengths.len() == groups.len()
            && groups
                .iter()
                .zip(*lengths)
                .all(|(group, len)| group.len() == *len)
    };
    groups.len() == 1 || GROUPS.iter().any(fits)
}

/// `clear` says that it is written where and as a card number would be.
fn is_card_number(groups: &[&str], clear: bool) -> bool {
    let digits: Vec<u32> = groups
        .iter()
        .flat_map(|group| group.chars())
        .filter_map(|digit| digit.to_digit(10))
        .collect();
    LENGTHS.contains(&digits.len())
        && passes_luhn(&digits)
        && (is_of_a_network(&digits) || (clear && !is_gtin_13(&digits)))
}

fn passes_luhn(digits: &[u32]) -> bool {
    let counted = |(index, digit): (usize, &u32)| match (index % 2, digit * 2) {
        (0, _) => *digit,
        (_, double @ 10..) => double - 9,
        (_, double) => double,
    };
    digits.iter().rev().enumerate().map(counted).sum::<u32>() % 10 == 0
}

fn is_of_a_network(digits: &[u32]) -> bool {
    let first_four = digits.iter().take(4).fold(0, |number, digit| number * 10 + digit);
    let mut networks = NETWORKS.iter();
    networks.any(|(range, lengths)| range.contains(&first_four) && lengths.contains(&digits.len()))
}

/// Source: GS1 General Specifications, section 7.9 (check digit).
fn is_gtin_13(digits: &[u32]) -> bool {
    let weighed = |(index, digit): (usize, &u32)| if index % 2 == 0 { *digit } else { digit * 3 };
    digits.len() == 13 && digits.iter().rev().enumerate().map(weighed).sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refused::FieldError;

    fn found(json: &str) -> Vec<String> {
        let mut check = Check::default();
        check_json(json.as_bytes(), &mut check);
        let errors: Vec<FieldError> = check
            .finish()
            .err()
            .map(|refused| refused.errors)
            .unwrap_or_default();
        errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn card_numbers_are_found_however_they_are_written() {
        for text in [
            "4242424242424242",
            "4242 4242 4242 4242",
            "4242-4242-4242-4242",
            "4242.4242.4242.4242",
            "4242 - 4242 - 4242 - 4242",
            "4242\u{a0}4242\u{a0}4242\u{a0}4242",
            "378282246310005",
            "3782 822463 10005",
            "3056 9309 0259 04",
            "4222222222222",
            "6304000000000000",
            "1234567812345670",
            "4000000000000000006",
            "my card is 4242424242424242.",
            "card:5555555555554444,cvc:123",
            "4242424242424242 12/28 123",
            "4242 4242 4242 4242 12 28",
            "order 17 4242424242424242",
            "tok_4242424242424242",
            "42 42 42 42 42 42 42 42",
            "+4242424242424242",
            "4242\u{2013}4242\u{2013}4242\u{2013}4242",
            "4242\u{2011}4242\u{2011}4242\u{2011}4242",
            "4242\u{2212}4242\u{2212}4242\u{2212}4242",
            "1234\u{2013}5678\u{2013}1234\u{2013}5670",
            "Order 12, card 1234567812345670",
            "order (12): 5018000000000009",
            "12, 1234 5678 1234 5670",
            "𝟰𝟮𝟰𝟮 𝟰𝟮𝟰𝟮 𝟰𝟮𝟰𝟮 𝟰𝟮𝟰𝟮",
            "4242/4242/4242/4242",
            "4242_4242_4242_4242",
            "4242,4242,4242,4242",
            "4242:4242:4242:4242",
            "４２４２４２４２４２４２４２４２",
            "４２４２ ４２４２ ４２４２ ４２４２",
            "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢",
            "४२४२ ४२४२ ४२४२ ४२४२",
        ] {
            assert!(holds(text, Meaning::Words), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_none() {
        for text in [
            "4242424242424241",
            "424242424242",
            "00340434161094042557",
            // The digits alone would pass the check.
            "42345678-1234-7001-a123-0123456789ab",
            "see 42345678-1234-7001-a123-0123456789ab.",
            "sha256:ab4242424242424242cd",
            "pm_1MqLiJLkdIwHu7ixUEgbFdYF",
            "+49 151 2345 6001",
            "+1 (555) 010-9999",
            // An EAN whose digits pass the check, and the IBAN of an Austrian account.
            "4006381330060",
            "AT61 1904 3002 3457 3201",
            "2026-11-21T10:15:00.123456Z",
            "192.168.100.100",
            // Lists whose digits pass the check, and some begin like cards: sizes, coordinates, phones.
            "1234,5678,1234,5670",
            "41, 42, 43, 44, 45, 46, 47, 48",
            "44, 45, 46, 47, 48, 49, 50, 51",
            "52.229676, 21.012229",
            "47.497913, 19.040236",
            "+43 1 58850, +43 1 58852",
            // Not one and the same sign.
            "4242/4242,4242/4242",
        ] {
            assert!(!holds(text, Meaning::Words), "{text}");
        }
    }

    #[test]
    fn a_foreign_identifier_is_one_only_if_it_begins_like_a_card() {
        for (number, is_card) in [
            ("4242424242424242", true),
            ("5555555555554444", true),
            ("1234567812345670", false),
            ("4222222222222", false),
            ("0000000000000000", false),
        ] {
            assert!(holds(number, Meaning::Words), "{number}");
            assert_eq!(holds(number, Meaning::Identifier), is_card, "{number}");
        }
    }

    #[test]
    fn every_field_is_named_and_a_name_is_a_field() {
        let json = r#"{"a": {"b": ["x", "4242 4242 4242 4242"]}, "n": 4242424242424242,
                       "4242424242424242": 1, "amount": 4242424242424242, "quantity": "4242424242424242",
                       "e": "\u0034242424242424242"}"#;
        let mut found = found(json);
        found.sort_unstable();
        assert_eq!(found, ["", "a.b[1]", "e", "n", "quantity"]);
    }

    #[test]
    fn the_cheap_look_misses_nothing() {
        for text in [
            "4242424242424242",
            "4242 - 4242 - 4242 - 4242",
            "4242\u{2003}4242\u{a0}42424242",
            "4242/4242/4242/4242",
            "4242_4242_4242_4242",
            "４２４２４２４２４２４２４２４２",
            "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢",
            "४२४२ ४२४२ ४२४२ ४२४२",
        ] {
            assert!(has_digits_in_a_row(text.as_bytes()), "{text}");
        }
        assert!(!has_digits_in_a_row(
            br#"{"sku": "A-1", "quantity": 2, "id": "01890a5d-ac96-774b"}"#
        ));
    }
}
