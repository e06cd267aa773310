//! The books: which entries an event makes.
//!
//! Every movement of money is booked twice, once where it leaves and once where it arrives, so the entries of
//! each event, and so those of any part of the log, sum to zero in every currency. Accounts of customers are
//! named by their id, everything else is a [`LedgerAccount`].

use std::fmt;

use crate::{
    Event,
    account::{AccountEvent, LedgerAccount},
    payment::{PaymentEvent, PaymentSource},
    value::{AccountId, Currency, Money},
};

/// An account of the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Book {
    /// The account of a customer.
    Customer(AccountId),
    /// An account of the shop, or one that stands for the world outside.
    Shop(LedgerAccount),
}

/// As the books name it.
impl fmt::Display for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Customer(id) => id.fmt(f),
            Self::Shop(account) => f.write_str(account.name()),
        }
    }
}

/// One leg of a movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Whose books.
    pub book: Book,
    /// In which currency.
    pub currency: Currency,
    /// Minor units: above zero where money arrives, below where it leaves.
    pub change: i64,
}

/// The two legs of the movement that an event made, or nothing when it moved no money.
///
/// The payment from an account is booked by the event of the account; that of a card, which has no account here,
/// by the event of the payment.
pub fn entries(aggregate_id: &str, event: &Event) -> Option<[Entry; 2]> {
    let customer = || aggregate_id.parse().ok().map(Book::Customer);
    let gateway = Book::Shop(LedgerAccount::Gateway);
    let (from, to, money) = match event {
        Event::Account(
            AccountEvent::Deposited {
                amount,
                counter_account,
                ..
            }
            | AccountEvent::Refunded {
                amount,
                counter_account,
                ..
            },
        ) => (Book::Shop(*counter_account), customer()?, *amount),
        Event::Account(
            AccountEvent::Withdrawn {
                amount,
                counter_account,
                ..
            }
            | AccountEvent::HoldCaptured {
                amount,
                counter_account,
                ..
            },
        ) => (customer()?, Book::Shop(*counter_account), *amount),
        Event::Payment(PaymentEvent::Captured {
            amount,
            source: PaymentSource::Card,
            ..
        }) => (gateway, Book::Shop(LedgerAccount::Revenue), *amount),
        Event::Payment(PaymentEvent::Refunded {
            amount,
            source: PaymentSource::Card,
            borne_by,
            ..
        }) => (Book::Shop(*borne_by), gateway, *amount),
        // A payment from an account is booked by the events of the account.
        Event::Payment(
            PaymentEvent::Captured {
                source: PaymentSource::Account,
                ..
            }
            | PaymentEvent::Refunded {
                source: PaymentSource::Account,
                ..
            },
        ) => return None,
        Event::Account(
            AccountEvent::Opened { .. }
            | AccountEvent::FundsHeld { .. }
            | AccountEvent::HoldRefused { .. }
            | AccountEvent::HoldReleased { .. },
        )
        | Event::Payment(
            PaymentEvent::Requested { .. }
            | PaymentEvent::Authorised { .. }
            | PaymentEvent::Declined { .. }
            | PaymentEvent::CaptureRequested { .. }
            | PaymentEvent::CaptureFailed { .. }
            | PaymentEvent::VoidRequested { .. }
            | PaymentEvent::Voided { .. }
            | PaymentEvent::RefundRequested { .. }
            | PaymentEvent::RefundIdentified { .. }
            | PaymentEvent::RefundFailed { .. },
        )
        | Event::Product(_)
        | Event::Stock(_)
        | Event::Order(_)
        | Event::Subscription(_)
        | Event::Warehouse(_) => return None,
    };
    Some(between(from, to, money))
}

fn between(from: Book, to: Book, Money { amount, currency }: Money) -> [Entry; 2] {
    let leg = |book, change| Entry {
        book,
        currency,
        change,
    };
    [leg(from, amount.saturating_neg()), leg(to, amount)]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        account, payment,
        testing::{
            arbitrary::up_to,
            value::{account_id, payment_id},
        },
    };

    fn events() -> impl Strategy<Value = (String, Event)> {
        prop_oneof![
            account::tests::events().prop_map(|event| (account_id(1).to_string(), Event::Account(event))),
            payment::tests::events().prop_map(|event| (payment_id(1).to_string(), Event::Payment(event))),
        ]
    }

    /// Beyond any amount that a command may carry, sums are of no interest.
    const SANE: std::ops::RangeInclusive<i64> = -Money::MAX_AMOUNT..=Money::MAX_AMOUNT;

    proptest! {
        #[test]
        fn in_every_currency_the_books_sum_to_zero_at_every_position(log in up_to(60, events())) {
            let mut books: BTreeMap<(Currency, Book), i64> = BTreeMap::new();
            for (aggregate_id, event) in log {
                let entries = entries(&aggregate_id, &event).into_iter().flatten();
                for entry in entries.filter(|entry| SANE.contains(&entry.change)) {
                    *books.entry((entry.currency, entry.book)).or_default() += entry.change;
                }
                let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
                for ((currency, _), sum) in &books {
                    *sums.entry(*currency).or_default() += sum;
                }
                assert!(sums.values().all(|sum| *sum == 0), "{books:?}");
            }
        }
    }
}
