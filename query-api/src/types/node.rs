//! `Node`.

use async_graphql::{ID, Interface};

use super::{Account, Order, Product, Stock};

/// Anything that has an id of its own.
#[derive(Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "Identifies it among everything that has an id."
))]
#[expect(
    clippy::large_enum_variant,
    reason = "there are a few of them for a moment, never a list"
)]
pub(crate) enum Node {
    Product(Product),
    Order(Order),
    Account(Account),
    Stock(Stock),
}
