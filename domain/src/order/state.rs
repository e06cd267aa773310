//! The state of an order, and how events change it.

use serde::{Deserialize, Serialize};

use super::{CancelReason, OrderEvent};
use crate::{
    aggregate::aggregate,
    value::{CustomerId, Money, PaymentId},
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

/// What later decisions need to know of an order. Its lines are in the event, not here.
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
                ..
            } => {
                let status = OrderStatus::Placed;
                *self = Self::Placed(PlacedOrder {
                    customer_id,
                    total,
                    payment_id,
                    status,
                });
                return;
            }
            OrderEvent::Confirmed {} => OrderStatus::Confirmed,
            OrderEvent::Paid {} => OrderStatus::Paid,
            OrderEvent::Cancelled { reason } => OrderStatus::Cancelled(reason),
            OrderEvent::Shipped { .. } => OrderStatus::Shipped,
            OrderEvent::Delivered {} => OrderStatus::Delivered,
        };
        if let Self::Placed(order) = self {
            order.status = status;
        }
    }
}
