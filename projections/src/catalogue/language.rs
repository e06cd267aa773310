//! The languages of a shop's texts.

use std::{fmt, str::FromStr};

use tantivy::tokenizer::Language as Snowball;

/// A language whose words are reduced to their stems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Language {
    Arabic,
    Danish,
    Dutch,
    English,
    Finnish,
    French,
    German,
    Greek,
    Hungarian,
    Italian,
    Norwegian,
    Portuguese,
    Romanian,
    Russian,
    Spanish,
    Swedish,
    Tamil,
    Turkish,
}

/// The letters that a language is written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Arabic,
    Cyrillic,
    Greek,
    Latin,
    Tamil,
}

/// Language, its code in ISO 639-1, its stemmer and its letters.
const LANGUAGES: [(Language, &str, Snowball, Script); 18] = [
    (Language::Arabic, "ar", Snowball::Arabic, Script::Arabic),
    (Language::Danish, "da", Snowball::Danish, Script::Latin),
    (Language::Dutch, "nl", Snowball::Dutch, Script::Latin),
    (Language::English, "en", Snowball::English, Script::Latin),
    (Language::Finnish, "fi", Snowball::Finnish, Script::Latin),
    (Language::French, "fr", Snowball::French, Script::Latin),
    (Language::German, "de", Snowball::German, Script::Latin),
    (Language::Greek, "el", Snowball::Greek, Script::Greek),
    (Language::Hungarian, "hu", Snowball::Hungarian, Script::Latin),
    (Language::Italian, "it", Snowball::Italian, Script::Latin),
    (Language::Norwegian, "no", Snowball::Norwegian, Script::Latin),
    (Language::Portuguese, "pt", Snowball::Portuguese, Script::Latin),
    (Language::Romanian, "ro", Snowball::Romanian, Script::Latin),
    (Language::Russian, "ru", Snowball::Russian, Script::Cyrillic),
    (Language::Spanish, "es", Snowball::Spanish, Script::Latin),
    (Language::Swedish, "sv", Snowball::Swedish, Script::Latin),
    (Language::Tamil, "ta", Snowball::Tamil, Script::Tamil),
    (Language::Turkish, "tr", Snowball::Turkish, Script::Latin),
];

impl Language {
    /// Its code in ISO 639-1.
    pub fn code(self) -> &'static str {
        self.row().map_or("", |row| row.1)
    }

    pub(super) fn stemmer(self) -> Option<Snowball> {
        self.row().map(|row| row.2)
    }

    fn script(self) -> Option<Script> {
        self.row().map(|row| row.3)
    }

    fn row(self) -> Option<&'static (Self, &'static str, Snowball, Script)> {
        LANGUAGES.iter().find(|row| row.0 == self)
    }
}

/// The languages of one shop: at most one for each script, so that the letters of a word say which
/// language it is of. A word in other letters is searched for as it is written.
///
/// An index is made for its languages and records them; whoever opens it takes them from there. Others make
/// a new generation of it, and the old one serves until that is ready.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SearchLanguages(Vec<Language>);

/// Why a list of languages is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LanguagesError {
    /// There is no stemmer for this code.
    #[error("{0:?} is not the code of a language that can be searched; known are {known}", known = codes())]
    Unknown(String),
    /// A word could be of either.
    #[error("{0} and {1} are written with the same letters; choose one of them")]
    SameScript(Language, Language),
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl SearchLanguages {
    /// Checks a list of languages. An empty one means that no word is reduced to its stem.
    ///
    /// # Errors
    ///
    /// When two of them are written with the same letters.
    pub fn new(languages: impl IntoIterator<Item = Language>) -> Result<Self, LanguagesError> {
        let mut languages: Vec<Language> = languages.into_iter().collect();
        languages.sort_unstable();
        languages.dedup();
        for (index, one) in languages.iter().enumerate() {
            let before = languages.get(..index).unwrap_or_default();
            if let Some(other) = before.iter().find(|other| other.script() == one.script()) {
                return Err(LanguagesError::SameScript(*other, *one));
            }
        }
        Ok(Self(languages))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Language> + '_ {
        self.0.iter().copied()
    }
}

impl Default for SearchLanguages {
    /// English and Russian.
    fn default() -> Self {
        Self(vec![Language::English, Language::Russian])
    }
}

impl FromStr for SearchLanguages {
    type Err = LanguagesError;

    /// Codes with commas between them, such as `en,ru`; `none` for no language.
    fn from_str(text: &str) -> Result<Self, LanguagesError> {
        if text.trim() == "none" {
            return Ok(Self(Vec::new()));
        }
        let language = |code: &str| {
            let row = LANGUAGES.iter().find(|row| row.1 == code.trim());
            row.map(|row| row.0)
                .ok_or_else(|| LanguagesError::Unknown(code.trim().to_owned()))
        };
        Self::new(text.split(',').map(language).collect::<Result<Vec<_>, _>>()?)
    }
}

impl fmt::Display for SearchLanguages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        let codes: Vec<&str> = self.0.iter().map(|language| language.code()).collect();
        f.write_str(&codes.join(","))
    }
}

/// The codes of all languages.
fn codes() -> String {
    let codes: Vec<&str> = LANGUAGES.iter().map(|row| row.1).collect();
    codes.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_read_as_they_are_written() {
        for text in ["none", "en", "en,ru", "de,el,ru"] {
            assert_eq!(text.parse::<SearchLanguages>().unwrap().to_string(), text);
        }
        assert_eq!(SearchLanguages::default().to_string(), "en,ru");
        assert_eq!("ru, en,ru".parse(), Ok(SearchLanguages::default()));
    }

    #[test]
    fn two_languages_of_the_same_letters_and_unknown_ones_are_refused() {
        let same = LanguagesError::SameScript(Language::English, Language::German);
        assert_eq!("de,en".parse::<SearchLanguages>(), Err(same));
        for unknown in ["", "xx", "en,", "english"] {
            let error = unknown.parse::<SearchLanguages>().unwrap_err();
            assert!(error.to_string().contains("known are ar, da"), "{error}");
        }
    }
}
