//! The order of names, as people look them up: capitals, accents and signs make no difference.

use super::{letters, pieces::pieces, tokenizer};

/// How many letters of a name count. Names that agree in so many come in the order of their age.
const LETTERS: usize = 100;

/// A name as it is sorted.
pub(super) fn key(name: &str) -> String {
    let words: Vec<String> = pieces(name)
        .map(|piece| letters::plain(&tokenizer::small(piece.text)))
        .collect();
    let mut key = words.join(" ");
    if let Some((end, _)) = key.char_indices().nth(LETTERS) {
        key.truncate(end);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn capitals_accents_and_signs_make_no_difference() {
        assert_eq!(key("“Éclair” T-SHIRT"), "eclair t shirt");
        assert_eq!(key("?!"), "");
        assert_eq!(key(&"я".repeat(300)).chars().count(), 60, "longer words are cut");
    }
}
