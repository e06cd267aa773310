//! `RefundState`.

use async_graphql::Enum;

/// How far a refund has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum RefundState {
    /// The money was asked to go back.
    Requested,
    /// The money went back.
    Refunded,
    /// The money could not be given back.
    Failed,
}
