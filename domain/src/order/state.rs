//! The state of an order, and how events change it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CancelReason, OrderEvent, PaymentMethod, ReturnLine, Sold, TakenBack};
use crate::{
    aggregate::aggregate,
    value::{CustomerId, Money, PaymentId, Reason, ReturnId, Sku},
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
    /// Whether it is paid by card.
    #[serde(default)]
    pub by_card: bool,
    /// How far it came.
    pub status: OrderStatus,
    /// What it sold, by SKU.
    #[serde(default)]
    pub sold: BTreeMap<Sku, Sold>,
    /// The returns that wait for their goods.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub returns: BTreeMap<ReturnId, Vec<ReturnLine>>,
    /// The returns that ended and how, so that a repeated request or decision is known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ended_returns: BTreeMap<ReturnId, EndedReturn>,
}

/// How a return ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum EndedReturn {
    /// The goods came back.
    Accepted {
        /// What came back and what became of it.
        lines: Vec<TakenBack>,
        /// How much money was to go back when it was accepted.
        decided: Money,
        /// How much money goes back after all.
        refund: Money,
    },
    /// The goods stayed with the customer.
    Rejected {
        /// Why.
        reason: Reason,
    },
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
                payment,
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
                    by_card: matches!(payment, PaymentMethod::Card { .. }),
                    status,
                    sold,
                    returns: BTreeMap::new(),
                    ended_returns: BTreeMap::new(),
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
            OrderEvent::ReturnAccepted {
                return_id,
                lines,
                refund,
                ..
            } => {
                if let Self::Placed(order) = self {
                    let decided = refund;
                    let end = EndedReturn::Accepted {
                        lines,
                        decided,
                        refund,
                    };
                    order.end_return(return_id, end);
                }
                return;
            }
            OrderEvent::RefundReduced {
                return_id, refund, ..
            } => {
                if let Self::Placed(order) = self {
                    order.note_refund(return_id, refund);
                }
                return;
            }
            OrderEvent::ReturnRejected { return_id, reason } => {
                if let Self::Placed(order) = self {
                    order.end_return(return_id, EndedReturn::Rejected { reason });
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
    /// Whether a return was asked for, whatever became of it.
    pub fn knows_return(&self, return_id: ReturnId) -> bool {
        self.returns.contains_key(&return_id) || self.ended_returns.contains_key(&return_id)
    }

    fn await_goods(&mut self, return_id: ReturnId, lines: Vec<ReturnLine>) {
        for line in &lines {
            if let Some(sold) = self.sold.get_mut(&line.sku) {
                sold.awaited = sold.awaited.saturating_add(line.quantity.units());
            }
        }
        self.returns.insert(return_id, lines);
    }

    fn end_return(&mut self, return_id: ReturnId, end: EndedReturn) {
        for line in self.returns.remove(&return_id).unwrap_or_default() {
            if let Some(sold) = self.sold.get_mut(&line.sku) {
                sold.awaited = sold.awaited.saturating_sub(line.quantity.units());
            }
        }
        let taken_back = match &end {
            EndedReturn::Accepted { lines, .. } => lines.as_slice(),
            EndedReturn::Rejected { .. } => &[],
        };
        for line in taken_back {
            if let Some(sold) = self.sold.get_mut(&line.sku) {
                sold.returned = sold.returned.saturating_add(line.quantity.units());
            }
        }
        self.ended_returns.insert(return_id, end);
    }

    fn note_refund(&mut self, return_id: ReturnId, after_all: Money) {
        if let Some(EndedReturn::Accepted { refund, .. }) = self.ended_returns.get_mut(&return_id) {
            *refund = after_all;
        }
    }
}
