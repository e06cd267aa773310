//! `PaymentMethod`.

use async_graphql::Enum;

/// Where the money of an order comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum PaymentMethod {
    /// An account of the shop.
    Account,
    /// A card, by way of the payment gateway.
    Card,
}
