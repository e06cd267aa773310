//! What may be asked of an order.

use serde::{Deserialize, Serialize};

use super::{CancelReason, Line, PaymentMethod, ReturnLine, TakenBack};
use crate::value::{Address, CustomerId, Money, OrderId, PaymentId, Reason, ReturnId, Text, TrackingNumber};

/// A command to one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderCommand {
    /// Places the order.
    Place(Box<Placement>),
    /// The units are reserved and the payment is authorised.
    Confirm,
    /// The payment was captured.
    MarkPaid,
    /// Ends the order before it leaves the warehouse.
    Cancel {
        /// Why.
        reason: CancelReason,
    },
    /// The goods left the warehouse.
    Ship {
        /// Who carries them.
        carrier: Option<Text<100>>,
        /// The carrier's number for the parcel.
        tracking_number: TrackingNumber,
    },
    /// The customer has the goods.
    Deliver,
    /// The customer wants to send goods back.
    RequestReturn {
        /// Names the return.
        return_id: ReturnId,
        /// What, and how many of each; a SKU at most once.
        lines: Vec<ReturnLine>,
        /// Why.
        reason: Reason,
        /// The new order that the goods are exchanged for, if they are.
        exchange_order_id: Option<OrderId>,
    },
    /// The goods came back, all of them or a part; the return ends with that.
    AcceptReturn {
        /// Which return.
        return_id: ReturnId,
        /// What came back and what becomes of it.
        lines: Vec<TakenBack>,
        /// How much money goes back: what was paid for the goods unless less is said, never more.
        refund: Option<Money>,
        /// What the payment can give back for goods, returns that were accepted before included. Without it: the
        /// total of the order.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left: Option<Money>,
    },
    /// Less money went back for a return than was said, because the payment had no more.
    ReduceRefund {
        /// Which return.
        return_id: ReturnId,
        /// How much went back.
        refund: Money,
        /// The part of it that is for goods which cannot be sold again.
        written_off: Money,
    },
    /// The goods stay with the customer, and the money with the shop.
    RejectReturn {
        /// Which return.
        return_id: ReturnId,
        /// Why.
        reason: Reason,
    },
}

/// Everything there is to know of an order when it is placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// Who buys.
    pub customer_id: CustomerId,
    /// What, with today's names and prices.
    pub lines: Vec<Line>,
    /// The identifier of the payment to come.
    pub payment_id: PaymentId,
    /// How it will be paid.
    pub payment: PaymentMethod,
    /// Where the parcel goes.
    pub shipping_address: Address,
    /// The total that the customer was shown.
    pub expected_total: Option<Money>,
}
