//! Places in a list of products.
//!
//! A cursor says where its product stood in its order, and the next page begins after that place. So it
//! is as stable as what the order is made of:
//!
//! - By *newest* nothing ever moves: every product is on one page exactly, but for those that are listed
//!   after the first page was read; they stand before it.
//! - By *name* a product moves when it gets another one.
//! - By *price* and *popularity* a product moves when it gets another price or is ordered. One that moves
//!   across the place is met twice or not at all; all others are met exactly once.
//! - By *relevance* the text of a product decides, and how common a word is among all. The latter is
//!   rounded (see `statistics`), so that it changes only when the shop does by an eighth or so; until then
//!   the same holds as for prices: who is edited may move, and nobody else. A cursor knows which numbers
//!   it was made with. With others its score says nothing, and the page begins after as many products as
//!   stood before.
//!
//! A cursor of one order is refused in another.

use super::request::Sort;
use crate::reading::{Cursor, ReadModelError};

/// A place in a list: higher keys come first, then newer products. No two products have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) key: u64,
    /// The position of the event that created the product.
    pub(super) created: u64,
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// After this place.
    pub(super) place: Place,
    /// After so many products.
    pub(super) rank: u64,
    /// Tells apart the numbers that scores were made with; 0 where there are no scores.
    pub(super) epoch: u64,
    /// The name as it is sorted, in a list by name; empty in others.
    pub(super) name: String,
}

impl Mark {
    pub(super) fn to_cursor(&self, sort: Sort) -> Cursor {
        let Place { key, created } = self.place;
        let mut cursor = format!(
            "{}.{key:x}.{created:x}.{:x}.{:x}",
            tag(sort),
            self.rank,
            self.epoch
        );
        if sort == Sort::Name {
            cursor.push('.');
            for byte in self.name.bytes() {
                cursor.push_str(&format!("{byte:02x}"));
            }
        }
        Cursor::new(cursor)
    }

    pub(super) fn of_cursor(cursor: &Cursor, sort: Sort) -> Result<Self, ReadModelError> {
        let mut parts = cursor.as_str().split('.');
        if parts.next() != Some(&tag(sort)) {
            return Err(ReadModelError::Cursor);
        }
        let mut number = || {
            let part = parts.next().ok_or(ReadModelError::Cursor)?;
            u64::from_str_radix(part, 16).map_err(|_| ReadModelError::Cursor)
        };
        let place = Place {
            key: number()?,
            created: number()?,
        };
        let (rank, epoch) = (number()?, number()?);
        let name = match (sort, parts.next()) {
            (Sort::Name, Some(name)) => name_of(name).ok_or(ReadModelError::Cursor)?,
            (Sort::Name, None) | (_, Some(_)) => return Err(ReadModelError::Cursor),
            (_, None) => String::new(),
        };
        match parts.next() {
            None => Ok(Self {
                place,
                rank,
                epoch,
                name,
            }),
            Some(_) => Err(ReadModelError::Cursor),
        }
    }
}

/// A name of two digits for each of its bytes.
fn name_of(hexadecimal: &str) -> Option<String> {
    let digits = hexadecimal.as_bytes().chunks(2);
    let byte = |pair: &[u8]| match pair {
        [_, _] => u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok(),
        _ => None,
    };
    String::from_utf8(digits.map(byte).collect::<Option<Vec<u8>>>()?).ok()
}

/// Says the order. A price in another currency is another order.
fn tag(sort: Sort) -> String {
    match sort {
        Sort::Relevance => "r".to_owned(),
        Sort::Newest => "n".to_owned(),
        Sort::Popularity => "p".to_owned(),
        Sort::PriceAscending(currency) => format!("a{}", currency.code()),
        Sort::PriceDescending(currency) => format!("d{}", currency.code()),
        Sort::Name => "b".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_handed_out_and_in_its_own_order_alone() {
        let mark = Mark {
            place: Place {
                key: u64::MAX,
                created: 1,
            },
            rank: 7,
            epoch: u64::MAX,
            name: String::new(),
        };
        let named = Mark {
            name: "éclair".to_owned(),
            ..mark.clone()
        };
        let read = Mark::of_cursor(&named.to_cursor(Sort::Name), Sort::Name);
        assert_eq!(read.ok(), Some(named));
        let (euro, dollar) = ("EUR".parse().unwrap(), "USD".parse().unwrap());
        let sorts = [Sort::Relevance, Sort::Newest, Sort::Popularity, Sort::Name];
        let prices = [euro, dollar].map(|code| [Sort::PriceAscending(code), Sort::PriceDescending(code)]);
        let sorts: Vec<Sort> = sorts.into_iter().chain(prices.concat()).collect();
        for one in &sorts {
            for other in &sorts {
                let read = Mark::of_cursor(&mark.to_cursor(*one), *other);
                assert_eq!(
                    read.ok(),
                    (one == other).then_some(mark.clone()),
                    "{one:?} {other:?}"
                );
            }
        }
        for wrong in [
            "",
            "r",
            "r.1",
            "r.1.2.3",
            "r.1.2.3.4.5",
            "r.x.1.1.1",
            "r.1.ffffffffffffffff0.1.1",
        ] {
            assert!(
                Mark::of_cursor(&Cursor::new(wrong), Sort::Relevance).is_err(),
                "{wrong}"
            );
        }
    }
}
