//! `node`.

use async_graphql::{Context, ID, Object};
use projections::value::{AccountId, OrderId, PaymentId, ProductId, Sku, SubscriptionId};

use crate::{
    argument::parse,
    error::Result,
    freshness::Source,
    limits::ROOT_COST,
    reading::Reading,
    types::{Account, CustomerSubscription, Node, Order, Payment, Position, Product, Stock},
};

/// The part of the root that finds anything by its id.
#[derive(Default)]
pub(crate) struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The object with this id: a product, an order, an account, a payment, a subscription of a customer, or a
    /// stock by its SKU; null when there is none.
    #[graphql(complexity = "6 * ROOT_COST + child_complexity")]
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of any object.")] id: ID,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Node>> {
        // Every UUID is a well-formed SKU, so this refuses what is neither.
        let sku: Sku = parse("id", &id)?;
        if let Ok(order_id) = id.parse::<OrderId>() {
            let sources = [
                Source::Orders,
                Source::Balances,
                Source::Products,
                Source::Payments,
                Source::Subscriptions,
            ];
            let reading = Reading::at_root(ctx, at_least_position, &sources).await?;
            if let Some(node) = by_uuid(reading, order_id).await? {
                return Ok(Some(node));
            }
        }
        let reading = Reading::at_root(ctx, at_least_position, &[Source::StockLevels]).await?;
        Ok(reading
            .loaders
            .stocks
            .load_one(sku)
            .await?
            .map(|stock| Node::Stock(Stock(stock))))
    }
}

/// UUIDs are unique across all kinds, so at most one of the five is found.
async fn by_uuid(reading: &Reading, id: OrderId) -> Result<Option<Node>> {
    let (uuid, loaders) = (id.uuid(), &reading.loaders);
    let (order, account, product, payment, subscription) = tokio::join!(
        loaders.orders.load_one(id),
        loaders.accounts.load_one(AccountId::new(uuid)),
        loaders.products.load_one(ProductId::new(uuid)),
        loaders.payments.load_one(PaymentId::new(uuid)),
        loaders.subscriptions.load_one(SubscriptionId::new(uuid)),
    );
    let payment = payment.map(|payment| payment.as_ref().map(Payment::new).transpose());
    let looked_up: [Result<Option<Node>>; 5] = [
        order
            .map(|row| row.map(|row| Node::Order(Order::from(row))))
            .map_err(Into::into),
        account
            .map(|row| row.map(|row| Node::Account(Account::from(row))))
            .map_err(Into::into),
        product
            .map(|row| row.map(|row| Node::Product(Product(row))))
            .map_err(Into::into),
        payment
            .map_err(Into::into)
            .flatten()
            .map(|row| row.map(Node::Payment)),
        subscription
            .map(|row| row.map(|row| Node::CustomerSubscription(CustomerSubscription(row))))
            .map_err(Into::into),
    ];
    // What one read model has is not withheld because another one is not there.
    let mut failed = None;
    for result in looked_up {
        match result {
            Ok(Some(node)) => return Ok(Some(node)),
            Ok(None) => {}
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(None), Err)
}
