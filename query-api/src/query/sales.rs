//! `sales` and `bestSellers`.

use async_graphql::{Context, Object};
use chrono::{Days, NaiveDate};
use projections::sales::SalesFilter;

use crate::{
    argument::{parse, parse_optional},
    connection::page_size,
    error::{QueryError, Result},
    freshness::Source,
    limits::{MAX_SALES_DAYS, days_cost, page_cost},
    reading::Reading,
    types::{BestSeller, DaySales, Position},
};

/// The part of the root that is about what was sold.
#[derive(Default)]
pub(crate) struct SalesQuery;

#[Object]
impl SalesQuery {
    /// What was sold by day, the oldest first and each day once for each currency. Days without any sale
    /// are absent.
    #[graphql(complexity = "days_cost(from, to, child_complexity)")]
    async fn sales(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day, in UTC.")] from: NaiveDate,
        #[graphql(desc = "The last day, in UTC; at most 366 days in all.")] to: NaiveDate,
        #[graphql(
            desc = "Only of products in this category or below it, a path such as `audio/headphones`."
        )]
        category: Option<String>,
        #[graphql(desc = "Only in this currency, as three letters of ISO 4217; in each if absent.")]
        currency: Option<String>,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Vec<DaySales>>> {
        let filter = filter(from, to, category)?;
        let currency = parse_optional("currency", currency.as_deref())?;
        let reading = Reading::at_root(ctx, at_least_position, &[Source::Sales]).await?;
        let days = reading.read_models.sales().days(&filter, currency).await?;
        Ok(Some(days.into_iter().map(DaySales::from).collect()))
    }

    /// The products of which most units were paid for, most first; among equals, those with more net revenue.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "these are the arguments of the field")]
    async fn best_sellers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day, in UTC.")] from: NaiveDate,
        #[graphql(desc = "The last day, in UTC; at most 366 days in all.")] to: NaiveDate,
        #[graphql(desc = "The currency of the sales that count, as three letters of ISO 4217.")]
        currency: String,
        #[graphql(
            desc = "Only of products in this category or below it, a path such as `audio/headphones`."
        )]
        category: Option<String>,
        #[graphql(desc = "How many, from 1 to 100; 20 if absent.")] first: Option<i32>,
        #[graphql(desc = "Read at least this much of the log.")] at_least_position: Option<Position>,
    ) -> Result<Option<Vec<BestSeller>>> {
        let filter = filter(from, to, category)?;
        let (currency, first) = (parse("currency", &currency)?, page_size(first)?);
        let reading = Reading::at_root(ctx, at_least_position, &[Source::Sales]).await?;
        let sales = reading.read_models.sales();
        let sellers = sales.best_sellers(&filter, currency, first).await?;
        Ok(Some(sellers.into_iter().map(BestSeller::from).collect()))
    }
}

/// The days that are asked for. The read model wants the day after the last.
fn filter(from: NaiveDate, to: NaiveDate, category: Option<String>) -> Result<SalesFilter> {
    let days = to.signed_duration_since(from).num_days().saturating_add(1);
    if !(1..=MAX_SALES_DAYS).contains(&days) {
        let rule = format!("must not be before \"from\", and the last of at most {MAX_SALES_DAYS} days");
        return Err(QueryError::invalid("to", rule));
    }
    let until = to
        .checked_add_days(Days::new(1))
        .ok_or_else(|| QueryError::invalid("to", "must be a day that has a next one"))?;
    Ok(SalesFilter {
        from,
        until,
        category,
    })
}
