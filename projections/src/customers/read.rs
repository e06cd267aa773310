//! Reading customers.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::value::{CustomerId, Sum};
use event_store::Position;
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use super::Customers;
use crate::{
    reading::{Cursor, Page, PageRequest, ReadModelError, Tables, bounded, id, sum},
    table::{Schema, TableProjection},
};

/// A customer who has ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Who.
    pub id: CustomerId,
    /// How many orders they placed.
    pub orders: i64,
    /// How many of these were cancelled.
    pub cancelled: i64,
    /// What they spent, by currency.
    pub spending: Vec<Spending>,
    /// When they ordered first.
    pub first_order_at: DateTime<Utc>,
    /// When they ordered last.
    pub last_order_at: DateTime<Utc>,
    /// The event of their last order.
    pub position: Position,
}

/// What a customer spent in a currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spending {
    /// How many orders were paid.
    pub paid_orders: i64,
    /// The sum of the orders that were paid.
    pub spent: Sum,
    /// The sum of what was given back.
    pub refunded: Sum,
}

/// Reads customers.
#[derive(Clone)]
pub struct CustomersReader {
    tables: Tables,
}

const CUSTOMER: &str = "SELECT customer_id, orders, cancelled, first_order_at, last_order_at, position \
                        FROM {schema}.customers";

impl CustomersReader {
    pub(crate) fn new(tables: Tables) -> Self {
        Self { tables }
    }

    /// A customer by identifier; nothing when they never ordered.
    ///
    /// # Errors
    ///
    /// When the read model is not built or the database cannot be reached.
    pub async fn customer(&self, id: CustomerId) -> Result<Option<Customer>, ReadModelError> {
        Ok(self.customers_by_id(&[id]).await?.remove(&id))
    }

    /// Customers by identifier; those who never ordered are absent.
    ///
    /// # Errors
    ///
    /// As for [`Self::customer`], and when too many are asked for.
    pub async fn customers_by_id(
        &self,
        ids: &[CustomerId],
    ) -> Result<HashMap<CustomerId, Customer>, ReadModelError> {
        let ids: Vec<Uuid> = bounded(ids)?.iter().map(CustomerId::uuid).collect();
        let schema = self.schema().await?;
        let statement = schema.sql(&format!("{CUSTOMER} WHERE customer_id = ANY ($1)"));
        let rows = sqlx::query(&statement)
            .bind(ids)
            .fetch_all(self.tables.pool())
            .await?;
        let customers = self.with_spending(&schema, &rows).await?;
        Ok(customers
            .into_iter()
            .map(|customer| (customer.id, customer))
            .collect())
    }

    /// Customers, those who ordered last first.
    ///
    /// # Errors
    ///
    /// As for [`Self::customer`], and when the page is none.
    pub async fn customers(&self, page: &PageRequest) -> Result<Page<Customer>, ReadModelError> {
        let (limit, (before, _)) = (page.limit()?, page.before_position()?);
        let schema = self.schema().await?;
        let statement = schema.sql(&format!(
            "{CUSTOMER} WHERE position < $1 ORDER BY position DESC LIMIT $2"
        ));
        let query = sqlx::query(&statement).bind(before).bind(limit);
        let rows = query.fetch_all(self.tables.pool()).await?;
        let customers = self.with_spending(&schema, &rows).await?;
        Ok(Page::new(page, customers, |customer: &Customer| {
            Cursor::at(customer.position, 0)
        }))
    }

    async fn with_spending(&self, schema: &Schema, rows: &[PgRow]) -> Result<Vec<Customer>, ReadModelError> {
        let mut customers: Vec<Customer> = rows.iter().map(customer).collect::<Result<_, _>>()?;
        let ids: Vec<Uuid> = customers.iter().map(|customer| customer.id.uuid()).collect();
        let spending = "SELECT customer_id, currency, paid_orders, spent::text AS spent, refunded::text AS refunded \
                        FROM {schema}.spending \
                        WHERE customer_id = ANY ($1) ORDER BY customer_id, currency";
        let rows = sqlx::query(&schema.sql(spending))
            .bind(ids)
            .fetch_all(self.tables.pool())
            .await?;
        let mut by_customer: HashMap<CustomerId, Vec<Spending>> = HashMap::new();
        for row in &rows {
            let spending = Spending {
                paid_orders: row.try_get("paid_orders")?,
                spent: sum(row, "spent", "currency")?,
                refunded: sum(row, "refunded", "currency")?,
            };
            let customer = id(row, "customer_id", CustomerId::new)?;
            by_customer.entry(customer).or_default().push(spending);
        }
        for customer in &mut customers {
            customer.spending = by_customer.remove(&customer.id).unwrap_or_default();
        }
        Ok(customers)
    }

    async fn schema(&self) -> Result<Schema, ReadModelError> {
        self.tables.schema(Customers::NAME).await
    }
}

fn customer(row: &PgRow) -> Result<Customer, sqlx::Error> {
    Ok(Customer {
        id: id(row, "customer_id", CustomerId::new)?,
        orders: row.try_get("orders")?,
        cancelled: row.try_get("cancelled")?,
        spending: Vec::new(),
        first_order_at: row.try_get("first_order_at")?,
        last_order_at: row.try_get("last_order_at")?,
        position: row.try_get("position")?,
    })
}
