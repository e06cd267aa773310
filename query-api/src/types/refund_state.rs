//! `RefundState`.

use async_graphql::Enum;

/// How far a refund has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum RefundState {
    /// The refund was requested.
    Requested,
    /// The money was given back.
    Refunded,
    /// The money could not be given back.
    Failed,
}
