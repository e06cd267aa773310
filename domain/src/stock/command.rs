//! What may be asked of the stock of a SKU.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::ReleaseReason;
use crate::value::{Lot, OrderId, Quantity, Reason, ReturnId, WarehouseCode};

/// A command to the stock of one SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StockCommand {
    /// Goods arrived.
    Receive {
        /// Where.
        warehouse: WarehouseCode,
        /// How many.
        quantity: Quantity,
        /// The batch, if it has a number.
        lot: Option<Lot>,
        /// The last day on which it may be sold.
        expires_on: Option<NaiveDate>,
    },
    /// A count found more or fewer units than the books.
    Adjust {
        /// Where.
        warehouse: WarehouseCode,
        /// The difference, counted minus booked; never zero.
        difference: i64,
        /// The batch, if it has a number.
        lot: Option<Lot>,
        /// Why.
        reason: Reason,
    },
    /// The day of expiry of a lot was wrong, or not the same everywhere: it is set for all units of the lot.
    CorrectExpiry {
        /// The batch.
        lot: Lot,
        /// The last day on which it may be sold; nothing when it does not expire.
        expires_on: Option<NaiveDate>,
    },
    /// Goods moved from one warehouse to another.
    Transfer {
        /// Where they were.
        from: WarehouseCode,
        /// Where they are now.
        to: WarehouseCode,
        /// How many.
        quantity: Quantity,
        /// The batch, if it has a number.
        lot: Option<Lot>,
    },
    /// Sets units aside for an order, all or none; answered by a fact, reserved or refused.
    Reserve {
        /// The order that asks; at most one reservation for each.
        order_id: OrderId,
        /// How many.
        quantity: Quantity,
        /// When it was asked: what expired before this day is not sold.
        at: DateTime<Utc>,
        /// Until when the units are kept.
        expires_at: DateTime<Utc>,
        /// Whether the order needs other units as well, and releases these if it does not get them.
        provisional: bool,
    },
    /// Gives reserved units back.
    Release {
        /// The order that had them.
        order_id: OrderId,
        /// Why.
        reason: ReleaseReason,
    },
    /// Keeps reserved units longer. Nothing is kept for an order that has no reservation.
    Extend {
        /// The order that has them.
        order_id: OrderId,
        /// Until when; never earlier than before.
        expires_at: DateTime<Utc>,
    },
    /// Gives reserved units back if they were kept until now and no longer.
    Expire {
        /// The order that had them.
        order_id: OrderId,
        /// The time that has come.
        at: DateTime<Utc>,
    },
    /// The reserved units left the warehouse.
    Commit {
        /// The order that has them now.
        order_id: OrderId,
    },
    /// Sold units came back and can be sold again.
    Restock {
        /// The order that had them.
        order_id: OrderId,
        /// The return that brought them.
        return_id: ReturnId,
        /// Where they are now.
        warehouse: WarehouseCode,
        /// How many.
        quantity: Quantity,
        /// The batch, if it has a number.
        lot: Option<Lot>,
    },
    /// Sold units came back and cannot be sold again: noted, no level changes.
    WriteOff {
        /// The order that had them.
        order_id: OrderId,
        /// The return that brought them.
        return_id: ReturnId,
        /// How many.
        quantity: Quantity,
    },
    /// Says from how many free units down the stock is low; nothing switches the warning off.
    SetLowStockThreshold {
        /// The number of free units.
        threshold: Option<u64>,
    },
}
