//! How long the units of an order are kept.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Action, LineState, PaymentState, RESERVATION, Running, STOCK_RETRIES, TimerName};
use crate::{
    order::{CancelReason, OrderCommand},
    stock::{ReleaseReason, StockCommand},
    value::Sku,
};

/// Retries begin at multiples of this.
const RETRY_TICK_MS: i64 = 50;

impl Running {
    /// All lines at once: that is quickest, and most orders meet no other.
    pub(super) fn reserve_all(&mut self, at: DateTime<Utc>) -> Vec<Action> {
        let order_id = self.order_id;
        let expires_at = self.moves(at);
        let provisional = self.lines.len() > 1;
        let reserve = |(sku, line): (&Sku, &LineState)| {
            let command = StockCommand::Reserve {
                order_id,
                quantity: line.wanted,
                at,
                expires_at,
                provisional,
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
        let mut refused = self.lines.values().filter(|line| line.is_refused()).peekable();
        if refused.peek().is_none() {
            return self
                .reserve_next(at, expires_at)
                .unwrap_or_else(|| self.request_payment());
        }
        let may_pass = refused.all(LineState::is_contended);
        if may_pass && usize::from(self.gave_way) < STOCK_RETRIES.len() {
            return self.give_way(at);
        }
        let lacking = self.lines.iter().filter(|(_, line)| line.is_lacking());
        let skus = lacking.map(|(sku, _)| sku.clone()).collect();
        self.end_order(CancelReason::OutOfStock { skus })
    }

    /// Other orders want the same units and may lack some as well, so this one releases what it holds.
    fn give_way(&mut self, at: DateTime<Utc>) -> Vec<Action> {
        self.gives_way = true;
        let command = StockCommand::Release {
            order_id: self.order_id,
            reason: ReleaseReason::OtherLineOutOfStock,
        };
        let mut actions = self.give_back(&command);
        // Without units to release, no event will follow.
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
            due_at: end_of_tick(after(at, wait + self.share_of(wait))),
        }]
    }

    /// A share of a span that differs between orders, so that those that collided do not collide again.
    fn share_of(&self, span: TimeDelta) -> TimeDelta {
        // The last bits of an identifier are random, and always the same for this order.
        let share = self.order_id.uuid().as_u128() % 1_024;
        span * i32::from(u16::try_from(share).unwrap_or_default()) / 1_024
    }

    /// All lines once more, one after another in the order of their SKUs: of two orders that want the same, the
    /// one that gets the first SKU proceeds, and the other holds nothing that it needs.
    pub(super) fn reserve_in_turn(&mut self, at: DateTime<Utc>) -> Vec<Action> {
        let waits = self.ending.is_none() && !self.gives_way && self.payment == PaymentState::NotRequested;
        let is_under_way = |line: &LineState| line.is_open() || line.holds_units();
        if !waits || self.lines.values().any(is_under_way) {
            return Vec::new();
        }
        self.lines.values_mut().for_each(LineState::queue);
        let expires_at = self.moves(at);
        self.reserve_next(at, expires_at).unwrap_or_default()
    }

    fn reserve_next(&mut self, at: DateTime<Utc>, expires_at: DateTime<Utc>) -> Option<Vec<Action>> {
        let order_id = self.order_id;
        let mut in_turn = self.lines.iter_mut().filter(|(_, line)| line.is_in_turn());
        let (sku, line) = in_turn.next()?;
        line.ask();
        let command = StockCommand::Reserve {
            order_id,
            quantity: line.wanted,
            at,
            expires_at,
            provisional: in_turn.next().is_some(),
        };
        Some(vec![(sku.clone(), command).into()])
    }

    /// The end of a wait for units that is no longer of use.
    pub(super) fn no_retry(&self) -> Option<Action> {
        let may_wait = self.gave_way > 0 && self.payment == PaymentState::NotRequested;
        may_wait.then_some(Action::CancelTimer {
            name: TimerName::StockRetry,
        })
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
        let no_retry = self.no_retry();
        let mut actions = self.undo_payment();
        let expire = StockCommand::Expire { order_id, at: due_at };
        actions.extend(self.give_back(&expire));
        actions.extend(no_retry);
        actions.push(self.to_order(OrderCommand::Cancel { reason }));
        actions
    }
}

/// The end of the tick that a time lies in: timers of one tick ring together, and are written together.
fn end_of_tick(at: DateTime<Utc>) -> DateTime<Utc> {
    let ticks = at.timestamp_millis().div_euclid(RETRY_TICK_MS).saturating_add(1);
    let end = ticks.checked_mul(RETRY_TICK_MS);
    end.and_then(DateTime::from_timestamp_millis).unwrap_or(at)
}

/// A time later by a span, or the end of time.
pub(in crate::process) fn after(at: DateTime<Utc>, span: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(span).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
