//! From a text to its words, and from words to their stems.
//!
//! The same steps are taken with what is written and with what is searched for. A *word* is in small
//! letters; a *stem* is what its forms have in common. Words of one text and its stems stand side by
//! side: there are as many of one as of the other.

use std::collections::HashMap;

use tantivy::{
    Index,
    tokenizer::{
        AsciiFoldingFilter, LowerCaser, RawTokenizer, RemoveLongFilter, SimpleTokenizer, Stemmer,
        TextAnalyzer, Token, TokenFilter, TokenStream, Tokenizer, WhitespaceTokenizer,
    },
};

use super::language::{Language, SearchLanguages};

/// The name of the tokenizer that makes words.
pub(super) const WORDS: &str = "souk_words";

/// The name of the tokenizer that takes words as they are, between spaces.
pub(super) const AS_IT_IS: &str = "souk_as_it_is";

/// Longer words are noise: identifiers and garbage. In bytes, and longer than any word of the languages
/// we stem.
const LONGEST_WORD: usize = 60;

/// How many words a tokenizer remembers the stems of before it forgets them all: about two megabytes, and as
/// many words as people use. Each thread that makes documents has one such tokenizer for each of two fields.
const REMEMBERED: usize = 20_000;

/// The beginning of the name of the tokenizer that makes stems; the languages follow. The name is part of
/// the fields of an index, so an index for other languages is another index.
const STEMS: &str = "souk_stems_";

/// The name of the tokenizer that makes stems.
pub(super) fn stems_name(languages: &SearchLanguages) -> String {
    format!("{STEMS}{languages}")
}

/// The languages of a tokenizer that makes stems.
pub(super) fn languages(stems_name: &str) -> Option<SearchLanguages> {
    stems_name.strip_prefix(STEMS)?.parse().ok()
}

/// Makes stems.
pub(super) fn stems(languages: &SearchLanguages) -> TextAnalyzer {
    let mut steps = TextAnalyzer::builder(RawTokenizer::default()).dynamic();
    // Each leaves words in other letters than its own alone.
    for stemmer in languages.iter().filter_map(Language::stemmer) {
        steps = steps.filter_dynamic(Stemmer::new(stemmer));
    }
    // After the stemmers, which need the accents; people leave them out.
    let steps = steps.filter_dynamic(AsciiFoldingFilter).build();
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(LONGEST_WORD))
        .filter(LowerCaser)
        .filter(PlainYe)
        .filter(Remembering {
            steps,
            known: HashMap::new(),
        })
        .build()
}

/// Makes words.
pub(super) fn words() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(LONGEST_WORD))
        .filter(LowerCaser)
        .filter(PlainYe)
        .build()
}

/// Makes the tokenizers known to an index.
pub(super) fn register(index: &Index, languages: &SearchLanguages) {
    let tokenizers = index.tokenizers();
    tokenizers.register(&stems_name(languages), stems(languages));
    tokenizers.register(WORDS, words());
    tokenizers.register(AS_IT_IS, TextAnalyzer::from(WhitespaceTokenizer::default()));
}

/// All tokens of a text, at most so many.
pub(super) fn tokens(analyzer: &mut TextAnalyzer, text: &str, limit: usize) -> Vec<String> {
    let mut stream = analyzer.token_stream(text);
    let mut tokens = Vec::new();
    while tokens.len() < limit && stream.advance() {
        tokens.push(stream.token().text.clone());
    }
    tokens
}

/// Russians write `е` for `ё` as they like.
#[derive(Clone)]
struct PlainYe;

#[derive(Clone)]
struct PlainYeTokenizer<T>(T);

struct PlainYeStream<T>(T);

impl TokenFilter for PlainYe {
    type Tokenizer<T: Tokenizer> = PlainYeTokenizer<T>;

    fn transform<T: Tokenizer>(self, tokenizer: T) -> PlainYeTokenizer<T> {
        PlainYeTokenizer(tokenizer)
    }
}

impl<T: Tokenizer> Tokenizer for PlainYeTokenizer<T> {
    type TokenStream<'a> = PlainYeStream<T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        PlainYeStream(self.0.token_stream(text))
    }
}

impl<T: TokenStream> TokenStream for PlainYeStream<T> {
    fn advance(&mut self) -> bool {
        if !self.0.advance() {
            return false;
        }
        let token = self.0.token_mut();
        if !token.text.is_ascii() && token.text.contains('ё') {
            token.text = token.text.replace('ё', "е");
        }
        true
    }

    fn token(&self) -> &Token {
        self.0.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.0.token_mut()
    }
}

/// From words to stems. The same words come again and again, and to find a stem takes longer than everything
/// else that is done with a word.
#[derive(Clone)]
struct Remembering {
    steps: TextAnalyzer,
    known: HashMap<Box<str>, Box<str>>,
}

#[derive(Clone)]
struct RememberingTokenizer<T> {
    words: T,
    stems: Remembering,
}

struct RememberingStream<'a, T> {
    words: T,
    stems: &'a mut Remembering,
}

impl Remembering {
    fn replace_by_stem(&mut self, word: &mut String) {
        if let Some(stem) = self.known.get(word.as_str()) {
            word.clear();
            word.push_str(stem);
            return;
        }
        let stem = tokens(&mut self.steps, word, 1).pop().unwrap_or_default();
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(word.as_str().into(), stem.as_str().into());
        *word = stem;
    }
}

impl TokenFilter for Remembering {
    type Tokenizer<T: Tokenizer> = RememberingTokenizer<T>;

    fn transform<T: Tokenizer>(self, words: T) -> RememberingTokenizer<T> {
        RememberingTokenizer { words, stems: self }
    }
}

impl<T: Tokenizer> Tokenizer for RememberingTokenizer<T> {
    type TokenStream<'a> = RememberingStream<'a, T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        RememberingStream {
            words: self.words.token_stream(text),
            stems: &mut self.stems,
        }
    }
}

impl<T: TokenStream> TokenStream for RememberingStream<'_, T> {
    fn advance(&mut self) -> bool {
        let is_there = self.words.advance();
        if is_there {
            self.stems.replace_by_stem(&mut self.words.token_mut().text);
        }
        is_there
    }

    fn token(&self) -> &Token {
        self.words.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.words.token_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems_of(languages: &str, text: &str) -> Vec<String> {
        tokens(&mut stems(&languages.parse().unwrap()), text, usize::MAX)
    }

    #[test]
    fn the_letters_of_a_word_say_which_language_it_is_of() {
        let forms = stems_of("en,ru", "headphones headphone наушники наушников Наушниками");
        assert_eq!(forms[0], forms[1]);
        assert_eq!(forms[2], forms[3]);
        assert_eq!(forms[2], forms[4]);
        assert_eq!(
            stems_of("none", "headphones наушников"),
            ["headphones", "наушников"]
        );
        assert_eq!(stems_of("ru", "headphones")[0], "headphones");
    }

    #[test]
    fn accents_and_dots_make_no_difference() {
        let forms = stems_of("fr,ru", "Cafés cafes ёлка елки");
        assert_eq!(forms[0], forms[1]);
        assert_eq!(forms[2], forms[3]);
    }

    #[test]
    fn a_stem_that_is_remembered_is_the_one_that_was_found() {
        let mut analyzer = stems(&SearchLanguages::default());
        let text = "Teapots, наушниками and cafés: teapots, НАУШНИКАМИ and Cafés";
        let first = tokens(&mut analyzer, text, usize::MAX);
        assert_eq!(first[..4], first[4..]);
        assert_eq!(first, tokens(&mut analyzer, text, usize::MAX));
        // More words than are remembered: some are found anew, and come to the same.
        let many: Vec<String> = (0..=REMEMBERED).map(|number| format!("lamps{number}s")).collect();
        let once = tokens(&mut analyzer, &many.join(" "), usize::MAX);
        assert_eq!(once, tokens(&mut analyzer, &many.join(" "), usize::MAX));
        assert_eq!(first, tokens(&mut analyzer, text, usize::MAX));
    }

    #[test]
    fn words_and_stems_stand_side_by_side() {
        let text = "The Teapots' lids, 2× — чайники: ёмкость 1½ l".to_owned() + &"x".repeat(100);
        let stems = stems_of("en,ru", &text);
        assert_eq!(stems.len(), tokens(&mut words(), &text, usize::MAX).len());
    }
}
