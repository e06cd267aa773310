//! Events into rows, in memory.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    Event,
    order::{Line, OrderEvent, PaymentMethod},
    value::OrderId,
};
use uuid::Uuid;

use super::timeline::Step;
use crate::recorded::{EventError, Recorded};

/// What a batch of events changes. The order of the maps keeps two transactions from waiting for each
/// other's rows in circles.
#[derive(Debug, Default)]
pub struct OrdersBatch {
    pub(super) placed: BTreeMap<OrderId, OrderRow>,
    pub(super) lines: Vec<LineRow>,
    pub(super) changed: BTreeMap<OrderId, ChangeRow>,
    pub(super) steps: Vec<Step>,
}

/// A new order.
#[derive(Debug)]
pub(super) struct OrderRow {
    pub(super) order_id: Uuid,
    pub(super) customer_id: Uuid,
    pub(super) currency: String,
    pub(super) total: i64,
    pub(super) tax: i64,
    pub(super) payment_id: Uuid,
    pub(super) payment_method: &'static str,
    pub(super) account_id: Option<Uuid>,
    pub(super) shipping_address: String,
    pub(super) placed_at: DateTime<Utc>,
    pub(super) placed_position: i64,
}

/// A line of a new order.
#[derive(Debug)]
pub(super) struct LineRow {
    pub(super) order_id: Uuid,
    pub(super) line: i16,
    pub(super) sku: String,
    pub(super) product_id: Uuid,
    pub(super) name: String,
    pub(super) quantity: i64,
    pub(super) unit_price: i64,
    pub(super) currency: String,
    pub(super) tax_rate_bp: i32,
}

/// What became of an order: an absent field stays as it is.
#[derive(Debug, Default)]
pub(super) struct ChangeRow {
    pub(super) order_id: Uuid,
    pub(super) status: &'static str,
    pub(super) cancel_code: Option<&'static str>,
    pub(super) cancel_reason: Option<String>,
    pub(super) carrier: Option<String>,
    pub(super) tracking_number: Option<String>,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) position: i64,
}

impl OrdersBatch {
    pub(super) fn apply(&mut self, recorded: &Recorded) -> Result<(), EventError> {
        if let Event::Order(event) = &recorded.event {
            self.apply_order(recorded.id()?, event, recorded)?;
        }
        self.steps.extend(Step::of(recorded)?);
        Ok(())
    }

    fn apply_order(
        &mut self,
        order_id: OrderId,
        event: &OrderEvent,
        recorded: &Recorded,
    ) -> Result<(), EventError> {
        let status = match event {
            OrderEvent::Placed { lines, .. } => {
                self.placed.insert(order_id, placed(order_id, event, recorded)?);
                self.lines.extend(
                    lines
                        .iter()
                        .zip(1..)
                        .map(|(line, number)| row(order_id, number, line)),
                );
                "placed"
            }
            OrderEvent::Confirmed {} => "confirmed",
            OrderEvent::Paid {} => "paid",
            OrderEvent::Cancelled { .. } => "cancelled",
            OrderEvent::Shipped { .. } => "shipped",
            OrderEvent::Delivered {} => "delivered",
        };
        let change = self.changed.entry(order_id).or_default();
        change.order_id = order_id.uuid();
        change.status = status;
        change.updated_at = recorded.envelope.recorded_at;
        change.position = recorded.envelope.position;
        match event {
            OrderEvent::Cancelled { reason } => {
                change.cancel_code = Some(reason.code());
                change.cancel_reason = Some(reason.to_string());
            }
            OrderEvent::Shipped {
                carrier,
                tracking_number,
            } => {
                change.carrier = carrier.as_ref().map(ToString::to_string);
                change.tracking_number = Some(tracking_number.to_string());
            }
            _ => {}
        }
        Ok(())
    }
}

fn placed(order_id: OrderId, event: &OrderEvent, recorded: &Recorded) -> Result<OrderRow, EventError> {
    let OrderEvent::Placed {
        customer_id,
        total,
        tax,
        payment_id,
        payment,
        shipping_address,
        ..
    } = event
    else {
        return Err(recorded.refuse("only a placed order has these fields"));
    };
    let account_id = match payment {
        PaymentMethod::Account { account_id } => Some(account_id.uuid()),
        PaymentMethod::Card { .. } => None,
    };
    Ok(OrderRow {
        order_id: order_id.uuid(),
        customer_id: customer_id.uuid(),
        currency: total.currency.to_string(),
        total: total.amount,
        tax: tax.amount,
        payment_id: payment_id.uuid(),
        payment_method: payment.name(),
        account_id,
        shipping_address: serde_json::to_string(shipping_address).map_err(|error| recorded.refuse(error))?,
        placed_at: recorded.envelope.recorded_at,
        placed_position: recorded.envelope.position,
    })
}

fn row(order_id: OrderId, number: i16, line: &Line) -> LineRow {
    LineRow {
        order_id: order_id.uuid(),
        line: number,
        sku: line.sku.to_string(),
        product_id: line.product_id.uuid(),
        name: line.name.clone(),
        quantity: line.quantity.into(),
        unit_price: line.unit_price.amount,
        currency: line.unit_price.currency.to_string(),
        tax_rate_bp: line.tax_rate_bp.into(),
    }
}
