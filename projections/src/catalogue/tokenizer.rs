//! How texts are taken apart for the index: the words themselves, and the forms in which people write them.
//!
//! At the place of a word stand all of its forms: without accents, and with `ae` for `ä`. After words that
//! a sign joins stands what they make together: `T-Shirt` is also `tshirt`, and `500 ml` is also `500ml`.

use std::collections::HashMap;

use tantivy::tokenizer::{RawTokenizer, Stemmer, TextAnalyzer, Token, TokenStream, Tokenizer};

use super::{
    irregular,
    language::{Language, SearchLanguages},
    letters,
    pieces::{Before, Kind, Piece, pieces},
};

/// How many words a tokenizer remembers the forms of before it forgets them all: about two megabytes, and as
/// many words as people use. Each thread that makes documents has one such tokenizer for each of two fields.
const REMEMBERED: usize = 20_000;

/// The most words with signs between them that are written as one: more are an address or a sentence.
const MOST_JOINED: usize = 4;

/// The longest unit after a number, in letters: `500 ml`, `16 inch`.
const LONGEST_UNIT: usize = 4;

/// Makes stems, or words, with all their forms.
#[derive(Clone)]
pub(super) struct FormsTokenizer {
    forms: Forms,
    tokens: Vec<Token>,
    used: usize,
}

/// The forms of one word.
#[derive(Clone)]
pub(super) struct Forms {
    /// Nothing where words are not reduced to stems.
    stems: Option<TextAnalyzer>,
    is_english: bool,
    known: HashMap<Box<str>, Box<[Box<str>]>>,
}

impl Forms {
    /// Without accents.
    pub(super) fn words() -> Self {
        Self {
            stems: None,
            is_english: false,
            known: HashMap::new(),
        }
    }

    /// Without accents and endings.
    pub(super) fn stems(languages: &SearchLanguages) -> Self {
        let mut steps = TextAnalyzer::builder(RawTokenizer::default()).dynamic();
        // Each leaves words in other letters than its own alone.
        for stemmer in languages.iter().filter_map(Language::stemmer) {
            steps = steps.filter_dynamic(Stemmer::new(stemmer));
        }
        Self {
            stems: Some(steps.build()),
            is_english: languages.iter().any(|language| language == Language::English),
            known: HashMap::new(),
        }
    }

    /// The forms of a word as it is written, the plainest first.
    pub(super) fn of(&mut self, word: &str) -> &[Box<str>] {
        if !self.known.contains_key(word) {
            if self.known.len() >= REMEMBERED {
                self.known.clear();
            }
            let forms = self.find(word);
            self.known.insert(word.into(), forms);
        }
        self.known.get(word).map_or(&[], |forms| forms)
    }

    fn find(&mut self, word: &str) -> Box<[Box<str>]> {
        let small = small(word);
        let plain = letters::plain(&small);
        let mut forms: Vec<Box<str>> = vec![self.stem(&plain).into()];
        if plain != small {
            // A stemmer knows more of a word that has its accents.
            let stem = letters::plain(&self.stem(&small));
            forms.push(stem.into());
            forms.extend(letters::spelled_out(&small).map(|spelled| self.stem(&spelled).into()));
            forms.dedup();
        }
        forms.into()
    }

    fn stem(&mut self, word: &str) -> String {
        let Some(stems) = &mut self.stems else {
            return word.to_owned();
        };
        let word = if self.is_english {
            irregular::singular(word)
        } else {
            word
        };
        let mut stream = stems.token_stream(word);
        match stream.advance() {
            true => stream.token().text.clone(),
            false => String::new(),
        }
    }
}

/// A word in small letters; a number with a point, whatever its separator.
pub(super) fn small(word: &str) -> String {
    let small = letters::small(word);
    if small.contains(',') {
        small.replace(',', ".")
    } else {
        small
    }
}

impl FormsTokenizer {
    pub(super) const fn new(forms: Forms) -> Self {
        Self {
            forms,
            tokens: Vec::new(),
            used: 0,
        }
    }

    fn take_apart(&mut self, text: &str) {
        self.used = 0;
        // The words of the present chain of joined ones; also the number before a unit.
        let mut chain: Vec<Piece<'_>> = Vec::new();
        for (position, piece) in pieces(text).enumerate() {
            if piece.kind == Kind::Unspaced {
                chain.clear();
                continue;
            }
            let unit = piece.before == Before::Space && is_quantity(chain.last(), &piece);
            if piece.before != Before::Joiner && !unit {
                chain.clear();
            } else if unit {
                chain.drain(..chain.len().saturating_sub(1));
            }
            chain.push(piece);
            self.add(piece.text, position, piece.begin, piece.end());
            if chain.len() > 1 {
                self.add_joined(&chain, position);
            }
            if unit {
                chain.clear();
                chain.push(piece);
            }
            if chain.len() >= MOST_JOINED {
                chain.remove(0);
            }
        }
    }

    /// What the last words of a chain make together, at the place of the last one: positions never fall.
    fn add_joined(&mut self, chain: &[Piece<'_>], position: usize) {
        let Some(last) = chain.last() else { return };
        let mut joined = last.text.to_owned();
        let mut after = last;
        for piece in chain.iter().rev().skip(1) {
            if are_digits(piece.text, after.text) {
                return;
            }
            joined.insert_str(0, piece.text);
            self.add(&joined, position, piece.begin, last.end());
            after = piece;
        }
    }

    fn add(&mut self, word: &str, position: usize, begin: usize, end: usize) {
        for form in self.forms.of(word).iter().filter(|form| !form.is_empty()) {
            if self.used == self.tokens.len() {
                self.tokens.push(Token::default());
            }
            if let Some(token) = self.tokens.get_mut(self.used) {
                token.text.clear();
                token.text.push_str(form);
                (token.position, token.position_length) = (position, 1);
                (token.offset_from, token.offset_to) = (begin, end);
                self.used += 1;
            }
        }
    }
}

/// Two numbers side by side make no third one: `AX-3000` is `ax3000`, but `10-20` is not `1020`.
pub(super) fn are_digits(one: &str, other: &str) -> bool {
    one.ends_with(|letter: char| letter.is_ascii_digit())
        && other.starts_with(|letter: char| letter.is_ascii_digit())
}

/// Whether a word is the unit of the number before it.
fn is_quantity(number: Option<&Piece<'_>>, unit: &Piece<'_>) -> bool {
    number.is_some_and(Piece::is_number)
        && unit.text.chars().count() <= LONGEST_UNIT
        && unit.text.chars().all(char::is_alphabetic)
}

/// The tokens of one text.
pub(super) struct FormsStream<'a> {
    rest: std::slice::IterMut<'a, Token>,
    present: Token,
}

impl Tokenizer for FormsTokenizer {
    type TokenStream<'a> = FormsStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> FormsStream<'a> {
        self.take_apart(text);
        let tokens = self.tokens.get_mut(..self.used).unwrap_or_default();
        FormsStream {
            rest: tokens.iter_mut(),
            present: Token::default(),
        }
    }
}

impl TokenStream for FormsStream<'_> {
    fn advance(&mut self) -> bool {
        match self.rest.next() {
            Some(next) => {
                // The texts change places, so that the memory of both is used again.
                std::mem::swap(&mut self.present, next);
                true
            }
            None => false,
        }
    }

    fn token(&self) -> &Token {
        &self.present
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.present
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(mut tokenizer: FormsTokenizer, text: &str) -> Vec<(String, usize)> {
        let (mut stream, mut tokens) = (tokenizer.token_stream(text), Vec::new());
        while stream.advance() {
            tokens.push((stream.token().text.clone(), stream.token().position));
        }
        tokens
    }

    fn words(text: &str) -> Vec<String> {
        let tokens = tokens(FormsTokenizer::new(Forms::words()), text);
        tokens.into_iter().map(|(word, _)| word).collect()
    }

    fn stems_of(languages: &str, text: &str) -> Vec<String> {
        let forms = Forms::stems(&languages.parse().unwrap());
        let tokens = tokens(FormsTokenizer::new(forms), text);
        tokens.into_iter().map(|(stem, _)| stem).collect()
    }

    #[test]
    fn words_that_a_sign_joins_are_one_word_too() {
        assert_eq!(words("T-Shirt blue"), ["t", "shirt", "tshirt", "blue"]);
        assert_eq!(words("L’Occasion"), ["l", "occasion", "loccasion"]);
        assert_eq!(
            words("Wi-Fi-Box"),
            ["wi", "fi", "wifi", "box", "fibox", "wifibox"]
        );
        assert_eq!(words("AX-3000, 10-20"), ["ax", "3000", "ax3000", "10", "20"]);
        assert_eq!(words("Flask 500 ml"), ["flask", "500", "ml", "500ml"]);
        assert_eq!(words("1,5 l or 1.5L"), ["1.5", "l", "1.5l", "or", "1.5l"]);
    }

    #[test]
    fn every_form_of_a_word_has_its_place() {
        let tokens = tokens(FormsTokenizer::new(Forms::words()), "Müller-Bräu Öl");
        let expected = [
            ("muller", 0),
            ("mueller", 0),
            ("brau", 1),
            ("braeu", 1),
            ("mullerbrau", 1),
            ("muellerbraeu", 1),
            ("ol", 2),
            ("oel", 2),
        ];
        assert_eq!(
            tokens,
            expected.map(|(word, position)| (word.to_owned(), position))
        );
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
        for (languages, one, other) in [
            ("fr,ru", "Cafés", "cafes"),
            ("fr,ru", "ёлка", "елки"),
            ("en", "brûlée", "brulee"),
            ("en", "crèmes", "creme"),
            ("es", "canciones", "cancion"),
        ] {
            let (one, other) = (stems_of(languages, one), stems_of(languages, other));
            assert!(one.iter().any(|stem| other.contains(stem)), "{one:?} {other:?}");
        }
    }

    #[test]
    fn plurals_without_a_rule_are_known() {
        for (plural, singular) in [("knives", "knife"), ("mice", "mouse"), ("Shelves", "shelf")] {
            assert_eq!(stems_of("en", plural), stems_of("en", singular));
        }
    }

    #[test]
    fn a_stem_that_is_remembered_is_the_one_that_was_found() {
        let mut forms = Forms::stems(&SearchLanguages::default());
        let first = forms.of("Teapots").to_vec();
        for number in 0..=REMEMBERED {
            forms.of(&format!("lamps{number}s"));
        }
        assert_eq!(forms.of("Teapots"), first);
    }
}
