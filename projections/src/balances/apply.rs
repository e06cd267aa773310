//! Events into movements, in memory.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::{
    Event,
    account::{AccountEvent, LedgerAccount},
    payment::{PaymentEvent, PaymentSource},
    value::{AccountId, Currency, Money, OrderId, PaymentId},
};
use uuid::Uuid;

use crate::recorded::{EventError, Recorded};

/// What a batch of events changes: differences in their order, so that the cut of a batch cannot matter.
/// What they come to is known at the flush, together with what was there before.
#[derive(Debug, Default)]
pub struct BalancesBatch {
    pub(super) opened: BTreeMap<AccountId, OpenedRow>,
    pub(super) changes: Vec<ChangeRow>,
    /// The newest event of each account, also of one that changes no balance.
    pub(super) sequences: BTreeMap<AccountId, i64>,
    pub(super) entries: Vec<EntryRow>,
    /// The ledger accounts and currencies of the entries, each once.
    pub(super) ledgers: Vec<(String, Currency)>,
    places: HashMap<(String, Currency), usize>,
}

/// A new account.
#[derive(Debug)]
pub(super) struct OpenedRow {
    pub(super) owner_id: Uuid,
    pub(super) currency: Currency,
    pub(super) at: DateTime<Utc>,
}

/// By how much an event changed an account.
#[derive(Debug)]
pub(super) struct ChangeRow {
    pub(super) account_id: AccountId,
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
    /// Places in the list of ledger accounts.
    pub(super) ledger: usize,
    pub(super) counter: usize,
    pub(super) amount: i64,
    pub(super) event_type: String,
    pub(super) order_id: Option<Uuid>,
    pub(super) payment_id: Option<Uuid>,
    pub(super) reference: Option<String>,
    pub(super) recorded_at: DateTime<Utc>,
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
            _ => Ok(()),
        }
    }

    fn apply_account(
        &mut self,
        id: AccountId,
        event: &AccountEvent,
        recorded: &Recorded,
    ) -> Result<(), EventError> {
        self.sequences.insert(id, recorded.envelope.sequence);
        match event {
            AccountEvent::Opened { owner_id, currency } => {
                self.open(id, owner_id.uuid(), *currency, recorded)?;
            }
            AccountEvent::FundsHeld { amount, .. } => self.change(id, 0, amount.amount, recorded),
            AccountEvent::HoldReleased { amount, .. } => {
                self.change(id, 0, minus(amount.amount, recorded)?, recorded);
            }
            _ => {}
        }
        let Some((movement, booked)) = movement_of(id, event, recorded)? else {
            return Ok(());
        };
        // What was held for a payment is captured: it leaves the hold and the account in one step.
        let held = match event {
            AccountEvent::HoldCaptured { amount, .. } => minus(amount.amount, recorded)?,
            _ => 0,
        };
        self.change(id, booked, held, recorded);
        self.book(movement, recorded)
    }

    fn open(
        &mut self,
        id: AccountId,
        owner_id: Uuid,
        currency: Currency,
        recorded: &Recorded,
    ) -> Result<(), EventError> {
        let row = OpenedRow {
            owner_id,
            currency,
            at: recorded.envelope.recorded_at,
        };
        if self.opened.insert(id, row).is_some() {
            return Err(recorded.refuse("the account was opened before"));
        }
        // The first dated row: from here on there is an account.
        self.change(id, 0, 0, recorded);
        Ok(())
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
                borne_by,
                ..
            } => (*order_id, *amount, gateway, *borne_by),
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

    fn change(&mut self, account_id: AccountId, booked: i64, held: i64, recorded: &Recorded) {
        self.changes.push(ChangeRow {
            account_id,
            booked,
            held,
            at: recorded.envelope.recorded_at,
            position: recorded.envelope.position,
        });
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
        let (to, from) = (self.place(to, amount.currency), self.place(from, amount.currency));
        let back = minus(amount.amount, recorded)?;
        for (leg, ledger, counter, amount) in [(1, to, from, amount.amount), (2, from, to, back)] {
            self.entries.push(EntryRow {
                position: recorded.envelope.position,
                leg,
                ledger,
                counter,
                amount,
                event_type: recorded.envelope.event_type.clone(),
                order_id: order_id.map(|id| id.uuid()),
                payment_id: payment_id.map(|id| id.uuid()),
                reference: reference.clone(),
                recorded_at: recorded.envelope.recorded_at,
            });
        }
        Ok(())
    }

    /// The place of a ledger account in the list.
    fn place(&mut self, ledger: String, currency: Currency) -> usize {
        let key = (ledger, currency);
        if let Some(place) = self.places.get(&key) {
            return *place;
        }
        let place = self.ledgers.len();
        self.ledgers.push(key.clone());
        self.places.insert(key, place);
        place
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
        _ => return Ok(None),
    }))
}

/// Money is never rounded and never wraps: an amount that does not fit stops the projection.
fn minus(amount: i64, recorded: &Recorded) -> Result<i64, EventError> {
    amount
        .checked_neg()
        .ok_or_else(|| recorded.refuse("an amount of money leaves 64 bits"))
}
