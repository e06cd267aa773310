//! The state of an account, and how events change it.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::AccountEvent;
use crate::{
    aggregate::aggregate,
    value::{Currency, CustomerId, Money, OrderId, PaymentId, Reference},
};

/// How many deposits and withdrawals an account remembers by their reference.
///
/// A caller repeats a command within seconds or hours, so a window is enough; remembering for ever
/// would make every snapshot grow with the age of the account.
pub const REMEMBERED_MOVEMENTS: usize = 256;

/// An account, opened or not yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Account {
    /// Nobody has opened it.
    #[default]
    Unopened,
    /// It can hold money.
    Open(OpenAccount),
}

/// An account that can hold money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenAccount {
    /// Who owns the money.
    pub owner_id: CustomerId,
    /// The currency of every amount.
    pub currency: Currency,
    /// Booked money in minor units, holds included.
    pub booked: i64,
    /// What is set aside for each payment.
    pub holds: BTreeMap<PaymentId, Hold>,
    /// The latest deposits and withdrawals, oldest first, at most [`REMEMBERED_MOVEMENTS`].
    pub movements: VecDeque<Movement>,
}

/// A deposit or a withdrawal under the name that its caller gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// The caller's name for it.
    pub reference: Reference,
    /// What it changed, in minor units: above zero for a deposit, below for a withdrawal.
    pub change: i64,
}

/// Money set aside for a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The order that is paid.
    pub order_id: OrderId,
    /// What is still held, in minor units.
    pub remaining: i64,
}

aggregate!(
    Account,
    "account",
    super::AccountCommand,
    AccountEvent,
    super::AccountError
);

impl OpenAccount {
    /// What may be spent: the booked money without what is held.
    pub fn available(&self) -> i64 {
        let held = self.holds.values().map(|hold| hold.remaining);
        self.booked.saturating_sub(held.fold(0, i64::saturating_add))
    }
}

impl Account {
    /// The version of the shape that this state has in a snapshot; see `schema/states/`.
    pub const STATE_VERSION: i32 = 1;

    /// Folds one event into the state.
    pub(crate) fn evolve(&mut self, event: AccountEvent) {
        if let AccountEvent::Opened { owner_id, currency } = event {
            *self = Self::Open(OpenAccount {
                owner_id,
                currency,
                booked: 0,
                holds: BTreeMap::new(),
                movements: VecDeque::new(),
            });
            return;
        }
        if let Self::Open(account) = self {
            account.evolve(event);
        }
    }
}

/// Sums saturate: what `decide` wrote never reaches the end of 64 bits, and a log that somebody
/// tampered with must still fold, so that the auditor can be told about it.
impl OpenAccount {
    fn evolve(&mut self, event: AccountEvent) {
        match event {
            AccountEvent::Deposited {
                amount, reference, ..
            } => self.move_money(amount.amount, reference),
            AccountEvent::Withdrawn {
                amount, reference, ..
            } => self.move_money(amount.amount.saturating_neg(), reference),
            AccountEvent::Refunded { amount, .. } => self.book(amount.amount),
            AccountEvent::FundsHeld {
                payment_id,
                order_id,
                amount,
            } => {
                self.holds.insert(
                    payment_id,
                    Hold {
                        order_id,
                        remaining: amount.amount,
                    },
                );
            }
            AccountEvent::HoldCaptured {
                payment_id, amount, ..
            } => {
                self.book(amount.amount.saturating_neg());
                self.reduce_hold(payment_id, amount);
            }
            AccountEvent::HoldReleased { payment_id, .. } => {
                self.holds.remove(&payment_id);
            }
            AccountEvent::Opened { .. } | AccountEvent::HoldRefused { .. } => {}
        }
    }

    fn book(&mut self, change: i64) {
        self.booked = self.booked.saturating_add(change);
    }

    fn move_money(&mut self, change: i64, reference: Reference) {
        self.book(change);
        if self.movements.len() >= REMEMBERED_MOVEMENTS {
            self.movements.pop_front();
        }
        self.movements.push_back(Movement { reference, change });
    }

    fn reduce_hold(&mut self, payment_id: PaymentId, amount: Money) {
        if let Some(hold) = self.holds.get_mut(&payment_id) {
            hold.remaining = hold.remaining.saturating_sub(amount.amount);
            if hold.remaining <= 0 {
                self.holds.remove(&payment_id);
            }
        }
    }
}
