//! What happened to the stock of a SKU, as stored for ever.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    aggregate::stored_names,
    value::{Lot, OrderId, Quantity, Reason, ReturnId, WarehouseCode, is_default},
};

/// An event of the stock of one SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StockEvent {
    /// Goods arrived.
    #[serde(rename = "StockReceived")]
    Received {
        /// Where.
        warehouse: WarehouseCode,
        /// How many.
        quantity: Quantity,
        /// The batch, if it has a number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lot: Option<Lot>,
        /// The last day on which it may be sold.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_on: Option<NaiveDate>,
    },
    /// A count corrected the books.
    #[serde(rename = "StockAdjusted")]
    Adjusted {
        /// Where.
        warehouse: WarehouseCode,
        /// Units found (above zero) or missing (below).
        difference: i64,
        /// The batch, if it has a number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lot: Option<Lot>,
        /// The last day on which the batch may be sold, where the count found it in a new place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_on: Option<NaiveDate>,
        /// Why.
        reason: Reason,
    },
    /// A count left fewer units in a place than are reserved there: some orders cannot be served from it.
    #[serde(rename = "StockFellShort")]
    FellShort {
        /// Where.
        warehouse: WarehouseCode,
        /// The batch, if it has a number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lot: Option<Lot>,
        /// How many reserved units are missing.
        missing: u64,
        /// How many more than before.
        more: u64,
        /// The newest orders with units in the place, as many as miss some.
        orders: Vec<OrderId>,
    },
    /// Units came to a place that was short, or orders gave theirs back: fewer reserved units are missing.
    #[serde(rename = "StockShortageEased")]
    ShortageEased {
        /// Where.
        warehouse: WarehouseCode,
        /// The batch, if it has a number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lot: Option<Lot>,
        /// How many reserved units are still missing.
        missing: u64,
        /// How many fewer than before.
        fewer: u64,
    },
    /// All units of a lot expire on this day, wherever they lie.
    #[serde(rename = "LotExpiryCorrected")]
    ExpiryCorrected {
        /// The batch.
        lot: Lot,
        /// The last day on which it may be sold; nothing when it does not expire.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_on: Option<NaiveDate>,
    },
    /// Goods moved between warehouses: two legs of one movement.
    #[serde(rename = "StockTransferred")]
    Transferred {
        /// Where they were.
        from: WarehouseCode,
        /// Where they are now.
        to: WarehouseCode,
        /// How many.
        quantity: Quantity,
        /// The batch, if it has a number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lot: Option<Lot>,
        /// The last day on which the batch may be sold.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_on: Option<NaiveDate>,
    },
    /// Units were set aside for an order.
    #[serde(rename = "StockReserved")]
    Reserved {
        /// The order.
        order_id: OrderId,
        /// How many.
        quantity: Quantity,
        /// Which units, by warehouse and lot.
        allocations: Vec<Allocation>,
        /// Until when they are kept.
        expires_at: DateTime<Utc>,
        /// Whether the order needs other units as well, and releases these if it does not get them.
        #[serde(default, skip_serializing_if = "is_default")]
        provisional: bool,
    },
    /// An order asked for units that could not be set aside.
    ///
    /// A fact and not an error: whoever waits for the reservation learns the outcome from the log.
    #[serde(rename = "ReservationRefused")]
    ReservationRefused {
        /// The order.
        order_id: OrderId,
        /// How many it asked for.
        quantity: Quantity,
        /// How many could have been set aside.
        available: u64,
        /// How many more are reserved provisionally by orders so new that they may yet release them.
        #[serde(default, skip_serializing_if = "is_default")]
        undecided: u64,
        /// Why not.
        reason: ReservationRefusal,
    },
    /// Reserved units are free again.
    #[serde(rename = "ReservationReleased")]
    Released {
        /// The order that had them.
        order_id: OrderId,
        /// How many.
        quantity: Quantity,
        /// Which units.
        allocations: Vec<Allocation>,
        /// Why.
        reason: ReleaseReason,
    },
    /// Reserved units left the warehouse.
    #[serde(rename = "ReservationCommitted")]
    Committed {
        /// The order that has them now.
        order_id: OrderId,
        /// How many.
        quantity: Quantity,
        /// Which units.
        allocations: Vec<Allocation>,
    },
    /// Reserved units are kept longer.
    #[serde(rename = "ReservationExtended")]
    Extended {
        /// The order that has them.
        order_id: OrderId,
        /// Until when they are kept now.
        expires_at: DateTime<Utc>,
    },
    /// Sold units came back and can be sold again.
    #[serde(rename = "StockReturned")]
    Returned {
        /// The order that had them.
        order_id: OrderId,
        /// The return that brought them.
        return_id: ReturnId,
        /// Where they are now.
        warehouse: WarehouseCode,
        /// How many.
        quantity: Quantity,
        /// The batch, if it has a number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lot: Option<Lot>,
        /// The last day on which the batch may be sold.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_on: Option<NaiveDate>,
    },
    /// Sold units came back and cannot be sold again; no level changes.
    #[serde(rename = "ReturnWrittenOff")]
    WrittenOff {
        /// The order that had them.
        order_id: OrderId,
        /// The return that brought them.
        return_id: ReturnId,
        /// How many.
        quantity: Quantity,
    },
    /// From here on a number of free units counts as low.
    #[serde(rename = "LowStockThresholdSet")]
    ThresholdSet {
        /// The number of free units; nothing when no number is low.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        threshold: Option<u64>,
    },
    /// The free units fell to the threshold or below it.
    #[serde(rename = "StockRanLow")]
    RanLow {
        /// How many are free.
        free: u64,
        /// The number from which down they are low.
        threshold: u64,
    },
}

/// Units of one lot in one warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// Where they are.
    pub warehouse: WarehouseCode,
    /// Their batch, if it has a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<Lot>,
    /// How many.
    pub quantity: Quantity,
}

/// Why units could not be set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReservationRefusal {
    /// Fewer units are free than were asked for.
    OutOfStock,
}

/// Why reserved units were given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseReason {
    /// The order was cancelled.
    OrderCancelled,
    /// Another line of the order was out of stock.
    OtherLineOutOfStock,
    /// The payment was declined or failed.
    PaymentFailed,
    /// The order did not move for as long as its units were kept.
    ReservationExpired,
    /// The warehouse could not ship the order.
    ShippingRefused,
}

stored_names!(StockEvent {
    Received => ("StockReceived", "1"),
    Adjusted => ("StockAdjusted", "1"),
    FellShort => ("StockFellShort", "1"),
    ShortageEased => ("StockShortageEased", "1"),
    ExpiryCorrected => ("LotExpiryCorrected", "1"),
    Transferred => ("StockTransferred", "1"),
    Reserved => ("StockReserved", "1"),
    ReservationRefused => ("ReservationRefused", "1"),
    Released => ("ReservationReleased", "1"),
    Committed => ("ReservationCommitted", "1"),
    Extended => ("ReservationExtended", "1"),
    Returned => ("StockReturned", "1"),
    WrittenOff => ("ReturnWrittenOff", "1"),
    ThresholdSet => ("LowStockThresholdSet", "1"),
    RanLow => ("StockRanLow", "1"),
});
