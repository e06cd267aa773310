//! Reading what came back.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    order::{ReturnLine, TakenBack},
    value::{Currency, Money, OrderId, ReturnId, Sku},
};
use event_store::Position;
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use super::{Orders, OrdersReader};
use crate::{
    reading::{ReadModelError, bounded, id, json, text},
    table::TableProjection,
};

/// The most returns that are listed of one order; older ones are left out. An order has at most 20 that wait
/// for their goods.
pub const MAX_LISTED_RETURNS: i64 = 100;

/// Goods of an order that a customer sends back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderReturn {
    /// Identifies it.
    pub id: ReturnId,
    /// The order.
    pub order_id: OrderId,
    /// `requested`, `accepted` or `rejected`.
    pub state: String,
    /// Why the customer sends the goods back.
    pub reason: String,
    /// Why the shop did not take them back.
    pub rejection: Option<String>,
    /// What the customer wants to send back.
    pub requested: Vec<ReturnLine>,
    /// What came back.
    pub taken_back: Vec<ReturnedLine>,
    /// How much money goes back.
    pub refund: Option<Money>,
    /// The part of it that is for goods which cannot be sold again.
    pub written_off: Option<Money>,
    /// The new order that the goods are exchanged for.
    pub exchange_order_id: Option<OrderId>,
    /// When it was requested.
    pub requested_at: DateTime<Utc>,
    /// The event that requested it.
    pub requested_position: Position,
    /// When it was accepted or rejected.
    pub ended_at: Option<DateTime<Utc>>,
    /// The last event of the return.
    pub position: Position,
}

/// Some units of one SKU that came back, and what became of them.
pub type ReturnedLine = TakenBack;

/// The units of each SKU that came back.
pub type ReturnedUnits = HashMap<Sku, i64>;

/// An order, and the last event that counts; the highest position there is for an order as it is.
type OrderAsOf = (OrderId, Position);

impl OrdersReader {
    /// The returns of some orders, oldest first: the newest [`MAX_LISTED_RETURNS`] of each.
    ///
    /// # Errors
    ///
    /// As for [`Self::order`], and when too many are asked for.
    pub async fn returns_of(
        &self,
        keys: &[OrderAsOf],
    ) -> Result<HashMap<OrderAsOf, Vec<OrderReturn>>, ReadModelError> {
        let rows = self.rows(include_str!("returns_of.sql"), keys, Some(MAX_LISTED_RETURNS));
        let rows = rows.await?;
        let mut returns: HashMap<OrderAsOf, Vec<OrderReturn>> = HashMap::new();
        for row in &rows {
            let up_to = row.try_get("up_to")?;
            let key = (id(row, "order_id", OrderId::new)?, up_to);
            returns.entry(key).or_default().push(order_return(row, up_to)?);
        }
        Ok(returns)
    }

    /// How many units of each SKU of some orders came back.
    ///
    /// # Errors
    ///
    /// As for [`Self::order`], and when too many are asked for.
    pub async fn returned_units_of(
        &self,
        keys: &[OrderAsOf],
    ) -> Result<HashMap<OrderAsOf, ReturnedUnits>, ReadModelError> {
        let rows = self.rows(include_str!("returned_units.sql"), keys, None).await?;
        let mut units: HashMap<OrderAsOf, ReturnedUnits> = HashMap::new();
        for row in &rows {
            let key = (id(row, "order_id", OrderId::new)?, row.try_get("up_to")?);
            let of_order = units.entry(key).or_default();
            of_order.insert(text(row, "sku")?, row.try_get("units")?);
        }
        Ok(units)
    }

    async fn rows(
        &self,
        statement: &str,
        keys: &[OrderAsOf],
        limit: Option<i64>,
    ) -> Result<Vec<PgRow>, ReadModelError> {
        let keys = bounded(keys)?;
        let ids: Vec<Uuid> = keys.iter().map(|(id, _)| id.uuid()).collect();
        let positions: Vec<Position> = keys.iter().map(|(_, position)| *position).collect();
        let statement = self.tables().schema(Orders::NAME).await?.sql(statement);
        let mut query = sqlx::query(&statement).bind(ids).bind(positions);
        if let Some(limit) = limit {
            query = query.bind(limit);
        }
        Ok(query.fetch_all(self.tables().pool()).await?)
    }
}

fn order_return(row: &PgRow, up_to: Position) -> Result<OrderReturn, sqlx::Error> {
    let requested_position: Position = row.try_get("requested_position")?;
    let ended_position: Option<Position> = row.try_get("ended_position")?;
    // What ended after the point of the past that is shown had not ended then.
    let ended_position = ended_position.filter(|position| *position <= up_to);
    // Of an accepted return the acceptance, or the last event that reduced its refund.
    let refund_position: Option<Position> = row.try_get("refund_position")?;
    let mut found = OrderReturn {
        id: id(row, "return_id", ReturnId::new)?,
        order_id: id(row, "order_id", OrderId::new)?,
        state: "requested".to_owned(),
        reason: row.try_get("reason")?,
        rejection: None,
        requested: json(row, "requested")?,
        taken_back: Vec::new(),
        refund: None,
        written_off: None,
        exchange_order_id: row
            .try_get::<Option<Uuid>, _>("exchange_order_id")?
            .map(OrderId::new),
        requested_at: row.try_get("requested_at")?,
        requested_position,
        ended_at: None,
        position: refund_position.or(ended_position).unwrap_or(requested_position),
    };
    if ended_position.is_some() {
        found.state = row.try_get("outcome")?;
        found.rejection = row.try_get("rejection")?;
        found.ended_at = row.try_get("ended_at")?;
        found.refund = optional_money(row, "refund")?;
        found.written_off = optional_money(row, "written_off")?;
        if row
            .try_get::<Option<serde_json::Value>, _>("taken_back")?
            .is_some()
        {
            found.taken_back = json(row, "taken_back")?;
        }
    }
    Ok(found)
}

fn optional_money(row: &PgRow, column: &str) -> Result<Option<Money>, sqlx::Error> {
    let Some(amount) = row.try_get::<Option<i64>, _>(column)? else {
        return Ok(None);
    };
    let currency: Currency = crate::reading::currency(row, "currency")?;
    Ok(Some(Money { amount, currency }))
}
