//! Every refusal of a stock.

use super::state::Bucket;
use crate::{
    refusal::Refusal,
    value::{Lot, OrderId, WarehouseCode},
};

/// Why a stock did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the sentence of each variant is its documentation")]
pub enum StockError {
    #[error("a lot keeps its day of expiry")]
    OtherExpiry,
    #[error("the warehouse cannot hold that many units")]
    TooManyUnits,
    #[error("a difference must not be zero and at most ten million units")]
    Difference,
    #[error("only {free} free units are in warehouse {warehouse}")]
    NotEnough { warehouse: WarehouseCode, free: u64 },
    #[error(
        "only {on_hand} units are booked in warehouse {warehouse}, {reserved} of them reserved for orders"
    )]
    BelowZero {
        warehouse: WarehouseCode,
        on_hand: u64,
        reserved: u64,
    },
    #[error("the warehouse cannot hold as many units as were counted")]
    CountTooLarge,
    #[error("the lot expires on another day in the other warehouse; correct its day of expiry first")]
    LotsDiffer,
    #[error("there is no lot {0}")]
    NoSuchLot(Lot),
    #[error("{missing} of the units reserved for order {order_id} are missing in warehouse {warehouse}")]
    Short {
        order_id: OrderId,
        warehouse: WarehouseCode,
        missing: u64,
    },
    #[error("goods must move to another warehouse")]
    SameWarehouse,
    #[error("nothing is reserved for order {0}")]
    NoSuchReservation(OrderId),
}

impl StockError {
    pub(super) fn not_enough(warehouse: WarehouseCode, bucket: Option<&Bucket>) -> Self {
        Self::NotEnough {
            warehouse,
            free: bucket.map_or(0, Bucket::free),
        }
    }

    pub(super) fn below_zero(warehouse: WarehouseCode, bucket: Option<&Bucket>) -> Self {
        Self::BelowZero {
            warehouse,
            on_hand: bucket.map_or(0, |bucket| bucket.on_hand),
            reserved: bucket.map_or(0, |bucket| bucket.reserved),
        }
    }
}

impl Refusal for StockError {
    fn code(&self) -> &'static str {
        match self {
            Self::OtherExpiry => "other_expiry",
            Self::TooManyUnits => "too_many_units",
            Self::Difference => "difference",
            Self::NotEnough { .. } | Self::BelowZero { .. } => "not_enough_stock",
            Self::CountTooLarge => "too_many_units",
            Self::LotsDiffer => "other_expiry",
            Self::NoSuchLot(_) => "unknown_lot",
            Self::Short { .. } => "stock_short",
            Self::SameWarehouse => "same_warehouse",
            Self::NoSuchReservation(_) => "no_such_reservation",
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::OtherExpiry => Some("expires_on"),
            Self::TooManyUnits | Self::NotEnough { .. } => Some("quantity"),
            Self::Difference | Self::BelowZero { .. } | Self::CountTooLarge => Some("difference"),
            Self::LotsDiffer | Self::NoSuchLot(_) => Some("lot"),
            Self::SameWarehouse => Some("to"),
            Self::NoSuchReservation(_) | Self::Short { .. } => None,
        }
    }
}
