//! The way back: undoing what was done, newest first.

use super::{Action, PaymentState, Running, TimerName};
use crate::{
    account::LedgerAccount,
    order::{CancelReason, OrderCommand},
    payment::PaymentCommand,
    stock::{ReleaseReason, StockCommand},
    value::{Money, Reason, Sku},
};

impl Running {
    /// The process itself found that the order cannot go on.
    pub(super) fn end_order(&mut self, reason: CancelReason) -> Vec<Action> {
        if self.ending.is_some() {
            return Vec::new();
        }
        let mut actions = self.end(reason.clone());
        actions.push(self.to_order(OrderCommand::Cancel { reason }));
        actions
    }

    /// The order is to end cancelled: undoes the payment, then the reservations.
    ///
    /// The first reason stands; an order that is on its way back already is left alone.
    pub(super) fn end(&mut self, reason: CancelReason) -> Vec<Action> {
        if self.ending.is_some() {
            return Vec::new();
        }
        self.ending = Some(reason);
        let no_retry = self.no_retry();
        // Once the money was captured, no timer runs.
        let was_captured = matches!(self.payment, PaymentState::Captured);
        let mut actions = self.undo_payment();
        actions.extend(self.release_reserved());
        actions.extend(no_retry);
        if !was_captured {
            actions.push(Action::CancelTimer {
                name: TimerName::ReservationExpiry,
            });
        }
        actions
    }

    /// Gives the money back as far as it came. A payment whose next answer is still open is undone
    /// when the answer arrives.
    pub(super) fn undo_payment(&mut self) -> Vec<Action> {
        match self.payment {
            PaymentState::Authorised => {
                self.payment = PaymentState::Voiding;
                vec![self.to_payment(PaymentCommand::RequestVoid)]
            }
            PaymentState::Captured => {
                self.payment = PaymentState::Refunding;
                self.finish_refunding();
                self.claim_back()
            }
            PaymentState::NotRequested
            | PaymentState::Requested
            | PaymentState::Capturing
            | PaymentState::Voiding
            | PaymentState::Refunding
            | PaymentState::Over => Vec::new(),
        }
    }

    /// Asks for the money that nobody has asked back yet, once the order is to end cancelled.
    pub(super) fn claim_back(&mut self) -> Vec<Action> {
        if self.payment != PaymentState::Refunding {
            return Vec::new();
        }
        let rest = self.refunds.ask_for_rest(self.order_id, self.captured_amount());
        let command = rest.and_then(|(refund_id, amount)| {
            Some(PaymentCommand::RefundAtMost {
                refund_id,
                amount: Money { amount, ..self.total },
                reason: Reason::try_from("the order was cancelled".to_owned()).ok()?,
                borne_by: LedgerAccount::Revenue,
                return_id: None,
            })
        });
        command
            .into_iter()
            .map(|command| self.to_payment(command))
            .collect()
    }

    /// All of the money is back.
    pub(super) fn finish_refunding(&mut self) {
        if self.payment == PaymentState::Refunding && self.refunds.returned() >= self.captured_amount() {
            self.payment = PaymentState::Over;
        }
    }

    /// Gives back the units of every line that has some.
    pub(super) fn release_reserved(&mut self) -> Vec<Action> {
        let reason = match self.ending {
            Some(CancelReason::OutOfStock { .. }) => ReleaseReason::OtherLineOutOfStock,
            Some(CancelReason::PaymentDeclined { .. } | CancelReason::CaptureFailed { .. }) => {
                ReleaseReason::PaymentFailed
            }
            Some(CancelReason::ReservationExpired) => ReleaseReason::ReservationExpired,
            Some(CancelReason::ShippingRefused { .. }) => ReleaseReason::ShippingRefused,
            Some(CancelReason::ByCustomer { .. }) | None => ReleaseReason::OrderCancelled,
        };
        let command = StockCommand::Release {
            order_id: self.order_id,
            reason,
        };
        self.give_back(&command)
    }

    /// Sends a command to every line that has units, newest first.
    pub(super) fn give_back(&mut self, command: &StockCommand) -> Vec<Action> {
        let reserved = self
            .lines
            .iter_mut()
            .rev()
            .filter_map(|(sku, line)| line.start_release().then_some(sku));
        let skus: Vec<Sku> = reserved.cloned().collect();
        skus.into_iter()
            .map(|sku| (sku, command.clone()).into())
            .collect()
    }
}
