//! Reading what was sold.

use chrono::NaiveDate;
use domain::{
    product::category_key,
    value::{Currency, ProductId, Sum},
};
use sqlx::{Row, postgres::PgRow};

use super::Sales;
use crate::{
    reading::{PageRequest, ReadModelError, Tables, id, sum, whole},
    table::{Schema, TableProjection},
};

/// The most days that are answered at once, each once for each currency: ten years of one.
const MAX_DAYS: i64 = 3_660;

/// The sales of a day in a currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySales {
    /// The day, in UTC.
    pub day: NaiveDate,
    /// How many orders were paid.
    pub orders: i64,
    /// How many charges of subscriptions were paid; none within a category.
    pub charges: i64,
    /// What was captured for orders and charges, tax included.
    pub revenue: Sum,
    /// The part of the revenue that charges of subscriptions brought; zero within a category.
    pub charged: Sum,
    /// The tax contained in the revenue. Charges of subscriptions say nothing of tax.
    pub tax: Sum,
    /// How many refunds there were; within a category each counts once for each product.
    pub refunds: i64,
    /// The sum of these refunds.
    pub refunded: Sum,
    /// The tax contained in these refunds.
    pub refunded_tax: Sum,
    /// The revenue of the orders by order, rounded down to a minor unit.
    pub average_basket: Sum,
}

impl DaySales {
    /// The tax that is due: that of the revenue without that of the refunds.
    pub const fn net_tax(&self) -> Sum {
        less(self.tax, self.refunded_tax)
    }

    /// The revenue without the refunds.
    pub const fn net_revenue(&self) -> Sum {
        less(self.revenue, self.refunded)
    }
}

const fn less(sum: Sum, part: Sum) -> Sum {
    Sum {
        amount: sum.amount - part.amount,
        currency: sum.currency,
    }
}

/// What was sold of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BestSeller {
    /// The product.
    pub product_id: ProductId,
    /// Its name of today; empty if it was never listed.
    pub name: String,
    /// In how many orders of each day it stood, added up.
    pub orders: i64,
    /// How many units were paid for, those that came back or were cancelled included.
    pub units: i64,
    /// What was captured for them, tax included.
    pub revenue: Sum,
    /// What went back of it.
    pub refunded: Sum,
}

impl BestSeller {
    /// The revenue without the refunds.
    pub const fn net_revenue(&self) -> Sum {
        less(self.revenue, self.refunded)
    }
}

/// Which sales are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SalesFilter {
    /// The first day.
    pub from: NaiveDate,
    /// The day after the last.
    pub until: NaiveDate,
    /// Only of products in this category or below it, as a path such as `audio/headphones`.
    pub category: Option<String>,
}

/// Reads what was sold.
#[derive(Clone)]
pub struct SalesReader {
    tables: Tables,
}

impl SalesReader {
    pub(crate) fn new(tables: Tables) -> Self {
        Self { tables }
    }

    /// The sales by day, in one currency or in each; days without any are absent.
    ///
    /// # Errors
    ///
    /// When the read model is not built or the database cannot be reached.
    pub async fn days(
        &self,
        filter: &SalesFilter,
        currency: Option<Currency>,
    ) -> Result<Vec<DaySales>, ReadModelError> {
        let days = "SELECT day, currency, orders, charges, revenue::text AS revenue, charged::text AS charged, \
                    tax::text AS tax, refunds, refunded::text AS refunded, refunded_tax::text AS refunded_tax \
                    FROM {schema}.days \
                    WHERE day >= $1 AND day < $2 AND ($3::text IS NULL OR currency = $3) AND $4::text IS NULL \
                    ORDER BY day, currency LIMIT $5";
        let category = category(filter);
        let statement = match &category {
            None => self.schema().await?.sql(days),
            Some(_) => self.schema().await?.sql(include_str!("category_days.sql")),
        };
        let query = sqlx::query(&statement)
            .bind(filter.from)
            .bind(filter.until)
            .bind(currency.map(|currency| currency.to_string()))
            .bind(category)
            .bind(MAX_DAYS);
        let rows = query.fetch_all(self.tables.pool()).await?;
        Ok(rows.iter().map(day).collect::<Result<_, _>>()?)
    }

    /// The products of which most units were sold.
    ///
    /// # Errors
    ///
    /// As for [`Self::days`], and when `first` is not the size of a page.
    pub async fn best_sellers(
        &self,
        filter: &SalesFilter,
        currency: Currency,
        first: u32,
    ) -> Result<Vec<BestSeller>, ReadModelError> {
        let limit = PageRequest::first(first).limit()? - 1;
        let statement = self.schema().await?.sql(include_str!("best_sellers.sql"));
        let query = sqlx::query(&statement)
            .bind(filter.from)
            .bind(filter.until)
            .bind(currency.code())
            .bind(category(filter))
            .bind(limit);
        let rows = query.fetch_all(self.tables.pool()).await?;
        Ok(rows.iter().map(best_seller).collect::<Result<_, _>>()?)
    }

    async fn schema(&self) -> Result<Schema, ReadModelError> {
        self.tables.schema(Sales::NAME).await
    }
}

/// The category as it is stored, in the one form that paths have; nothing for the root, below which
/// everything is.
fn category(filter: &SalesFilter) -> Option<String> {
    let key = filter.category.as_deref().map(category_key);
    key.filter(|key| !key.is_empty())
}

fn day(row: &PgRow) -> Result<DaySales, sqlx::Error> {
    let (orders, revenue): (i64, Sum) = (row.try_get("orders")?, sum(row, "revenue", "currency")?);
    let charged = sum(row, "charged", "currency")?;
    Ok(DaySales {
        day: row.try_get("day")?,
        orders,
        charges: row.try_get("charges")?,
        revenue,
        charged,
        tax: sum(row, "tax", "currency")?,
        refunds: row.try_get("refunds")?,
        refunded: sum(row, "refunded", "currency")?,
        refunded_tax: sum(row, "refunded_tax", "currency")?,
        average_basket: Sum {
            amount: less(revenue, charged)
                .amount
                .checked_div(orders.into())
                .unwrap_or_default(),
            currency: revenue.currency,
        },
    })
}

fn best_seller(row: &PgRow) -> Result<BestSeller, sqlx::Error> {
    Ok(BestSeller {
        product_id: id(row, "product_id", ProductId::new)?,
        name: row.try_get("name")?,
        orders: row.try_get("orders")?,
        // Of units there are never as many as of money: a shop has at most 10^12 in a place.
        units: i64::try_from(whole(row, "units")?).unwrap_or(i64::MAX),
        revenue: sum(row, "revenue", "currency")?,
        refunded: sum(row, "refunded", "currency")?,
    })
}
