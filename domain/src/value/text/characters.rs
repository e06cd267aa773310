//! Which characters can be seen, which are blanks, and the one form of texts that are compared.
//!
//! The properties are those of the Unicode Character Database. A table of our own would be out of date
//! with the next version of the standard.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::{
    CodePointMapData, CodePointMapDataBorrowed, CodePointSetData, CodePointSetDataBorrowed,
    props::{
        CanonicalCombiningClass, DefaultIgnorableCodePoint, EmojiModifier, ExtendedPictographic,
        GeneralCategory, GeneralCategoryGroup, JoiningType, VariationSelector,
    },
};

static IGNORABLE: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<DefaultIgnorableCodePoint>();
static PICTURE: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<ExtendedPictographic>();
static SKIN_TONE: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<EmojiModifier>();
static SELECTOR: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<VariationSelector>();
static CATEGORY: CodePointMapDataBorrowed<'static, GeneralCategory> =
    CodePointMapData::<GeneralCategory>::new();
static COMBINING: CodePointMapDataBorrowed<'static, CanonicalCombiningClass> =
    CodePointMapData::<CanonicalCombiningClass>::new();
static JOINING: CodePointMapDataBorrowed<'static, JoiningType> = CodePointMapData::<JoiningType>::new();

/// A pattern without dots. The standard counts it as a sign; people see a blank.
const EMPTY_BRAILLE: char = '\u{2800}';
const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';

/// Letters, digits, punctuation and symbols, of which pictures are a part.
const VISIBLE: GeneralCategoryGroup = GeneralCategoryGroup::Letter
    .union(GeneralCategoryGroup::Number)
    .union(GeneralCategoryGroup::Punctuation)
    .union(GeneralCategoryGroup::Symbol);

/// White space, and whatever leaves no mark on paper.
pub(crate) fn is_blank(c: char) -> bool {
    !c.is_ascii_graphic() && (c.is_whitespace() || IGNORABLE.contains(c) || c == EMPTY_BRAILLE)
}

/// Whether the character alone makes a text that people can see.
pub(super) fn is_visible(c: char) -> bool {
    c.is_ascii_graphic() || (!is_blank(c) && VISIBLE.contains(CATEGORY.get(c)))
}

/// Whether a line ends here, by the rules of Unicode (UAX 14) or of a terminal.
pub(super) fn is_line_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// The first embedding, override or isolate, of which each can make text read in another order than it is
/// stored (UAX 9).
///
/// Marks such as U+200E stay allowed: they only say which way a neighbour reads, and end with it.
pub(super) fn find_direction_control(text: &str) -> Option<char> {
    text.chars()
        .find(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
}

/// Every line break as a line feed.
pub(super) fn joined_lines(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c != '\n' && is_line_break(c)) {
        return text.into();
    }
    let text = text.replace("\r\n", "\n");
    text.replace(is_line_break, "\n").into()
}

/// The text without the blanks around it.
pub(super) fn trim(text: &str) -> &str {
    let mut text = text.trim_start_matches(is_blank);
    while let Some(last) = text.chars().next_back().filter(|last| is_blank(*last)) {
        // All tags at once: a flag ends in several of them.
        let before = text.strip_suffix(last).unwrap_or_default();
        let before = if is_tag(last) {
            before.trim_end_matches(is_tag)
        } else {
            before
        };
        if completes(before, last) {
            break;
        }
        text = before;
    }
    text
}

/// Whether an invisible character at the end is a part of what is before it: of a picture, or of a letter
/// that is written differently because of it.
fn completes(before: &str, last: char) -> bool {
    let Some(previous) = before.chars().next_back() else {
        return false;
    };
    match last {
        JOINER | NON_JOINER => COMBINING.get(previous) == CanonicalCombiningClass::Virama,
        _ if is_tag(last) => PICTURE.contains(previous),
        _ => SELECTOR.contains(last) && !is_blank(previous),
    }
}

/// The letters in which the flags of regions are spelled, behind a black flag (UTS 51).
fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0020}'..='\u{e007f}')
}

/// Whether there is something within the text that nobody can see and that changes nothing visible.
pub(super) fn has_hidden(text: &str) -> bool {
    let mut previous = None;
    for c in text.chars() {
        if !c.is_ascii() && (IGNORABLE.contains(c) || c == EMPTY_BRAILLE) {
            let shows = match (previous, c) {
                (Some(previous), JOINER | NON_JOINER) => joins(previous),
                (Some(previous), _) => SELECTOR.contains(c) && PICTURE.contains(previous),
                (None, _) => false,
            };
            if !shows {
                return true;
            }
        }
        previous = Some(c);
    }
    false
}

/// Whether a joiner after this character can change how it is written.
fn joins(previous: char) -> bool {
    COMBINING.get(previous) == CanonicalCombiningClass::Virama
        || matches!(
            JOINING.get(previous),
            JoiningType::DualJoining | JoiningType::LeftJoining | JoiningType::JoinCausing
        )
        || PICTURE.contains(previous)
        || SKIN_TONE.contains(previous)
        || SELECTOR.contains(previous)
}

/// Each run of white space as one blank.
fn spaced_once(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The form of a text that is compared: nothing around it, single blanks, and letters composed with their
/// marks.
pub(crate) fn plain(text: &str) -> String {
    spaced_once(&in_one_form(trim(text)))
}

/// Letters and their marks composed (NFC), so that one text has one spelling.
fn in_one_form(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    const { ComposingNormalizerBorrowed::new_nfc() }.normalize(text)
}

/// The form in which two texts are compared that people take for the same: without case, without what
/// cannot be seen, and with single blanks.
///
/// It is not for people: what they see is one of the texts as it was written.
pub fn fold(text: &str) -> String {
    let mut folded = folded_once(text);
    // A small letter may bring a mark that its capital lacks (`İ`), and that mark may hide what follows. From the
    // second pass on nothing is added, so the loop ends.
    loop {
        let again = folded_once(&folded);
        if again == folded {
            return folded;
        }
        folded = again;
    }
}

fn folded_once(text: &str) -> String {
    let text = in_one_form(text);
    let mut seen = String::with_capacity(text.len());
    for c in text.chars() {
        let hidden = !c.is_ascii() && (IGNORABLE.contains(c) || c == EMPTY_BRAILLE);
        let shows = matches!(c, JOINER | NON_JOINER) && seen.chars().next_back().is_some_and(joins);
        if !hidden || shows {
            seen.push(c);
        }
    }
    in_one_form(&spaced_once(&seen.to_lowercase())).into_owned()
}
