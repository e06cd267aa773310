//! `node`.

use async_graphql::{Context, ID, Object};
use projections::value::{AccountId, OrderId, ProductId, Sku};

use crate::{
    argument::parse,
    error::Result,
    freshness::Source,
    limits::ROOT_COST,
    reading::Reading,
    types::{Account, Node, Order, Position, Product, Stock},
};

/// The part of the root that finds anything by its id.
#[derive(Default)]
pub(crate) struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Whatever has this id: a product, an order, an account, or a stock by its SKU.
    #[graphql(complexity = "4 * ROOT_COST + child_complexity")]
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of any object.")] id: ID,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Node>> {
        // Every UUID is a well-formed SKU, so this refuses what is neither.
        let sku: Sku = parse("id", &id)?;
        if let Ok(order_id) = id.parse::<OrderId>() {
            let sources = [Source::Orders, Source::Balances, Source::Products];
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

/// UUIDs are unique across all kinds, so at most one of the three is found.
async fn by_uuid(reading: &Reading, id: OrderId) -> Result<Option<Node>> {
    let (account_id, product_id) = (AccountId::new(id.uuid()), ProductId::new(id.uuid()));
    let (order, account, product) = tokio::try_join!(
        reading.loaders.orders.load_one(id),
        reading.loaders.accounts.load_one(account_id),
        reading.loaders.products.load_one(product_id),
    )?;
    let order = order.map(|order| Node::Order(Order::from(order)));
    let account = account.map(|account| Node::Account(Account::from(account)));
    Ok(order
        .or(account)
        .or_else(|| product.map(|product| Node::Product(Product(product)))))
}
