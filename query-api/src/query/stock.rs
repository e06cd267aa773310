//! `stock` and `lowStock`.

use async_graphql::{Context, Object};

use crate::{
    argument::parse,
    connection::{Connection, Paging},
    error::Result,
    freshness::Source,
    limits::{ROOT_COST, page_cost},
    reading::Reading,
    types::{AsOf, LowStock, Position, Stock},
};

/// The part of the root that is about stock.
#[derive(Default)]
pub(crate) struct StockQuery;

#[Object]
impl StockQuery {
    /// How many units of a SKU there are; null when there never were any, or none had been until then.
    #[graphql(complexity = "ROOT_COST + child_complexity")]
    async fn stock(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The SKU.")] sku: String,
        #[graphql(
            desc = "Show it as it was then, with what could be sold that day; as it is now if absent."
        )]
        as_of: Option<AsOf>,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Stock>> {
        let sku = parse("sku", &sku)?;
        let Some(as_of) = as_of else {
            let reading = Reading::at_root(ctx, at_least_position, &[Source::StockLevels]).await?;
            return Ok(reading.loaders.stocks.load_one(sku).await?.map(Stock));
        };
        let asked = as_of.time();
        let (reading, position) =
            Reading::in_the_past(ctx, at_least_position, as_of, Source::StockLevels).await?;
        // What could be sold depends on the day. That of a position is the day of its event.
        let time = match asked {
            Some(time) => Some(time),
            None => reading.read_models.time_at(position).await?,
        };
        let day = time
            .unwrap_or_else(|| reading.freshness.moment.now())
            .date_naive();
        let stocks = reading.read_models.stock_levels();
        let mut stocks = stocks
            .stocks_as_of(
                std::slice::from_ref(&sku),
                day,
                projections::AsOf::Position(position),
            )
            .await?;
        Ok(stocks.remove(&sku).map(Stock))
    }

    /// The SKUs of which no more units are free than their threshold; those that ran low last first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn low_stock(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, from 1 to 100; 20 if absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Connection<LowStock>>> {
        let paging = Paging::new("lowStock", &(), first, after)?;
        let reading = Reading::at_root(ctx, at_least_position, &[Source::StockLevels]).await?;
        let stocks = reading.read_models.stock_levels();
        let low = stocks.low_stock(&paging.request).await?;
        Ok(Some(paging.connection(low)))
    }
}
