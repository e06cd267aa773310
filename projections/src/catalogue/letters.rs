//! What kind of letter a letter is, and a word without what people leave out.
//!
//! Folding comes before stemming: `brûlée` and `brulee` are one word, whatever a stemmer makes of each.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Whether a letter is of a script that is written without spaces between words, or, as Korean, with
/// spaces that do not part a word from its particles.
pub(super) const fn is_unspaced(letter: char) -> bool {
    matches!(letter,
        // Thai and Lao, Myanmar, Khmer.
        '\u{0e01}'..='\u{0e3a}' | '\u{0e40}'..='\u{0e4e}' | '\u{0e81}'..='\u{0ece}'
        | '\u{1000}'..='\u{1049}' | '\u{1050}'..='\u{109f}' | '\u{1780}'..='\u{17d3}'
        // Korean: the letters, and the syllables made of them.
        | '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7ff}'
        // Japanese syllables in all widths, with the marks of repetition and length.
        | '\u{3005}'..='\u{3007}' | '\u{3031}'..='\u{3035}' | '\u{3041}'..='\u{3096}' | '\u{309d}'..='\u{309f}'
        | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9f}'
        // Chinese characters.
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}')
}

/// Whether a letter is part of a word: letters, digits, and the marks and joiners between them.
pub(super) fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || is_inner(letter)
}

/// What belongs to the word around it and makes no word alone.
pub(super) fn is_inner(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200c}' | '\u{200d}') || (!letter.is_ascii() && is_combining_mark(letter))
}

/// Whether a sign joins what it stands between into one word: `T-Shirt`, `L'Occasion`, `Node.js`, `H&M`.
pub(super) const fn is_joiner(letter: char) -> bool {
    matches!(
        letter,
        '-' | '\u{2010}'
            | '\u{2011}'
            | '\''
            | '\u{2019}'
            | '\u{2018}'
            | '\u{2bc}'
            | '`'
            | '\u{b4}'
            | '.'
            | '_'
            | '&'
            | '+'
            | '\u{b7}'
    )
}

/// Whether a sign says something where it stands alone: pictures and symbols, but not punctuation.
pub(super) fn is_symbol(letter: char) -> bool {
    !letter.is_ascii()
        && !is_word(letter)
        && !matches!(letter, '\u{80}'..='\u{a1}' | '\u{a7}' | '\u{ab}' | '\u{b4}'..='\u{b8}' | '\u{bb}' | '\u{bf}'
            | '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}' | '\u{30fb}' | '\u{fe00}'..='\u{fe6f}'
            | '\u{ff00}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e000}'..='\u{f8ff}'
            | '\u{e0000}'..='\u{10ffff}')
        && !letter.is_whitespace()
        && !letter.is_control()
}

/// Whether it is neither part of a word nor a space nor invisible.
pub(super) fn is_sign(letter: char) -> bool {
    let is_plain = letter.is_ascii_graphic() && !letter.is_ascii_alphanumeric();
    is_plain || is_symbol(letter) || (is_visible(letter) && !is_word(letter) && !letter.is_ascii())
}

/// Whether a letter beyond ASCII shows.
fn is_visible(letter: char) -> bool {
    !letter.is_whitespace()
        && !letter.is_control()
        && !matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{10ffff}')
}

/// A word in small letters, composed, with its accents.
pub(super) fn small(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let kept = word
        .chars()
        .filter(|letter| !matches!(letter, '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{640}'));
    let small: String = kept.nfkc().flat_map(char::to_lowercase).collect();
    // Small letters of capitals with a dot are two characters until they are composed once more.
    small.nfkc().collect()
}

/// A small word without the accents and the other marks that people leave out.
///
/// Only those of scripts whose letters stay what they are without them: `й` is no `и`.
pub(super) fn plain(small: &str) -> String {
    if small.is_ascii() {
        return small.to_owned();
    }
    let mut plain = String::with_capacity(small.len());
    for letter in small.chars() {
        match letter {
            _ if letter.is_ascii() => plain.push(letter),
            'ё' => plain.push('е'),
            'ς' => plain.push('σ'),
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'þ' => plain.push_str("th"),
            'ø' => plain.push('o'),
            'đ' | 'ð' => plain.push('d'),
            'ł' => plain.push('l'),
            'ħ' => plain.push('h'),
            'ŧ' => plain.push('t'),
            'ı' => plain.push('i'),
            // Accents that no letter is composed with, and the vowels of Arabic and Hebrew.
            '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{652}' => {}
            '\u{c0}'..='\u{24f}' | '\u{370}'..='\u{3ff}' | '\u{1e00}'..='\u{1fff}' => {
                plain.extend(
                    std::iter::once(letter)
                        .nfd()
                        .filter(|part| !is_combining_mark(*part)),
                );
            }
            _ => plain.push(letter),
        }
    }
    plain
}

/// A small word with `ae`, `oe`, `ue` for the letters that a keyboard without them lacks; nothing for a word
/// that has none. Names of brands and places are written so in shops of every language.
pub(super) fn spelled_out(small: &str) -> Option<String> {
    if small.is_ascii() || !small.contains(['ä', 'ö', 'ü', 'ø', 'å']) {
        return None;
    }
    let mut spelled = String::with_capacity(small.len() + 4);
    for letter in small.chars() {
        match letter {
            'ä' => spelled.push_str("ae"),
            'ö' | 'ø' => spelled.push_str("oe"),
            'ü' => spelled.push_str("ue"),
            'å' => spelled.push_str("aa"),
            letter => spelled.push(letter),
        }
    }
    Some(plain(&spelled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_the_same_with_and_without_what_people_leave_out() {
        for (text, expected) in [
            ("CRÈME", "creme"),
            ("cre\u{300}me", "creme"),
            ("Straße", "strasse"),
            ("Ёлка", "елка"),
            ("ЙОГУРТ", "йогурт"),
            ("Λάμπες", "λαμπεσ"),
            ("ΛΑΜΠΕΣ", "λαμπεσ"),
            ("İstanbul", "istanbul"),
            ("ﬁlter", "filter"),
            ("ＡＢＣ１２", "abc12"),
            ("Donau\u{ad}dampf", "donaudampf"),
            ("كِتَاب", "كتاب"),
        ] {
            assert_eq!(plain(&small(text)), expected, "{text}");
        }
        assert_eq!(spelled_out("müller").as_deref(), Some("mueller"));
        assert_eq!(spelled_out("smørrebrød").as_deref(), Some("smoerrebroed"));
        assert_eq!(spelled_out("muller"), None);
    }

    #[test]
    fn pictures_say_something_and_punctuation_does_not() {
        for sign in "☕♥°€™½🎧×".chars().filter(|sign| !sign.is_alphanumeric()) {
            assert!(is_symbol(sign), "{sign}");
        }
        for sign in "?!%\"“”„«»…—・。 \u{fe0f}\u{200d}".chars() {
            assert!(!is_symbol(sign), "{sign:?}");
        }
    }
}
