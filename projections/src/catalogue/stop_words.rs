//! Words that say nothing of what is looked for. They need not be in a product's text when other words
//! are; whoever types nothing else means them.

use super::language::{Language, SearchLanguages};

const ENGLISH: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "in", "into", "is", "it", "of", "on",
    "or", "s", "that", "the", "this", "to", "with", "without", "your", "my", "some",
];

const RUSSIAN: &[&str] = &[
    "а", "без", "в", "во", "для", "до", "и", "из", "или", "к", "как", "на", "не", "но", "о", "от", "по",
    "под", "при", "с", "со", "у", "что", "это",
];

const GERMAN: &[&str] = &[
    "auf", "aus", "bei", "das", "dem", "den", "der", "des", "die", "ein", "eine", "einen", "einer", "für",
    "im", "in", "ist", "mit", "oder", "ohne", "und", "von", "zu", "zum", "zur",
];

const FRENCH: &[&str] = &[
    "au", "aux", "avec", "d", "dans", "de", "des", "du", "en", "et", "l", "la", "le", "les", "ou", "par",
    "pour", "sans", "sur", "un", "une", "à",
];

const SPANISH: &[&str] = &[
    "a", "al", "con", "de", "del", "el", "en", "la", "las", "lo", "los", "o", "para", "por", "sin", "un",
    "una", "y",
];

/// Whether a word says nothing. Languages without a list have no such words.
pub(super) fn is_stop_word(languages: &SearchLanguages, word: &str) -> bool {
    let list = |language| match language {
        Language::English => ENGLISH,
        Language::Russian => RUSSIAN,
        Language::German => GERMAN,
        Language::French => FRENCH,
        Language::Spanish => SPANISH,
        _ => &[],
    };
    languages.iter().any(|language| list(language).contains(&word))
}
