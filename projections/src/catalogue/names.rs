//! The order of names within one segment.
//!
//! A segment numbers its names in their order, so that names are compared only across segments.

use tantivy::{DocId, SegmentReader, TantivyError, columnar::StrColumn};

use super::{cursor::Place, index::NAME_ORDER};

/// The names of one segment.
pub(super) struct Names(StrColumn);

impl Names {
    /// Nothing for a segment without products.
    pub(super) fn open(segment: &SegmentReader) -> Result<Option<Self>, TantivyError> {
        Ok(segment.fast_fields().str(NAME_ORDER)?.map(Self))
    }

    /// What the place of a product among those of this segment begins with.
    pub(super) fn key(&self, document: DocId) -> u64 {
        key(self.0.ords().first(document).unwrap_or_default())
    }

    /// Where a name would be that a product of any segment has.
    pub(super) fn place_of(&self, name: &str, created: u64) -> Result<Place, TantivyError> {
        let count = u64::try_from(self.0.num_terms()).unwrap_or_default();
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low.midpoint(high);
            match self.at(middle)?.as_str() < name {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        let is_here = low < count && self.at(low)? == name;
        // Before the first name that is greater, and after all that are less.
        let between = Place {
            key: key(low).saturating_add(1),
            created: 0,
        };
        Ok(if is_here {
            Place {
                key: key(low),
                created,
            }
        } else {
            between
        })
    }

    /// The name of a place of this segment.
    pub(super) fn name(&self, place: Place) -> Result<String, TantivyError> {
        self.at((u64::MAX - place.key) / 2)
    }

    fn at(&self, ordinal: u64) -> Result<String, TantivyError> {
        let mut name = String::new();
        self.0.ord_to_str(ordinal, &mut name)?;
        Ok(name)
    }
}

/// The first name has the highest key. Between two keys there is one that belongs to no name.
const fn key(ordinal: u64) -> u64 {
    u64::MAX - 2 * ordinal - 1
}
