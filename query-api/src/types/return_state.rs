//! `ReturnState`.

use async_graphql::Enum;

/// How far a return has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ReturnState {
    /// The customer asked for it; the goods are awaited.
    Requested,
    /// The goods came back, all of them or a part.
    Accepted,
    /// The goods stay with the customer.
    Rejected,
}
