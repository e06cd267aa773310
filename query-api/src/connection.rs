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

/// The page that the arguments of a list ask for.
pub(crate) fn page_request(first: Option<i32>, after: Option<String>) -> Result<PageRequest> {
    let first = first.map_or(Ok(DEFAULT_FIRST), u32::try_from);
    let Some(first) = first.ok().filter(|first| (1..=MAX_FIRST).contains(first)) else {
        return Err(QueryError::invalid(
            "first",
            format!("must be between 1 and {MAX_FIRST}"),
        ));
    };
    Ok(PageRequest {
        first,
        after: after.map(Cursor::new),
    })
}

/// A page as it is answered.
pub(crate) fn connection<Row, T: OutputType + From<Row>>(
    request: &PageRequest,
    page: Page<Row>,
) -> Connection<T> {
    with_fields(request, page, EmptyFields)
}

/// A page that has more to say than its rows.
pub(crate) fn with_fields<Row, T: OutputType + From<Row>, Fields: ObjectType>(
    request: &PageRequest,
    page: Page<Row>,
    fields: Fields,
) -> Connection<T, Fields> {
    // Whoever comes with a cursor has seen the row that it stands for.
    let mut connection =
        Connection::with_additional_fields(request.after.is_some(), page.has_next_page, fields);
    let edges = page.edges.into_iter();
    connection
        .edges
        .extend(edges.map(|edge| Edge::new(edge.cursor.to_string(), edge.node.into())));
    connection
}

/// Binds the cursors of a list to what was asked for: one of another question would begin at a place that
/// means nothing in this one.
pub(crate) struct Binding(String);

impl Binding {
    /// For the list that answers this question, however it is written.
    pub(crate) fn new(asked: &impl fmt::Debug) -> Self {
        let digest = Sha256::digest(format!("{asked:?}"));
        let marks = digest.iter().take(MARK_BYTES).map(|byte| format!("{byte:02x}"));
        Self(marks.collect())
    }

    /// A cursor as it is handed out.
    pub(crate) fn bind(&self, cursor: &Cursor) -> String {
        format!("{cursor}~{}", self.0)
    }

    /// The cursor that was handed out for this list.
    pub(crate) fn unbind(&self, cursor: &Cursor) -> Result<Cursor> {
        let cursor = cursor.as_str().strip_suffix(&self.0);
        let cursor = cursor.and_then(|cursor| cursor.strip_suffix('~'));
        cursor
            .map(Cursor::new)
            .ok_or_else(|| QueryError::invalid("after", "must be a cursor of this list"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_taken_by_the_list_that_handed_it_out_and_by_no_other() {
        let (mugs, cups) = (Binding::new(&("mug", 1)), Binding::new(&("cup", 1)));
        let bound = Cursor::new(mugs.bind(&Cursor::new("7.2")));
        assert_eq!(mugs.unbind(&bound).unwrap().as_str(), "7.2");
        assert!(cups.unbind(&bound).is_err());
        assert!(mugs.unbind(&Cursor::new("7.2")).is_err());
    }
}
