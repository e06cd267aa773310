//! Reading orders.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::value::{AccountId, Address, CustomerId, Money, OrderId, PaymentId, ProductId, Sku};
use event_store::Position;
use sqlx::{Postgres, QueryBuilder, Row, postgres::PgRow};
use uuid::Uuid;

use super::{Orders, StepParameter};
use crate::{
    reading::{AsOf, Cursor, Page, PageRequest, ReadModelError, Tables, bounded, id, json, money, text},
    table::{Schema, TableProjection},
};

/// An order without its lines and timeline, which are loaded apart and in batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Identifies it.
    pub id: OrderId,
    /// Who buys.
    pub customer_id: CustomerId,
    /// `placed`, `confirmed`, `paid`, `shipped`, `delivered`, `cancelled` or `returned`.
    pub status: String,
    /// Why it was cancelled, for programs.
    pub cancel_code: Option<String>,
    /// Why it was cancelled, for people.
    pub cancel_reason: Option<String>,
    /// The sum of the lines, tax included.
    pub total: Money,
    /// The tax contained in the total.
    pub tax: Money,
    /// Its payment.
    pub payment_id: PaymentId,
    /// `account` or `card`.
    pub payment_method: String,
    /// The account that pays, if one does.
    pub account_id: Option<AccountId>,
    /// Who carries the parcel.
    pub carrier: Option<String>,
    /// The carrier's number for the parcel.
    pub tracking_number: Option<String>,
    /// Where the parcel goes.
    pub shipping_address: Address,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// When its state changed last.
    pub updated_at: DateTime<Utc>,
    /// The event that placed it.
    pub placed_position: Position,
    /// The event that changed its state last.
    pub position: Position,
    /// How many events the order has, for `If-Match`; nothing in the past, which cannot be changed.
    pub sequence: Option<i64>,
}

/// A line of an order, with the name and the price of the moment when it was placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    /// The order.
    pub order_id: OrderId,
    /// Counts the lines from 1.
    pub line: i16,
    /// What.
    pub sku: Sku,
    /// The product it is a variant of.
    pub product_id: ProductId,
    /// Its name as the customer read it.
    pub name: String,
    /// How many.
    pub quantity: i64,
    /// The price of one, tax included.
    pub unit_price: Money,
    /// The tax contained in the price, in basis points.
    pub tax_rate_bp: i32,
    /// The units of the same SKU on the lines before this one.
    pub units_before: i64,
}

impl OrderLine {
    /// How many units of this line came back, of so many units of its SKU that did: those of the first line
    /// come back first, as they are refunded first.
    pub fn returned(&self, units: i64) -> i64 {
        units
            .saturating_sub(self.units_before)
            .clamp(0, self.quantity.max(0))
    }
}

/// Something that happened for an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineStep {
    /// The order.
    pub order_id: OrderId,
    /// The event.
    pub position: Position,
    /// What happened, as a word such as `stock_reserved`.
    pub step: String,
    /// What there is to say of it, in English.
    pub detail: Option<String>,
    /// What the detail is made of, for programs that say it in other languages.
    pub parameters: Vec<StepParameter>,
    /// The type of the aggregate that it happened to.
    pub aggregate_type: String,
    /// The aggregate that it happened to.
    pub aggregate_id: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Who asked for it; empty if nobody said.
    pub actor: String,
    /// The same for everything that follows from one request; empty if there was none.
    pub correlation_id: String,
    /// The position of the event that caused it; none when a request did.
    pub causation_id: Option<String>,
}

/// Which orders are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// Only those of this customer.
    pub customer_id: Option<CustomerId>,
    /// Only those in this state.
    pub status: Option<String>,
    /// Only those placed at this time or later.
    pub placed_since: Option<DateTime<Utc>>,
    /// Only those placed before this time.
    pub placed_until: Option<DateTime<Utc>>,
}

/// Reads orders.
#[derive(Clone)]
pub struct OrdersReader {
    tables: Tables,
}

const COLUMNS: &str = "SELECT order_id, customer_id, status, cancel_code, cancel_reason, currency, total, tax, \
                       payment_id, payment_method, account_id, carrier, tracking_number, shipping_address, \
                       placed_at, updated_at, placed_position, position, sequence FROM {schema}.orders";

impl OrdersReader {
    pub(crate) fn new(tables: Tables) -> Self {
        Self { tables }
    }

    /// An order by its identifier.
    ///
    /// # Errors
    ///
    /// When the read model is not built or the database cannot be reached.
    pub async fn order(&self, id: OrderId) -> Result<Option<Order>, ReadModelError> {
        Ok(self.orders_by_id(&[id]).await?.remove(&id))
    }

    /// Orders by their identifiers; those that do not exist are absent.
    ///
    /// # Errors
    ///
    /// As for [`Self::order`], and when too many are asked for.
    pub async fn orders_by_id(&self, ids: &[OrderId]) -> Result<HashMap<OrderId, Order>, ReadModelError> {
        let statement = self
            .schema()
            .await?
            .sql(&format!("{COLUMNS} WHERE order_id = ANY ($1)"));
        let rows = sqlx::query(&statement)
            .bind(uuids(ids)?)
            .fetch_all(self.tables.pool())
            .await?;
        let orders = rows
            .iter()
            .map(order)
            .map(|order| order.map(|order| (order.id, order)));
        Ok(orders.collect::<Result<_, _>>()?)
    }

    /// Orders as they were at a point of the past; those that were not placed yet are absent. What is
    /// after the position that the read model has reached is not known to it.
    ///
    /// # Errors
    ///
    /// As for [`Self::order`], and when too many are asked for.
    pub async fn orders_as_of(
        &self,
        ids: &[OrderId],
        as_of: AsOf,
    ) -> Result<HashMap<OrderId, Order>, ReadModelError> {
        let position = self.tables.resolve(as_of).await?;
        let statement = self.schema().await?.sql(include_str!("as_of.sql"));
        let query = sqlx::query(&statement).bind(uuids(ids)?).bind(position);
        let rows = query.fetch_all(self.tables.pool()).await?;
        let orders = rows
            .iter()
            .map(order)
            .map(|order| order.map(|order| (order.id, order)));
        Ok(orders.collect::<Result<_, _>>()?)
    }

    /// Orders, newest first.
    ///
    /// # Errors
    ///
    /// As for [`Self::order`], and when the page is none.
    pub async fn orders(
        &self,
        filter: &OrderFilter,
        page: &PageRequest,
    ) -> Result<Page<Order>, ReadModelError> {
        let (limit, (before, _)) = (page.limit()?, page.before_position()?);
        let mut query = QueryBuilder::<Postgres>::new(self.schema().await?.sql(COLUMNS));
        query.push(" WHERE placed_position < ").push_bind(before);
        filter.push(&mut query);
        query
            .push(" ORDER BY placed_position DESC LIMIT ")
            .push_bind(limit);
        let rows = query.build().fetch_all(self.tables.pool()).await?;
        let orders = rows.iter().map(order).collect::<Result<_, _>>()?;
        Ok(Page::new(page, orders, |order: &Order| {
            Cursor::at(order.placed_position, 0)
        }))
    }

    /// The lines of some orders, in order.
    ///
    /// # Errors
    ///
    /// As for [`Self::order`], and when too many are asked for.
    pub async fn lines_of(
        &self,
        ids: &[OrderId],
    ) -> Result<HashMap<OrderId, Vec<OrderLine>>, ReadModelError> {
        let lines = "SELECT order_id, line, sku, product_id, name, quantity, unit_price, currency, tax_rate_bp \
                     FROM {schema}.lines WHERE order_id = ANY ($1) ORDER BY order_id, line";
        let statement = self.schema().await?.sql(lines);
        let rows = sqlx::query(&statement)
            .bind(uuids(ids)?)
            .fetch_all(self.tables.pool())
            .await?;
        let mut lines = group(&rows, line, |line| line.order_id)?;
        for lines in lines.values_mut() {
            count_before(lines);
        }
        Ok(lines)
    }

    /// The timelines of some orders, oldest step first.
    ///
    /// # Errors
    ///
    /// As for [`Self::order`], and when too many are asked for.
    pub async fn timelines_of(
        &self,
        ids: &[OrderId],
    ) -> Result<HashMap<OrderId, Vec<TimelineStep>>, ReadModelError> {
        let steps = "SELECT order_id, position, step, detail, parameters, aggregate_type, aggregate_id, at, actor, \
                     correlation_id, causation_id \
                     FROM {schema}.timeline WHERE order_id = ANY ($1) ORDER BY order_id, position";
        let statement = self.schema().await?.sql(steps);
        let rows = sqlx::query(&statement)
            .bind(uuids(ids)?)
            .fetch_all(self.tables.pool())
            .await?;
        group(&rows, step, |step| step.order_id)
    }

    pub(super) const fn tables(&self) -> &Tables {
        &self.tables
    }

    async fn schema(&self) -> Result<Schema, ReadModelError> {
        self.tables.schema(Orders::NAME).await
    }
}

fn uuids(ids: &[OrderId]) -> Result<Vec<Uuid>, ReadModelError> {
    Ok(bounded(ids)?.iter().map(OrderId::uuid).collect())
}

fn group<T>(
    rows: &[PgRow],
    read: impl Fn(&PgRow) -> Result<T, sqlx::Error>,
    key: impl Fn(&T) -> OrderId,
) -> Result<HashMap<OrderId, Vec<T>>, ReadModelError> {
    let mut groups: HashMap<OrderId, Vec<T>> = HashMap::new();
    for row in rows {
        let value = read(row)?;
        groups.entry(key(&value)).or_default().push(value);
    }
    Ok(groups)
}

fn order(row: &PgRow) -> Result<Order, sqlx::Error> {
    Ok(Order {
        id: id(row, "order_id", OrderId::new)?,
        customer_id: id(row, "customer_id", CustomerId::new)?,
        status: row.try_get("status")?,
        cancel_code: row.try_get("cancel_code")?,
        cancel_reason: row.try_get("cancel_reason")?,
        total: money(row, "total", "currency")?,
        tax: money(row, "tax", "currency")?,
        payment_id: id(row, "payment_id", PaymentId::new)?,
        payment_method: row.try_get("payment_method")?,
        account_id: row.try_get::<Option<Uuid>, _>("account_id")?.map(AccountId::new),
        carrier: row.try_get("carrier")?,
        tracking_number: row.try_get("tracking_number")?,
        shipping_address: json(row, "shipping_address")?,
        placed_at: row.try_get("placed_at")?,
        updated_at: row.try_get("updated_at")?,
        placed_position: row.try_get("placed_position")?,
        position: row.try_get("position")?,
        sequence: row.try_get("sequence")?,
    })
}

/// Counts the units of the same SKU on the lines before each line.
fn count_before(lines: &mut [OrderLine]) {
    let mut units: HashMap<Sku, i64> = HashMap::new();
    for line in lines {
        let before = units.entry(line.sku.clone()).or_default();
        line.units_before = *before;
        *before = before.saturating_add(line.quantity);
    }
}

fn line(row: &PgRow) -> Result<OrderLine, sqlx::Error> {
    Ok(OrderLine {
        order_id: id(row, "order_id", OrderId::new)?,
        line: row.try_get("line")?,
        sku: text(row, "sku")?,
        product_id: id(row, "product_id", ProductId::new)?,
        name: row.try_get("name")?,
        quantity: row.try_get("quantity")?,
        unit_price: money(row, "unit_price", "currency")?,
        tax_rate_bp: row.try_get("tax_rate_bp")?,
        units_before: 0,
    })
}

fn step(row: &PgRow) -> Result<TimelineStep, sqlx::Error> {
    Ok(TimelineStep {
        order_id: id(row, "order_id", OrderId::new)?,
        position: row.try_get("position")?,
        step: row.try_get("step")?,
        detail: row.try_get("detail")?,
        parameters: match row.try_get::<Option<serde_json::Value>, _>("parameters")? {
            Some(_) => json(row, "parameters")?,
            None => Vec::new(),
        },
        aggregate_type: row.try_get("aggregate_type")?,
        aggregate_id: row.try_get("aggregate_id")?,
        at: row.try_get("at")?,
        actor: row.try_get("actor")?,
        correlation_id: row.try_get("correlation_id")?,
        causation_id: row.try_get("causation_id")?,
    })
}
