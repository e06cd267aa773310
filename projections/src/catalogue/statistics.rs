//! How common words are, rounded.
//!
//! The score of a product depends on how many products have a word, and that changes with every product
//! that is written: the list would move a little all the time under those who read it page by page. With
//! rounded numbers scores stay exactly as they are until the shop has changed by an eighth or so.
//!
//! Source: S. Robertson, H. Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond (2009).

use std::sync::atomic::{AtomicU64, Ordering};

use tantivy::{Searcher, TantivyError, Term, query::Bm25StatisticsProvider, schema::Field};

/// How many of the highest bits of a number count. Numbers below 16 are exact.
const BITS: u32 = 4;

/// The statistics of an index, rounded.
pub(super) struct RoundedStatistics<'index> {
    searcher: &'index Searcher,
    /// Made of all numbers that were asked for so far.
    epoch: AtomicU64,
}

impl<'index> RoundedStatistics<'index> {
    pub(super) const fn new(searcher: &'index Searcher) -> Self {
        Self {
            searcher,
            epoch: AtomicU64::new(0),
        }
    }

    /// Tells apart the numbers that a query was made with: the same query asks for the same ones in the same
    /// order.
    pub(super) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Relaxed)
    }

    fn told(&self, number: u64) -> u64 {
        let number = rounded(number);
        // FNV-1a, by whole numbers.
        let epoch = (self.epoch() ^ number)
            .wrapping_mul(0x0100_0000_01b3)
            .rotate_left(29);
        self.epoch.store(epoch, Ordering::Relaxed);
        number
    }
}

impl Bm25StatisticsProvider for RoundedStatistics<'_> {
    fn total_num_tokens(&self, field: Field) -> Result<u64, TantivyError> {
        self.searcher
            .total_num_tokens(field)
            .map(|number| self.told(number))
    }

    fn total_num_docs(&self) -> Result<u64, TantivyError> {
        self.searcher.total_num_docs().map(|number| self.told(number))
    }

    fn doc_freq(&self, term: &Term) -> Result<u64, TantivyError> {
        // Rounding keeps the order of numbers, so no word is in more products than there are.
        self.searcher.doc_freq(term).map(|number| self.told(number))
    }
}

/// A number without its lower bits.
fn rounded(number: u64) -> u64 {
    let bits = u64::BITS - number.leading_zeros();
    let dropped = bits.saturating_sub(BITS);
    (number >> dropped) << dropped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rounded_number_is_near_and_in_the_same_order() {
        for number in 0..100_000_u64 {
            assert!(
                rounded(number) <= number && rounded(number) + number / 8 >= number,
                "{number}"
            );
            assert!(rounded(number) <= rounded(number + 1), "{number}");
        }
        assert_eq!(rounded(15), 15);
        assert_eq!(rounded(u64::MAX), 15 << 60);
    }
}
