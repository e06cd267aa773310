//! Pages in the shape of the Relay specification.
//!
//! Source: GraphQL Cursor Connections Specification, <https://relay.dev/graphql/connections.htm>

use std::fmt;

use async_graphql::{
    ObjectType, OutputType,
    connection::{self, Edge, EmptyFields},
};
use projections::{Cursor, MAX_FIRST, Page, PageRequest};
use sha2::{Digest as _, Sha256};

use crate::{
    error::{QueryError, Result},
    limits::DEFAULT_FIRST,
};

/// How much of the digest of a question a cursor carries.
const MARK_BYTES: usize = 6;

/// A page of a list.
pub(crate) type Connection<T, Fields = EmptyFields> = connection::Connection<String, T, Fields>;

/// How many rows an argument asks for.
pub(crate) fn page_size(first: Option<i32>) -> Result<u32> {
    let first = first.map_or(Ok(DEFAULT_FIRST), u32::try_from);
    first
        .ok()
        .filter(|first| (1..=MAX_FIRST).contains(first))
        .ok_or_else(|| QueryError::invalid("first", format!("must be between 1 and {MAX_FIRST}")))
}

/// The reading of a list page by page: the page that is asked for, and what its cursors are bound to.
pub(crate) struct Paging {
    /// The page that is asked for. Its cursor is that of the read model.
    pub(crate) request: PageRequest,
    binding: Binding,
}

impl Paging {
    /// The page of a list that the arguments ask for.
    ///
    /// `list` names what is listed, `asked` is everything that decides which rows there are and in which order. Where
    /// both are equal it is the same list, whichever field it is read by.
    pub(crate) fn new(
        list: &'static str,
        asked: &impl fmt::Debug,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Self> {
        let first = page_size(first)?;
        let binding = Binding::new(list, asked);
        let after = after.map(|after| binding.unbind(&after)).transpose()?;
        Ok(Self {
            request: PageRequest { first, after },
            binding,
        })
    }

    /// The page as it is answered.
    pub(crate) fn connection<Row, T: OutputType + From<Row>>(&self, page: Page<Row>) -> Connection<T> {
        self.with_fields(page, EmptyFields)
    }

    /// The same with fields beside the rows.
    pub(crate) fn with_fields<Row, T: OutputType + From<Row>, Fields: ObjectType>(
        &self,
        page: Page<Row>,
        fields: Fields,
    ) -> Connection<T, Fields> {
        let mut connection =
            Connection::with_additional_fields(self.has_previous_page(), page.has_next_page, fields);
        let edges = page.edges.into_iter();
        connection
            .edges
            .extend(edges.map(|edge| Edge::new(self.bind(&edge.cursor), edge.node.into())));
        connection
    }

    /// Whether there are rows before the page: at least the one of the cursor that it begins after.
    pub(crate) const fn has_previous_page(&self) -> bool {
        self.request.after.is_some()
    }

    /// A cursor of the read model as it is answered.
    pub(crate) fn bind(&self, cursor: &Cursor) -> String {
        self.binding.bind(cursor)
    }
}

/// Binds cursors to the list that they are handed out for: in any other they would stand for a place that means
/// nothing there.
struct Binding(String);

impl Binding {
    /// For the list that answers this question, however it is written.
    fn new(list: &'static str, asked: &impl fmt::Debug) -> Self {
        let digest = Sha256::digest(format!("{list} {asked:?}"));
        let marks = digest.iter().take(MARK_BYTES).map(|byte| format!("{byte:02x}"));
        Self(marks.collect())
    }

    /// A cursor as it is handed out.
    fn bind(&self, cursor: &Cursor) -> String {
        format!("{cursor}~{}", self.0)
    }

    /// The cursor that was handed out for this list.
    fn unbind(&self, cursor: &str) -> Result<Cursor> {
        let cursor = cursor.strip_suffix(&self.0);
        let cursor = cursor.and_then(|cursor| cursor.strip_suffix('~'));
        cursor.map(Cursor::new).ok_or_else(QueryError::foreign_cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_taken_by_the_list_that_handed_it_out_and_by_no_other() {
        let mugs = Binding::new("products", &("mug", 1));
        let bound = mugs.bind(&Cursor::new("7.2"));
        assert_eq!(mugs.unbind(&bound).unwrap().as_str(), "7.2");
        for other in [
            Binding::new("products", &("cup", 1)),
            Binding::new("products", &("mug", 2)),
            Binding::new("orders", &("mug", 1)),
        ] {
            assert!(other.unbind(&bound).is_err());
        }
        assert!(mugs.unbind("7.2").is_err());
    }

    #[test]
    fn a_page_begins_after_the_cursor_of_its_own_list() {
        let first = Paging::new("customers", &(), None, None).unwrap();
        assert_eq!(first.request, PageRequest::first(DEFAULT_FIRST));
        let after = Some(first.bind(&Cursor::new("7.0")));
        let next = Paging::new("customers", &(), Some(2), after.clone()).unwrap();
        assert_eq!(next.request, PageRequest::first(2).after(Cursor::new("7.0")));
        assert!(Paging::new("warehouses", &(), Some(2), after).is_err());
    }

    #[test]
    fn a_page_has_at_least_one_row_and_at_most_the_limit() {
        for first in [-1, 0, 101] {
            assert!(page_size(Some(first)).is_err(), "{first}");
        }
        assert_eq!(page_size(Some(100)).unwrap(), MAX_FIRST);
    }
}
