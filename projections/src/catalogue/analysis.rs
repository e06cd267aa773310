//! The tokenizers of the index.
//!
//! The same steps are taken with what is written and with what is searched for. A *word* is in small
//! letters without accents; a *stem* is what its forms have in common; a *gram* is a letter, or two letters
//! side by side, of a script that puts no spaces between words.

use tantivy::{
    Index,
    tokenizer::{TextAnalyzer, WhitespaceTokenizer},
};

use super::{
    grams::GramsTokenizer,
    language::SearchLanguages,
    tokenizer::{Forms, FormsTokenizer},
};

/// The name of the tokenizer that makes words.
pub(super) const WORDS: &str = "souk_words";

/// The name of the tokenizer that makes grams.
pub(super) const GRAMS: &str = "souk_grams";

/// The name of the tokenizer that takes words as they are, between spaces.
pub(super) const AS_IT_IS: &str = "souk_as_it_is";

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
    TextAnalyzer::from(FormsTokenizer::new(Forms::stems(languages)))
}

/// Makes words.
pub(super) fn words() -> TextAnalyzer {
    TextAnalyzer::from(FormsTokenizer::new(Forms::words()))
}

/// Makes the tokenizers known to an index.
pub(super) fn register(index: &Index, languages: &SearchLanguages) {
    let tokenizers = index.tokenizers();
    tokenizers.register(&stems_name(languages), stems(languages));
    tokenizers.register(WORDS, words());
    tokenizers.register(GRAMS, TextAnalyzer::from(GramsTokenizer));
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
