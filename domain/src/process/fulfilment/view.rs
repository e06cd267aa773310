//! Where an order stands, in the words of the product.

use super::{Fulfilment, LineState, OrderPhase, PaymentState, Running};

impl Fulfilment {
    /// Where a state that is stored as JSON names the payment of its order. Queries over many processes look
    /// there without reading each state.
    pub const PAYMENT_PATH: [&'static str; 2] = ["Running", "payment_id"];
}

impl Running {
    pub(super) fn status(&self) -> &'static str {
        if self.ending.is_some() {
            return if self.is_undone() {
                "failed"
            } else {
                "compensating"
            };
        }
        match self.payment {
            PaymentState::NotRequested => "awaiting_stock",
            PaymentState::Captured => "completed",
            PaymentState::Requested
            | PaymentState::Authorised
            | PaymentState::Capturing
            | PaymentState::Voiding
            | PaymentState::Refunding
            | PaymentState::Over => "awaiting_payment",
        }
    }

    /// The last step that was taken: forward, or back.
    pub(super) fn step(&self) -> &'static str {
        if self.ending.is_some() {
            return match self.payment {
                PaymentState::Voiding => "voiding_payment",
                PaymentState::Refunding if self.refunds.gave_up() => "refund_failed",
                PaymentState::Refunding => "refunding_payment",
                PaymentState::Requested | PaymentState::Capturing => "awaiting_payment_outcome",
                PaymentState::NotRequested
                | PaymentState::Authorised
                | PaymentState::Captured
                | PaymentState::Over => {
                    if self.is_undone() {
                        "undone"
                    } else {
                        "releasing_stock"
                    }
                }
            };
        }
        match (self.payment, self.phase) {
            (PaymentState::NotRequested, _) => "reserving_stock",
            (PaymentState::Requested, _) => "authorising_payment",
            (PaymentState::Authorised, _) => "confirming_order",
            (PaymentState::Captured, OrderPhase::Placed | OrderPhase::Confirmed) => "payment_captured",
            (PaymentState::Captured, OrderPhase::Paid) => "paid",
            (PaymentState::Captured, OrderPhase::Shipped) => "shipped",
            (PaymentState::Captured, OrderPhase::Delivered) => "delivered",
            (PaymentState::Captured, OrderPhase::Returned) => "returned",
            _ => "capturing_payment",
        }
    }

    fn is_undone(&self) -> bool {
        let money = matches!(self.payment, PaymentState::Over | PaymentState::NotRequested);
        let units = self
            .lines
            .values()
            .any(|line: &LineState| line.is_open() || line.holds_units());
        money && !units
    }
}
