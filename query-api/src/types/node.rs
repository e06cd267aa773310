//! `Node`.

use async_graphql::{ID, Interface};

use super::{Account, CustomerSubscription, Order, Payment, Product, Stock};

/// Anything that has an id of its own.
#[derive(Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "Identifies it among everything that has an id."
))]
pub(crate) enum Node {
    Product(Product),
    Order(Order),
    Account(Account),
    Payment(Payment),
    CustomerSubscription(CustomerSubscription),
    Stock(Stock),
}
