//! Pages in the shape of the Relay specification.
//!
//! Source: GraphQL Cursor Connections Specification, <https://relay.dev/graphql/connections.htm>

use async_graphql::{
    ObjectType, OutputType,
    connection::{self, Edge, EmptyFields},
};
use projections::{Cursor, MAX_FIRST, Page, PageRequest};

use crate::{
    error::{QueryError, Result},
    limits::DEFAULT_FIRST,
};

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
