//! How long the units of an order are kept.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Action, LineState, PaymentState, RESERVATION, Running, TimerName};
use crate::{
    order::{CancelReason, OrderCommand},
    stock::StockCommand,
    value::Sku,
};

impl Running {
    /// All lines at once: they do not depend on each other.
    pub(super) fn reserve_all(&mut self, at: DateTime<Utc>) -> Vec<Action> {
        let order_id = self.order_id;
        let expires_at = self.moves(at);
        let reserve = |(sku, line): (&Sku, &LineState)| {
            let command = StockCommand::Reserve {
                order_id,
                quantity: line.wanted,
                at,
                expires_at,
            };
            (sku.clone(), command).into()
        };
        let mut actions: Vec<Action> = self.lines.iter().map(reserve).collect();
        actions.push(Action::SetTimer {
            name: TimerName::ReservationExpiry,
            due_at: expires_at,
        });
        actions
    }

    /// The order moved forward; returns until when its units are to be kept.
    pub(super) fn moves(&mut self, at: DateTime<Utc>) -> DateTime<Utc> {
        // Events of different aggregates may be read in another order than they were recorded.
        let moved_at = self.moved_at.map_or(at, |before| before.max(at));
        self.moved_at = Some(moved_at);
        after(moved_at, RESERVATION)
    }

    /// The units were kept for long enough, unless the order moved since the timer was set.
    pub(super) fn reservations_lapse(&mut self, due_at: DateTime<Utc>) -> Vec<Action> {
        if self.ending.is_some() || self.payment == PaymentState::Captured {
            return Vec::new();
        }
        let expires_at = after(self.moved_at.unwrap_or(due_at), RESERVATION);
        let order_id = self.order_id;
        if expires_at > due_at {
            let command = StockCommand::Extend { order_id, expires_at };
            let reserved = self.lines.iter().filter(|(_, line)| line.holds_units());
            let extend = reserved.map(|(sku, _)| (sku.clone(), command.clone()).into());
            let mut actions: Vec<Action> = extend.collect();
            actions.push(Action::SetTimer {
                name: TimerName::ReservationExpiry,
                due_at: expires_at,
            });
            return actions;
        }
        let reason = CancelReason::ReservationExpired;
        self.ending = Some(reason.clone());
        let mut actions = self.undo_payment();
        let expire = StockCommand::Expire { order_id, at: due_at };
        actions.extend(self.give_back(&expire));
        actions.push(self.to_order(OrderCommand::Cancel { reason }));
        actions
    }
}

/// A time later by a span, or the end of time.
pub(in crate::process) fn after(at: DateTime<Utc>, span: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(span).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
