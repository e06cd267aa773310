//! What the log adds up to: the books of the shop and the units of its warehouses.

use std::collections::BTreeMap;

use super::{people::SKUS, shop::Shop};
use crate::{
    Event,
    account::{AccountEvent, LedgerAccount},
    payment::{PaymentEvent, PaymentSource},
    stock::StockEvent,
    testing::value::{noon, sku},
    value::Currency,
};

/// Every movement has two legs, so all entries sum to zero, and each account is the sum of its own.
pub(super) fn assert_books_balance(shop: &Shop) {
    let mut books: BTreeMap<(String, Currency), i64> = BTreeMap::new();
    for (id, event) in &shop.log {
        for (account, currency, change) in entries(id, event) {
            *books.entry((account, currency)).or_default() += change;
        }
    }
    assert_eq!(books.values().sum::<i64>(), 0, "{books:?}");
    for (account_id, account) in &shop.accounts {
        let Ok(account) = account.opened() else {
            continue;
        };
        let booked = books.get(&(account_id.to_string(), account.currency));
        assert_eq!(booked.copied().unwrap_or_default(), account.booked);
        assert!(account.available() >= 0, "{account:?}");
        assert!(account.holds.is_empty(), "{account:?}");
    }
    let kept: i64 = shop.orders.keys().map(|order_id| shop.kept(*order_id)).sum();
    let revenue = books.get(&(LedgerAccount::Revenue.name().to_owned(), Currency::EUR));
    assert_eq!(revenue.copied().unwrap_or_default(), kept);
}

/// The entries that an event makes: account, currency, change.
fn entries(id: &str, event: &Event) -> Vec<(String, Currency, i64)> {
    let between = |debit: &str, credit: &str, money: crate::value::Money| {
        vec![
            (debit.to_owned(), money.currency, -money.amount),
            (credit.to_owned(), money.currency, money.amount),
        ]
    };
    match event {
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
        ) => between(counter_account.name(), id, *amount),
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
        ) => between(id, counter_account.name(), *amount),
        // The events of an account already carry the entries of its payments; a card has no account here.
        Event::Payment(PaymentEvent::Captured {
            amount,
            source: PaymentSource::Card,
            ..
        }) => between(
            LedgerAccount::Gateway.name(),
            LedgerAccount::Revenue.name(),
            *amount,
        ),
        Event::Payment(PaymentEvent::Refunded {
            amount,
            source: PaymentSource::Card,
            ..
        }) => between(
            LedgerAccount::Revenue.name(),
            LedgerAccount::Gateway.name(),
            *amount,
        ),
        _ => Vec::new(),
    }
}

/// Sold and reserved units were on hand, and the levels are what came in less what went out.
pub(super) fn assert_nothing_is_oversold(shop: &Shop) {
    for name in SKUS {
        let stock = &shop.stocks[&sku(name)];
        let (mut came_in, mut sold) = (0, 0);
        for (id, event) in &shop.log {
            match event {
                Event::Stock(StockEvent::Received { quantity, .. }) if id == name => {
                    came_in += i64::from(*quantity);
                }
                Event::Stock(StockEvent::Adjusted { difference, .. }) if id == name => came_in += difference,
                Event::Stock(StockEvent::Committed { quantity, .. }) if id == name => {
                    sold += i64::from(*quantity);
                }
                _ => {}
            }
        }
        let units = |sum: u64| i64::try_from(sum).unwrap();
        let on_hand = units(stock.buckets.iter().map(|bucket| bucket.on_hand).sum());
        let reserved = units(stock.buckets.iter().map(|bucket| bucket.reserved).sum());
        let kept = stock.reservations.values().map(|kept| i64::from(kept.quantity));
        assert_eq!(on_hand, came_in - sold, "{name}");
        assert_eq!(reserved, kept.sum::<i64>(), "{name}");
        assert!(sold + reserved <= came_in, "{name}");
        assert_eq!(units(stock.available(noon().date_naive())), on_hand - reserved);
    }
}
