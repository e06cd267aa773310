//! Every refusal of an order.

use super::{MAX_LINES, MAX_OPEN_RETURNS, MAX_RETURNS};
use crate::{
    payment::gateway_amount::NotChargeable,
    refusal::{Refusal, RefusalKind},
    value::{Money, Quantity, Sku},
};

/// Why an order did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the sentence of each variant is its documentation")]
pub enum OrderError {
    #[error("there is no such order")]
    Unknown,
    #[error("the order exists already")]
    AlreadyPlaced,
    #[error("an order has 1 to {MAX_LINES} lines")]
    LineCount,
    #[error("all lines of an order are in one currency")]
    MixedCurrencies,
    #[error("a price must be above zero")]
    PriceNotPositive,
    #[error("the lines ask for more than {max} units of {0}", max = Quantity::MAX)]
    TooManyUnits(Sku),
    #[error("the total is too large")]
    TotalTooLarge,
    #[error(transparent)]
    NotChargeable(#[from] NotChargeable),
    #[error("the total is {total} now")]
    TotalChanged { total: Money },
    #[error("the order has shipped already")]
    AlreadyShipped,
    #[error("the order was cancelled")]
    AlreadyCancelled,
    #[error("the order is not paid yet")]
    NotPaid,
    #[error("the order has not shipped yet")]
    NotShipped,
    #[error("all goods of the order came back already")]
    AlreadyReturned,
    #[error("there is no such return")]
    NoSuchReturn,
    #[error("the return was decided before, in another way")]
    ReturnDecided,
    #[error("an order has at most {MAX_RETURNS} returns")]
    TooManyReturnsInAll,
    #[error("at most {MAX_OPEN_RETURNS} returns of an order wait for their goods at once")]
    TooManyReturns,
    #[error("a return has 1 to {MAX_LINES} lines, and is requested with each SKU once")]
    ReturnLines,
    #[error("only {returnable} units of {sku} can come back")]
    MoreThanSold { sku: Sku, returnable: u32 },
    #[error("at most {most} can be refunded for these goods")]
    RefundTooLarge { most: Money },
    #[error("a card is refunded in steps of {step}")]
    RefundStep { step: Money },
}

impl Refusal for OrderError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown_order",
            Self::AlreadyPlaced => "order_already_placed",
            Self::LineCount => "line_count",
            Self::MixedCurrencies => "mixed_currencies",
            Self::PriceNotPositive => "price_not_positive",
            Self::TooManyUnits(_) => "too_many_units",
            Self::TotalTooLarge => "total_too_large",
            Self::NotChargeable(_) => "not_chargeable",
            Self::TotalChanged { .. } => "total_changed",
            Self::AlreadyShipped => "already_shipped",
            Self::AlreadyCancelled => "already_cancelled",
            Self::NotPaid => "not_paid",
            Self::NotShipped => "not_shipped",
            Self::AlreadyReturned => "already_returned",
            Self::NoSuchReturn => "unknown_return",
            Self::ReturnDecided => "return_decided",
            Self::TooManyReturnsInAll => "too_many_returns_in_all",
            Self::TooManyReturns => "too_many_returns",
            Self::ReturnLines => "return_lines",
            Self::MoreThanSold { .. } => "more_than_sold",
            Self::RefundTooLarge { .. } => "refund_too_large",
            Self::RefundStep { .. } => "refund_step",
        }
    }

    fn kind(&self) -> RefusalKind {
        if matches!(self, Self::Unknown | Self::NoSuchReturn) {
            RefusalKind::Unknown
        } else if matches!(self, Self::AlreadyPlaced) {
            RefusalKind::AlreadyExists
        } else {
            RefusalKind::Rule
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::LineCount
            | Self::MixedCurrencies
            | Self::PriceNotPositive
            | Self::TooManyUnits(_)
            | Self::TotalTooLarge
            | Self::NotChargeable(_)
            | Self::ReturnLines
            | Self::MoreThanSold { .. } => Some("lines"),
            Self::RefundTooLarge { .. } | Self::RefundStep { .. } => Some("refund"),
            Self::TotalChanged { .. } => Some("expected_total"),
            Self::Unknown
            | Self::AlreadyPlaced
            | Self::AlreadyShipped
            | Self::AlreadyCancelled
            | Self::NotPaid
            | Self::NotShipped
            | Self::AlreadyReturned
            | Self::NoSuchReturn
            | Self::ReturnDecided
            | Self::TooManyReturns
            | Self::TooManyReturnsInAll => None,
        }
    }
}
