//! Pages of long lists: so many rows after a cursor.

use std::fmt;

use super::ReadModelError;

/// The most rows of a page.
pub const MAX_FIRST: u32 = 100;

/// The most keys of one batch, for those who gather them from many rows of a page.
pub const MAX_KEYS: usize = 1_000;

/// A place in a list. It stays where it is when rows are added before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

impl Cursor {
    /// A cursor as it was handed out.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text to hand out.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn of(numbers: [u64; 2]) -> Self {
        Self(format!("{:x}.{:x}", numbers[0], numbers[1]))
    }

    pub(crate) fn numbers(&self) -> Result<[u64; 2], ReadModelError> {
        let parse = |text| u64::from_str_radix(text, 16).ok();
        let (first, second) = self.0.split_once('.').ok_or(ReadModelError::Cursor)?;
        parse(first)
            .zip(parse(second))
            .map(|(a, b)| [a, b])
            .ok_or(ReadModelError::Cursor)
    }

    /// A cursor of a list that is ordered by position and the place within it.
    pub(crate) fn at(position: i64, place: i16) -> Self {
        Self::of([position.unsigned_abs(), u64::from(place.unsigned_abs())])
    }

    pub(crate) fn position(&self) -> Result<(i64, i16), ReadModelError> {
        let [position, place] = self.numbers()?;
        let position = i64::try_from(position).map_err(|_| ReadModelError::Cursor)?;
        Ok((
            position,
            i16::try_from(place).map_err(|_| ReadModelError::Cursor)?,
        ))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// How many rows, from 1 to [`MAX_FIRST`].
    pub first: u32,
    /// After which row; from the beginning if absent.
    pub after: Option<Cursor>,
}

impl PageRequest {
    /// The first so many rows.
    pub const fn first(first: u32) -> Self {
        Self { first, after: None }
    }

    /// The rows after a cursor.
    #[must_use]
    pub fn after(mut self, cursor: Cursor) -> Self {
        self.after = Some(cursor);
        self
    }

    /// The same of a list with the newest first, without what came after a position.
    ///
    /// # Errors
    ///
    /// When the cursor is none of such a list.
    pub fn up_to(mut self, position: i64) -> Result<Self, ReadModelError> {
        let (before, _) = self.before_position()?;
        if before > position {
            self.after = Some(Cursor::at(position.saturating_add(1), 0));
        }
        Ok(self)
    }

    /// How many rows to read: one more than wanted, to learn whether there are more.
    pub(crate) fn limit(&self) -> Result<i64, ReadModelError> {
        match self.first {
            1..=MAX_FIRST => Ok(i64::from(self.first) + 1),
            _ => Err(ReadModelError::First),
        }
    }

    /// The place after which to read in a list with the newest first.
    pub(crate) fn before_position(&self) -> Result<(i64, i16), ReadModelError> {
        self.after
            .as_ref()
            .map_or(Ok((i64::MAX, i16::MAX)), Cursor::position)
    }
}

/// A row and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge<T> {
    /// Its place.
    pub cursor: Cursor,
    /// The row.
    pub node: T,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, in order.
    pub edges: Vec<Edge<T>>,
    /// Whether there are more after them.
    pub has_next_page: bool,
}

impl<T> Page<T> {
    /// Makes a page of the rows that were read, which may be one more than wanted.
    pub(crate) fn new(request: &PageRequest, mut rows: Vec<T>, cursor: impl Fn(&T) -> Cursor) -> Self {
        let wanted = usize::try_from(request.first).unwrap_or(usize::MAX);
        let has_next_page = rows.len() > wanted;
        rows.truncate(wanted);
        let edges = rows
            .into_iter()
            .map(|node| Edge {
                cursor: cursor(&node),
                node,
            })
            .collect();
        Self { edges, has_next_page }
    }

    /// The rows without their places.
    pub fn nodes(self) -> impl Iterator<Item = T> {
        self.edges.into_iter().map(|edge| edge.node)
    }
}

/// The keys of a batch, if they are not too many.
pub(crate) fn bounded<K>(keys: &[K]) -> Result<&[K], ReadModelError> {
    if keys.len() > MAX_KEYS {
        Err(ReadModelError::Keys)
    } else {
        Ok(keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_handed_out() {
        let cursor = Cursor::at(i64::MAX, 2);
        assert_eq!(Cursor::new(cursor.as_str()).position().unwrap(), (i64::MAX, 2));
    }

    #[test]
    fn a_cursor_that_nobody_handed_out_is_refused() {
        for text in ["", "1", "x.1", "1.2.3", "ffffffffffffffff.1", "1.ffff", "-1.0"] {
            assert!(Cursor::new(text).position().is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_empty_page_and_a_huge_one_are_refused() {
        assert!(PageRequest::first(0).limit().is_err());
        assert!(PageRequest::first(MAX_FIRST + 1).limit().is_err());
        assert_eq!(PageRequest::first(MAX_FIRST).limit().unwrap(), 101);
    }
}
