//! How long the units of an order are kept.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Action, LineState, PaymentState, RESERVATION, Running, STOCK_RETRIES, TimerName};
use crate::{
    order::{CancelReason, OrderCommand},
    stock::{ReleaseReason, StockCommand},
    value::Sku,
};

impl Running {
    /// All lines at once: that is quickest, and most orders meet no other.
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

    /// A line was reserved or refused.
    pub(super) fn reserve_on(&mut self, at: DateTime<Utc>) -> Vec<Action> {
        let expires_at = self.moves(at);
        if self.lines.values().any(LineState::is_open) {
            return Vec::new();
        }
        let mut refused = self.lines.iter().filter(|(_, line)| line.is_refused()).peekable();
        if refused.peek().is_none() {
            return self
                .reserve_next(at, expires_at)
                .unwrap_or_else(|| self.request_payment());
        }
        let may_pass = refused.clone().all(|(_, line)| line.is_contended());
        if may_pass && usize::from(self.gave_way) < STOCK_RETRIES.len() {
            return self.give_way(at);
        }
        let skus = refused.map(|(sku, _)| sku.clone()).collect();
        self.end_order(CancelReason::OutOfStock { skus })
    }

    /// Others want the same units, and may not get all of theirs either: whoever holds some in vain lets them go.
    fn give_way(&mut self, at: DateTime<Utc>) -> Vec<Action> {
        self.gives_way = true;
        let command = StockCommand::Release {
            order_id: self.order_id,
            reason: ReleaseReason::OtherLineOutOfStock,
        };
        let mut actions = self.give_back(&command);
        // Nothing will be heard of units that there were none of.
        if actions.is_empty() {
            actions = self.wait_for_others(at);
        }
        actions
    }

    /// Once no units are left to give back, others get some time.
    pub(super) fn wait_for_others(&mut self, at: DateTime<Utc>) -> Vec<Action> {
        if self.lines.values().any(LineState::holds_units) {
            return Vec::new();
        }
        self.gives_way = false;
        let wait = STOCK_RETRIES.get(usize::from(self.gave_way));
        self.gave_way = self.gave_way.saturating_add(1);
        let wait = wait.copied().unwrap_or_default();
        vec![Action::SetTimer {
            name: TimerName::StockRetry,
            due_at: after(at, wait + self.share_of(wait)),
        }]
    }

    /// A part of a span that is another one for each order, so that those that met do not meet again.
    fn share_of(&self, span: TimeDelta) -> TimeDelta {
        // The last bits of an identifier are random, and always the same for this order.
        let share = self.order_id.uuid().as_u128() % 1_024;
        span * i32::from(u16::try_from(share).unwrap_or_default()) / 1_024
    }

    /// All lines once more, one after another in the order of their SKUs: of two orders that want the same, the
    /// one that has the first gets on, and the other holds nothing in its way.
    pub(super) fn reserve_in_turn(&mut self, at: DateTime<Utc>) -> Vec<Action> {
        if self.ending.is_some() || self.gives_way {
            return Vec::new();
        }
        self.lines.values_mut().for_each(LineState::queue);
        let expires_at = self.moves(at);
        self.reserve_next(at, expires_at).unwrap_or_default()
    }

    fn reserve_next(&mut self, at: DateTime<Utc>, expires_at: DateTime<Utc>) -> Option<Vec<Action>> {
        let order_id = self.order_id;
        let (sku, line) = self.lines.iter_mut().find(|(_, line)| line.is_in_turn())?;
        line.ask();
        let command = StockCommand::Reserve {
            order_id,
            quantity: line.wanted,
            at,
            expires_at,
        };
        Some(vec![(sku.clone(), command).into()])
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
