//! The state of an order, and how events change it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{CancelReason, OrderEvent, ReturnLine, Sold, TakenBack};
use crate::{
    aggregate::aggregate,
    value::{CustomerId, Money, PaymentId, ReturnId, Sku},
};

/// An order, placed or not yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// Nobody has placed it.
    #[default]
    Unplaced,
    /// It is on its way to an end.
    Placed(PlacedOrder),
}

/// What later decisions need to know of an order. Names and taxes of its lines are in the event, not here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedOrder {
    /// Who buys.
    pub customer_id: CustomerId,
    /// The sum of the lines.
    pub total: Money,
    /// Its payment.
    pub payment_id: PaymentId,
    /// How far it came.
    pub status: OrderStatus,
    /// What it sold, by SKU.
    #[serde(default)]
    pub sold: BTreeMap<Sku, Sold>,
    /// The returns that wait for their goods.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub returns: BTreeMap<ReturnId, Vec<ReturnLine>>,
    /// The returns that ended, so that a repeated request is known.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub ended_returns: BTreeSet<ReturnId>,
}

/// How far an order came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderStatus {
    /// Nothing is sure yet.
    Placed,
    /// Units reserved, payment authorised.
    Confirmed,
    /// Payment captured.
    Paid,
    /// On its way to the customer.
    Shipped,
    /// With the customer.
    Delivered,
    /// Ended before it left the warehouse.
    Cancelled(CancelReason),
    /// All its goods came back.
    Returned,
}

impl OrderStatus {
    /// The name as the customer sees it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Confirmed => "confirmed",
            Self::Paid => "paid",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Cancelled(_) => "cancelled",
            Self::Returned => "returned",
        }
    }
}

aggregate!(Order, "order", super::OrderCommand, OrderEvent, super::OrderError);

impl Order {
    /// Folds one event into the state.
    pub(crate) fn evolve(&mut self, event: OrderEvent) {
        let status = match event {
            OrderEvent::Placed {
                customer_id,
                total,
                payment_id,
                lines,
                ..
            } => {
                let status = OrderStatus::Placed;
                let mut sold: BTreeMap<Sku, Sold> = BTreeMap::new();
                for line in lines {
                    sold.entry(line.sku)
                        .or_default()
                        .add(line.quantity, line.unit_price);
                }
                *self = Self::Placed(PlacedOrder {
                    customer_id,
                    total,
                    payment_id,
                    status,
                    sold,
                    returns: BTreeMap::new(),
                    ended_returns: BTreeSet::new(),
                });
                return;
            }
            OrderEvent::Confirmed {} => OrderStatus::Confirmed,
            OrderEvent::Paid {} => OrderStatus::Paid,
            OrderEvent::Cancelled { reason } => OrderStatus::Cancelled(reason),
            OrderEvent::Shipped { .. } => OrderStatus::Shipped,
            OrderEvent::Delivered {} => OrderStatus::Delivered,
            OrderEvent::Returned {} => OrderStatus::Returned,
            OrderEvent::ReturnRequested { return_id, lines, .. } => {
                if let Self::Placed(order) = self {
                    order.await_goods(return_id, lines);
                }
                return;
            }
            OrderEvent::ReturnAccepted { return_id, lines, .. } => {
                if let Self::Placed(order) = self {
                    order.end_return(return_id, &lines);
                }
                return;
            }
            OrderEvent::ReturnRejected { return_id, .. } => {
                if let Self::Placed(order) = self {
                    order.end_return(return_id, &[]);
                }
                return;
            }
        };
        if let Self::Placed(order) = self {
            order.status = status;
        }
    }
}

impl PlacedOrder {
    fn await_goods(&mut self, return_id: ReturnId, lines: Vec<ReturnLine>) {
        for line in &lines {
            if let Some(sold) = self.sold.get_mut(&line.sku) {
                sold.awaited = sold.awaited.saturating_add(line.quantity.units());
            }
        }
        self.returns.insert(return_id, lines);
    }

    fn end_return(&mut self, return_id: ReturnId, taken_back: &[TakenBack]) {
        for line in self.returns.remove(&return_id).unwrap_or_default() {
            if let Some(sold) = self.sold.get_mut(&line.sku) {
                sold.awaited = sold.awaited.saturating_sub(line.quantity.units());
            }
        }
        for line in taken_back {
            if let Some(sold) = self.sold.get_mut(&line.sku) {
                sold.returned = sold.returned.saturating_add(line.quantity.units());
            }
        }
        self.ended_returns.insert(return_id);
    }
}
