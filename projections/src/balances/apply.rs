//! Events into movements, in memory.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    Event,
    account::{AccountEvent, LedgerAccount},
    payment::{PaymentEvent, PaymentSource},
    value::{AccountId, Money, OrderId, PaymentId},
};
use uuid::Uuid;

use crate::recorded::{EventError, Recorded};

/// What a batch of events changes: sums and not states, so that the cut of a batch cannot matter.
#[derive(Debug, Default)]
pub struct BalancesBatch {
    pub(super) opened: Vec<OpenedRow>,
    pub(super) changed: BTreeMap<AccountId, ChangeRow>,
    pub(super) entries: Vec<EntryRow>,
    pub(super) ledgers: BTreeMap<(String, String), LedgerRow>,
}

/// A new account.
#[derive(Debug)]
pub(super) struct OpenedRow {
    pub(super) account_id: Uuid,
    pub(super) owner_id: Uuid,
    pub(super) currency: String,
    pub(super) at: DateTime<Utc>,
    pub(super) position: i64,
}

/// By how much an account changed.
#[derive(Debug, Default)]
pub(super) struct ChangeRow {
    pub(super) account_id: Uuid,
    pub(super) booked: i64,
    pub(super) held: i64,
    pub(super) at: DateTime<Utc>,
    pub(super) position: i64,
}

/// One leg of a movement.
#[derive(Debug)]
pub(super) struct EntryRow {
    pub(super) position: i64,
    pub(super) leg: i16,
    pub(super) ledger: String,
    pub(super) counter: String,
    pub(super) currency: String,
    pub(super) amount: i64,
    pub(super) event_type: String,
    pub(super) order_id: Option<Uuid>,
    pub(super) payment_id: Option<Uuid>,
    pub(super) reference: Option<String>,
    pub(super) recorded_at: DateTime<Utc>,
}

/// By how much a ledger account changed.
#[derive(Debug, Default)]
pub(super) struct LedgerRow {
    pub(super) ledger: String,
    pub(super) currency: String,
    pub(super) balance: i64,
    pub(super) entries: i64,
}

/// A movement of booked money: `amount` comes to `to` and leaves `from`.
struct Movement {
    to: String,
    from: String,
    amount: Money,
    order_id: Option<OrderId>,
    payment_id: Option<PaymentId>,
    reference: Option<String>,
}

impl BalancesBatch {
    pub(super) fn apply(&mut self, recorded: &Recorded) -> Result<(), EventError> {
        match &recorded.event {
            Event::Account(event) => self.apply_account(recorded.id()?, event, recorded),
            Event::Payment(event) => self.apply_payment(recorded.id()?, event, recorded),
            Event::Product(_) | Event::Stock(_) | Event::Order(_) => Ok(()),
        }
    }

    fn apply_account(
        &mut self,
        id: AccountId,
        event: &AccountEvent,
        recorded: &Recorded,
    ) -> Result<(), EventError> {
        match event {
            AccountEvent::Opened { owner_id, currency } => self.opened.push(OpenedRow {
                account_id: id.uuid(),
                owner_id: owner_id.uuid(),
                currency: currency.to_string(),
                at: recorded.envelope.recorded_at,
                position: recorded.envelope.position,
            }),
            AccountEvent::FundsHeld { amount, .. } => self.change(id, 0, amount.amount, recorded)?,
            AccountEvent::HoldReleased { amount, .. } | AccountEvent::HoldCaptured { amount, .. } => {
                self.change(id, 0, minus(amount.amount, recorded)?, recorded)?;
            }
            AccountEvent::Deposited { .. }
            | AccountEvent::Withdrawn { .. }
            | AccountEvent::Refunded { .. }
            | AccountEvent::HoldRefused { .. } => {}
        }
        let Some((movement, change)) = movement_of(id, event, recorded)? else {
            return Ok(());
        };
        self.change(id, change, 0, recorded)?;
        self.book(movement, recorded)
    }

    fn apply_payment(
        &mut self,
        id: PaymentId,
        event: &PaymentEvent,
        recorded: &Recorded,
    ) -> Result<(), EventError> {
        let (gateway, revenue) = (LedgerAccount::Gateway, LedgerAccount::Revenue);
        let (order_id, amount, to, from) = match event {
            PaymentEvent::Captured {
                order_id,
                amount,
                source: PaymentSource::Card,
            } => (*order_id, *amount, revenue, gateway),
            PaymentEvent::Refunded {
                order_id,
                amount,
                source: PaymentSource::Card,
                ..
            } => (*order_id, *amount, gateway, revenue),
            _ => return Ok(()),
        };
        let movement = Movement {
            to: to.name().to_owned(),
            from: from.name().to_owned(),
            amount,
            order_id: Some(order_id),
            payment_id: Some(id),
            reference: None,
        };
        self.book(movement, recorded)
    }

    fn change(
        &mut self,
        id: AccountId,
        booked: i64,
        held: i64,
        recorded: &Recorded,
    ) -> Result<(), EventError> {
        let row = self.changed.entry(id).or_default();
        row.account_id = id.uuid();
        row.booked = plus(row.booked, booked, recorded)?;
        row.held = plus(row.held, held, recorded)?;
        row.at = recorded.envelope.recorded_at;
        row.position = recorded.envelope.position;
        Ok(())
    }

    fn book(&mut self, movement: Movement, recorded: &Recorded) -> Result<(), EventError> {
        let Movement {
            to,
            from,
            amount,
            order_id,
            payment_id,
            reference,
        } = movement;
        let legs = [
            (1, to.clone(), from.clone(), amount.amount),
            (2, from, to, minus(amount.amount, recorded)?),
        ];
        for (leg, ledger, counter, amount_of_leg) in legs {
            self.sum(&ledger, amount.currency.code(), amount_of_leg, recorded)?;
            self.entries.push(EntryRow {
                position: recorded.envelope.position,
                leg,
                ledger,
                counter,
                currency: amount.currency.to_string(),
                amount: amount_of_leg,
                event_type: recorded.envelope.event_type.clone(),
                order_id: order_id.map(|id| id.uuid()),
                payment_id: payment_id.map(|id| id.uuid()),
                reference: reference.clone(),
                recorded_at: recorded.envelope.recorded_at,
            });
        }
        Ok(())
    }

    fn sum(
        &mut self,
        ledger: &str,
        currency: &str,
        amount: i64,
        recorded: &Recorded,
    ) -> Result<(), EventError> {
        let key = (ledger.to_owned(), currency.to_owned());
        let row = self.ledgers.entry(key.clone()).or_default();
        (row.ledger, row.currency) = key;
        row.balance = plus(row.balance, amount, recorded)?;
        row.entries += 1;
        Ok(())
    }
}

/// The movement of booked money that an account's event is, and by how much the account changes.
fn movement_of(
    id: AccountId,
    event: &AccountEvent,
    recorded: &Recorded,
) -> Result<Option<(Movement, i64)>, EventError> {
    let account = id.to_string();
    let movement = |to: String, from: String, amount: &Money| Movement {
        to,
        from,
        amount: *amount,
        order_id: None,
        payment_id: None,
        reference: None,
    };
    let counter = |ledger: &LedgerAccount| ledger.name().to_owned();
    Ok(Some(match event {
        AccountEvent::Deposited {
            amount,
            reference,
            counter_account,
        } => {
            let reference = Some(reference.to_string());
            let movement = Movement {
                reference,
                ..movement(account, counter(counter_account), amount)
            };
            (movement, amount.amount)
        }
        AccountEvent::Withdrawn {
            amount,
            reference,
            counter_account,
        } => {
            let reference = Some(reference.to_string());
            let movement = Movement {
                reference,
                ..movement(counter(counter_account), account, amount)
            };
            (movement, minus(amount.amount, recorded)?)
        }
        AccountEvent::HoldCaptured {
            payment_id,
            order_id,
            amount,
            counter_account,
        } => {
            let (order_id, payment_id) = (Some(*order_id), Some(*payment_id));
            let movement = Movement {
                order_id,
                payment_id,
                ..movement(counter(counter_account), account, amount)
            };
            (movement, minus(amount.amount, recorded)?)
        }
        AccountEvent::Refunded {
            payment_id,
            order_id,
            amount,
            counter_account,
            ..
        } => {
            let (order_id, payment_id) = (Some(*order_id), Some(*payment_id));
            let movement = Movement {
                order_id,
                payment_id,
                ..movement(account, counter(counter_account), amount)
            };
            (movement, amount.amount)
        }
        AccountEvent::Opened { .. }
        | AccountEvent::FundsHeld { .. }
        | AccountEvent::HoldRefused { .. }
        | AccountEvent::HoldReleased { .. } => return Ok(None),
    }))
}

/// Money is never rounded and never wraps: an amount that does not fit stops the projection.
fn plus(sum: i64, amount: i64, recorded: &Recorded) -> Result<i64, EventError> {
    sum.checked_add(amount)
        .ok_or_else(|| recorded.refuse("a sum of money leaves 64 bits"))
}

fn minus(amount: i64, recorded: &Recorded) -> Result<i64, EventError> {
    amount
        .checked_neg()
        .ok_or_else(|| recorded.refuse("an amount of money leaves 64 bits"))
}
