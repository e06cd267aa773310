//! Letters and pairs of letters, for scripts that put no spaces between words.
//!
//! Which letters make a word is known to dictionaries alone, and each of them lacks the words that a shop
//! lives by. Any part of a text is a row of its pairs of letters, so any part finds its product. See ADR 0019.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::{
    letters,
    pieces::{Kind, pieces},
};

/// Makes grams.
#[derive(Clone, Default)]
pub(super) struct GramsTokenizer;

/// The grams of one text.
pub(super) struct GramsStream {
    rest: std::vec::IntoIter<Token>,
    present: Token,
}

/// The letters of a run, as they are searched for.
pub(super) fn letters_of(run: &str) -> Vec<char> {
    letters::small(run).chars().collect()
}

/// The pairs of letters of a run, in order.
pub(super) fn pairs(letters: &[char]) -> impl Iterator<Item = String> {
    letters.windows(2).map(|pair| pair.iter().collect())
}

impl Tokenizer for GramsTokenizer {
    type TokenStream<'a> = GramsStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> GramsStream {
        let (mut tokens, mut position) = (Vec::new(), 0);
        // Most texts have none of these letters, and none of them is ASCII.
        let runs = pieces(if text.is_ascii() { "" } else { text });
        for run in runs.filter(|piece| piece.kind == Kind::Unspaced) {
            let letters = letters_of(run.text);
            let token = |text: String, position| Token {
                offset_from: run.begin,
                offset_to: run.end(),
                position,
                text,
                position_length: 1,
            };
            let pairs = pairs(&letters).map(Some).chain([None]);
            for (letter, pair) in letters.iter().zip(pairs) {
                tokens.push(token(letter.to_string(), position));
                tokens.extend(pair.map(|pair| token(pair, position)));
                position += 1;
            }
            // Two runs are no row.
            position += 1;
        }
        GramsStream {
            rest: tokens.into_iter(),
            present: Token::default(),
        }
    }
}

impl TokenStream for GramsStream {
    fn advance(&mut self) -> bool {
        let next = self.rest.next();
        let is_there = next.is_some();
        self.present = next.unwrap_or_default();
        is_there
    }

    fn token(&self) -> &Token {
        &self.present
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.present
    }
}
