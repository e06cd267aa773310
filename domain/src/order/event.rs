//! What happened to an order, as stored for ever.

use serde::{Deserialize, Serialize};

use crate::{
    aggregate::stored_names,
    value::{
        AccountId, Address, CardToken, CustomerId, Lot, Money, OrderId, PaymentId, ProductId, Quantity,
        Reason, ReturnId, Sku, Text, TrackingNumber, WarehouseCode,
    },
};

/// An event of one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderEvent {
    /// The customer placed it.
    #[serde(rename = "OrderPlaced")]
    Placed {
        /// Who buys.
        customer_id: CustomerId,
        /// What, with the names and prices of that moment.
        lines: Vec<Line>,
        /// The sum of the lines, tax included.
        total: Money,
        /// The tax that is contained in the total.
        tax: Money,
        /// The identifier of the payment to come.
        payment_id: PaymentId,
        /// How it will be paid.
        payment: PaymentMethod,
        /// Where the parcel goes.
        shipping_address: Address,
    },
    /// The units are reserved and the payment is authorised.
    #[serde(rename = "OrderConfirmed")]
    Confirmed {},
    /// The payment was captured.
    #[serde(rename = "OrderPaid")]
    Paid {},
    /// The order ended before it left the warehouse.
    #[serde(rename = "OrderCancelled")]
    Cancelled {
        /// Why.
        reason: CancelReason,
    },
    /// The goods left the warehouse.
    #[serde(rename = "OrderShipped")]
    Shipped {
        /// Who carries them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        carrier: Option<Text<100>>,
        /// The carrier's number for the parcel.
        tracking_number: TrackingNumber,
    },
    /// The customer has the goods.
    #[serde(rename = "OrderDelivered")]
    Delivered {},
    /// The customer wants to send goods back.
    #[serde(rename = "ReturnRequested")]
    ReturnRequested {
        /// Names the return.
        return_id: ReturnId,
        /// What, and how many of each.
        lines: Vec<ReturnLine>,
        /// Why.
        reason: Reason,
        /// The new order that the goods are exchanged for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exchange_order_id: Option<OrderId>,
    },
    /// The goods came back.
    #[serde(rename = "ReturnAccepted")]
    ReturnAccepted {
        /// Which return.
        return_id: ReturnId,
        /// What came back and what becomes of it.
        lines: Vec<TakenBack>,
        /// How much money goes back.
        refund: Money,
        /// The part of it that is for goods which cannot be sold again.
        written_off: Money,
    },
    /// Less money went back for a return than was said when it was accepted: other refunds were faster.
    #[serde(rename = "ReturnRefundReduced")]
    RefundReduced {
        /// Which return.
        return_id: ReturnId,
        /// How much goes back after all.
        refund: Money,
        /// The part of it that is for goods which cannot be sold again.
        written_off: Money,
    },
    /// The goods stay with the customer.
    #[serde(rename = "ReturnRejected")]
    ReturnRejected {
        /// Which return.
        return_id: ReturnId,
        /// Why.
        reason: Reason,
    },
    /// All the goods of the order came back.
    #[serde(rename = "OrderReturned")]
    Returned {},
}

/// Some units of one SKU that a customer wants to send back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnLine {
    /// What.
    pub sku: Sku,
    /// How many.
    pub quantity: Quantity,
}

/// Some units of one SKU that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBack {
    /// What.
    pub sku: Sku,
    /// How many.
    pub quantity: Quantity,
    /// What becomes of them.
    pub disposal: Disposal,
}

/// What becomes of units that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "snake_case")]
pub enum Disposal {
    /// They can be sold again.
    Restock {
        /// Where they are now.
        warehouse: WarehouseCode,
        /// Their batch, if it has a number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lot: Option<Lot>,
    },
    /// They cannot be sold again.
    WriteOff,
}

/// Some units of one SKU at the price of the moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What.
    pub sku: Sku,
    /// The product it is a variant of.
    pub product_id: ProductId,
    /// Its name as the customer read it.
    pub name: String,
    /// How many.
    pub quantity: Quantity,
    /// The price of one, tax included.
    pub unit_price: Money,
    /// The tax contained in the price, in basis points.
    pub tax_rate_bp: u16,
}

/// How an order is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum PaymentMethod {
    /// From an account of the shop.
    Account {
        /// Which.
        account_id: AccountId,
    },
    /// By card, through the payment gateway.
    Card {
        /// The gateway's token for the card.
        token: CardToken,
    },
}

impl PaymentMethod {
    /// The name of the method, as stored.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Account { .. } => "account",
            Self::Card { .. } => "card",
        }
    }
}

/// Why an order ended before it left the warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum CancelReason {
    /// The customer changed their mind.
    ByCustomer {
        /// In their own words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Reason>,
    },
    /// Some lines could not be reserved.
    OutOfStock {
        /// Which.
        skus: Vec<Sku>,
    },
    /// The payment was not authorised.
    PaymentDeclined {
        /// The code of the account or of the gateway.
        decline_code: String,
    },
    /// The payment was authorised but could not be captured.
    CaptureFailed {
        /// The code of the gateway.
        failure_code: String,
    },
    /// The order was not paid for as long as its units were kept.
    ReservationExpired,
    /// The warehouse could not ship it.
    ShippingRefused {
        /// In the words of the warehouse.
        note: Reason,
    },
}

impl CancelReason {
    /// The stable code, as stored.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ByCustomer { .. } => "by_customer",
            Self::OutOfStock { .. } => "out_of_stock",
            Self::PaymentDeclined { .. } => "payment_declined",
            Self::CaptureFailed { .. } => "capture_failed",
            Self::ReservationExpired => "reservation_expired",
            Self::ShippingRefused { .. } => "shipping_refused",
        }
    }
}

/// As the customer reads it.
impl std::fmt::Display for CancelReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ByCustomer { note: None } => f.write_str("cancelled by the customer"),
            Self::ByCustomer { note: Some(note) } => write!(f, "cancelled by the customer: {note}"),
            Self::OutOfStock { skus } => {
                let skus: Vec<&str> = skus.iter().map(Sku::as_str).collect();
                write!(f, "out of stock: {}", skus.join(", "))
            }
            Self::PaymentDeclined { decline_code } => write!(f, "the payment was declined: {decline_code}"),
            Self::CaptureFailed { failure_code } => write!(f, "the payment failed: {failure_code}"),
            Self::ReservationExpired => f.write_str("the payment did not arrive in time"),
            Self::ShippingRefused { note } => write!(f, "could not be shipped: {note}"),
        }
    }
}

stored_names!(OrderEvent {
    Placed => ("OrderPlaced", "1"),
    Confirmed => ("OrderConfirmed", "1"),
    Paid => ("OrderPaid", "1"),
    Cancelled => ("OrderCancelled", "1"),
    Shipped => ("OrderShipped", "1"),
    Delivered => ("OrderDelivered", "1"),
    ReturnRequested => ("ReturnRequested", "1"),
    ReturnAccepted => ("ReturnAccepted", "1"),
    RefundReduced => ("ReturnRefundReduced", "1"),
    ReturnRejected => ("ReturnRejected", "1"),
    Returned => ("OrderReturned", "1"),
});
