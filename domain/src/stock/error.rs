//! Every refusal of a stock.

use super::state::Bucket;
use crate::{
    refusal::Refusal,
    value::{OrderId, WarehouseCode},
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
}

impl Refusal for StockError {
    fn code(&self) -> &'static str {
        match self {
            Self::OtherExpiry => "other_expiry",
            Self::TooManyUnits => "too_many_units",
            Self::Difference => "difference",
            Self::NotEnough { .. } => "not_enough_stock",
            Self::SameWarehouse => "same_warehouse",
            Self::NoSuchReservation(_) => "no_such_reservation",
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::OtherExpiry => Some("expires_on"),
            Self::TooManyUnits | Self::NotEnough { .. } => Some("quantity"),
            Self::Difference => Some("difference"),
            Self::SameWarehouse => Some("to"),
            Self::NoSuchReservation(_) => None,
        }
    }
}
