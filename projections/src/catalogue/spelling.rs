//! How a word is written, for those who read it: the index has words without accents and without signs.

use tantivy::{Searcher, TantivyError};

use super::{index::Fields, letters};

/// Between a word of the index and the word as it is written. No word has it.
const SEPARATOR: char = '\u{1f}';

/// The spellings of one word that are looked at; more are garbage.
const MOST: usize = 16;

/// The entry of a word of the index that is written otherwise: with accents, or with a sign between its parts.
pub(super) fn entry(word: &str, written: &str) -> Option<String> {
    let small = letters::small(written);
    (small != word).then(|| format!("{word}{SEPARATOR}{small}"))
}

/// How most titles write a word; as it is if they write it without accents alone.
pub(super) fn of(searcher: &Searcher, fields: &Fields, plain: &str) -> Result<String, TantivyError> {
    let begin = format!("{plain}{SEPARATOR}");
    let end = format!("{plain}\u{20}");
    let (mut best, mut most) = (plain.to_owned(), 0);
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(fields.spellings)?;
        let mut stream = inverted.terms().range().ge(&begin).lt(&end).into_stream()?;
        for _ in 0..MOST {
            if !stream.advance() {
                break;
            }
            let written = std::str::from_utf8(stream.key()).ok();
            let written = written.and_then(|entry| entry.strip_prefix(&begin));
            if let Some(written) = written.filter(|_| stream.value().doc_freq > most) {
                most = stream.value().doc_freq;
                written.clone_into(&mut best);
            }
        }
    }
    Ok(best)
}
