//! The fields at the root.

mod accounts;
mod customers;
mod node;
mod orders;
mod payments;
mod prices;
mod products;
mod projections;
mod recommendations;
mod sales;
mod stock;
mod subscriptions;
mod warehouses;

use async_graphql::MergedObject;

/// Everything that can be asked.
///
/// A command over REST answers with the position that it wrote. Whoever gives that position as
/// `atLeastPosition`, or in the header `Souk-At-Least-Position` for the whole request, reads what was
/// written: the query waits for it some seconds, and then gives up with the code `STALE`. Every answer
/// says in `extensions.position` how much of the log it has seen.
///
/// A cursor is good for the list that returned it, with the same filter and order. Any other list refuses it with
/// the code `INVALID_ARGUMENT`.
///
/// Every field here may be null, because of an error that stands beside: so what one field cannot answer
/// does not take the others with it.
#[derive(Default, MergedObject)]
pub(crate) struct Query(
    accounts::AccountQuery,
    orders::OrderQuery,
    products::ProductQuery,
    prices::PriceQuery,
    recommendations::RecommendationQuery,
    stock::StockQuery,
    payments::PaymentQuery,
    subscriptions::SubscriptionQuery,
    warehouses::WarehouseQuery,
    customers::CustomerQuery,
    sales::SalesQuery,
    projections::ProjectionQuery,
    node::NodeQuery,
);
