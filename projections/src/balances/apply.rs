//! Events into movements, in memory. Which entries an event makes is said in one place, [`domain::ledger`].

// A new event must be decided on here: `_` would be worth nothing in silence.
#![deny(clippy::wildcard_enum_match_arm)]

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::{
    Event,
    account::AccountEvent,
    ledger::{self, Entry},
    value::{AccountId, Currency, OrderId, PaymentId},
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

impl BalancesBatch {
    pub(crate) fn apply(&mut self, recorded: &Recorded) -> Result<(), EventError> {
        if let Event::Account(event) = &recorded.event {
            self.apply_account(recorded.id()?, event, recorded)?;
        }
        match ledger::entries(&recorded.envelope.aggregate_id, &recorded.event) {
            Some(legs) => self.book(legs, recorded),
            None => Ok(()),
        }
    }

    /// What the event changes in the account itself; the entries say what it changes in the books.
    fn apply_account(
        &mut self,
        id: AccountId,
        event: &AccountEvent,
        recorded: &Recorded,
    ) -> Result<(), EventError> {
        self.sequences.insert(id, recorded.envelope.sequence);
        let (booked, held) = match event {
            AccountEvent::Opened { owner_id, currency } => {
                return self.open(id, owner_id.uuid(), *currency, recorded);
            }
            AccountEvent::Deposited { amount, .. } | AccountEvent::Refunded { amount, .. } => {
                (amount.amount, 0)
            }
            AccountEvent::Withdrawn { amount, .. } => (minus(amount.amount, recorded)?, 0),
            AccountEvent::FundsHeld { amount, .. } => (0, amount.amount),
            AccountEvent::HoldReleased { amount, .. } => (0, minus(amount.amount, recorded)?),
            // What was held for a payment is captured: it leaves the hold and the account in one step.
            AccountEvent::HoldCaptured { amount, .. } => {
                let back = minus(amount.amount, recorded)?;
                (back, back)
            }
            AccountEvent::HoldRefused { .. } => return Ok(()),
        };
        self.change(id, booked, held, recorded);
        Ok(())
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

    fn change(&mut self, account_id: AccountId, booked: i64, held: i64, recorded: &Recorded) {
        self.changes.push(ChangeRow {
            account_id,
            booked,
            held,
            at: recorded.envelope.recorded_at,
            position: recorded.envelope.position,
        });
    }

    /// Two rows for the two legs of a movement: first where the money came to, then where it came from.
    fn book(&mut self, [from, to]: [Entry; 2], recorded: &Recorded) -> Result<(), EventError> {
        // A leg that has no opposite would be money out of nothing.
        if from.change.checked_neg() != Some(to.change) {
            return Err(recorded.refuse("an amount of money leaves 64 bits"));
        }
        let about = About::of(recorded)?;
        let places = [&to, &from].map(|leg| self.place(leg.book.to_string(), leg.currency));
        let [to_place, from_place] = places;
        for (leg, ledger, counter, amount) in [
            (1, to_place, from_place, to.change),
            (2, from_place, to_place, from.change),
        ] {
            self.entries.push(EntryRow {
                position: recorded.envelope.position,
                leg,
                ledger,
                counter,
                amount,
                event_type: recorded.envelope.event_type.clone(),
                order_id: about.order_id.map(|id| id.uuid()),
                payment_id: about.payment_id.map(|id| id.uuid()),
                reference: about.reference.clone(),
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

#[cfg(test)]
impl BalancesBatch {
    /// The sums of the entries of some accounts of the shop, by currency.
    pub(crate) fn sums_of(&self, accounts: &[domain::account::LedgerAccount]) -> BTreeMap<Currency, i128> {
        let mut sums = BTreeMap::new();
        for entry in &self.entries {
            let (ledger, currency) = &self.ledgers[entry.ledger];
            if accounts.iter().any(|account| account.name() == ledger) {
                *sums.entry(*currency).or_default() += i128::from(entry.amount);
            }
        }
        sums.retain(|_, sum| *sum != 0);
        sums
    }
}

/// What a movement was for.
#[derive(Default)]
struct About {
    order_id: Option<OrderId>,
    payment_id: Option<PaymentId>,
    reference: Option<String>,
}

impl About {
    fn of(recorded: &Recorded) -> Result<Self, EventError> {
        Ok(match &recorded.event {
            Event::Account(
                AccountEvent::Deposited { reference, .. } | AccountEvent::Withdrawn { reference, .. },
            ) => Self {
                reference: Some(reference.to_string()),
                ..Self::default()
            },
            Event::Account(
                AccountEvent::FundsHeld {
                    payment_id, order_id, ..
                }
                | AccountEvent::HoldRefused {
                    payment_id, order_id, ..
                }
                | AccountEvent::HoldCaptured {
                    payment_id, order_id, ..
                }
                | AccountEvent::HoldReleased {
                    payment_id, order_id, ..
                }
                | AccountEvent::Refunded {
                    payment_id, order_id, ..
                },
            ) => Self {
                order_id: Some(*order_id),
                payment_id: Some(*payment_id),
                reference: None,
            },
            Event::Payment(event) => Self {
                order_id: Some(event.order_id()),
                payment_id: Some(recorded.id()?),
                reference: None,
            },
            Event::Account(AccountEvent::Opened { .. })
            | Event::Product(_)
            | Event::Stock(_)
            | Event::Order(_)
            | Event::Subscription(_)
            | Event::Warehouse(_) => Self::default(),
        })
    }
}

/// Money is never rounded and never wraps: an amount that does not fit stops the projection.
fn minus(amount: i64, recorded: &Recorded) -> Result<i64, EventError> {
    amount
        .checked_neg()
        .ok_or_else(|| recorded.refuse("an amount of money leaves 64 bits"))
}
