//! What the log adds up to, kept along with it: every event is checked as it is written.

use std::collections::{BTreeMap, BTreeSet};

use super::shop::{Found, Shop, ensure};
use crate::{
    Event,
    account::{AccountEvent, LedgerAccount},
    ledger::{Book, entries},
    order::{OrderEvent, units_by_sku},
    payment::{PaymentEvent, PaymentSource},
    stock::{Bucket, StockEvent},
    subscription::SubscriptionEvent,
    value::{AccountId, Currency, OrderId, PaymentId, RefundId, ReturnId, Sku},
};

/// The sums of the log up to now.
#[derive(Debug, Default)]
pub(super) struct Books {
    money: BTreeMap<(Book, Currency), i64>,
    pub(super) payments: BTreeMap<PaymentId, Moved>,
    pub(super) orders: BTreeMap<OrderId, Sold>,
    /// What each order says of each of its returns.
    pub(super) said: BTreeMap<ReturnId, (OrderId, GoodsMoney)>,
    /// What was paid for each return.
    pub(super) paid: BTreeMap<ReturnId, GoodsMoney>,
    refunds_of_returns: BTreeMap<RefundId, ReturnId>,
    /// The payments that subscriptions count as the charge of a period.
    pub(super) charged: BTreeSet<PaymentId>,
    stocks: BTreeMap<Sku, Units>,
}

/// The money of one payment in the log.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Moved {
    captures: u32,
    pub(super) captured: i64,
    pub(super) refunded: i64,
    /// How many refunds the shop asked for.
    pub(super) refunds_asked: u32,
    /// What an account says it gave back.
    returned_to_account: i64,
    pub(super) is_by_card: bool,
    pub(super) charges_subscription: bool,
}

/// What an order asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sold {
    pub(super) units: i64,
}

/// The money of a return: what the order says goes back, and what a payment gave back for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct GoodsMoney {
    pub(super) refund: i64,
    pub(super) written_off: i64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Units {
    came_in: i64,
    /// What counts did not find.
    lost: i64,
    sold: i64,
    returned: i64,
}

impl Books {
    pub(super) fn enter(&mut self, id: &str, event: &Event) -> Found {
        if let Some(legs) = entries(id, event) {
            let sum: i64 = legs.iter().map(|leg| leg.change).sum();
            ensure(sum == 0, || format!("a movement has two legs: {legs:?}"))?;
            for leg in legs {
                *self.money.entry((leg.book, leg.currency)).or_default() += leg.change;
            }
        }
        match event {
            Event::Payment(event) => self.payment(id, event),
            Event::Account(AccountEvent::Refunded {
                payment_id, amount, ..
            }) => {
                let moved = self.payments.entry(*payment_id).or_default();
                moved.returned_to_account += amount.amount;
                ensure(moved.returned_to_account <= moved.captured, || {
                    format!("payment {payment_id} gave back more than it took: {moved:?}")
                })
            }
            Event::Order(event) => {
                self.order(id, event);
                Ok(())
            }
            Event::Stock(event) => {
                self.stock(id, event);
                Ok(())
            }
            Event::Subscription(SubscriptionEvent::Charged { payment_id, .. }) => {
                let is_first = self.charged.insert(*payment_id);
                ensure(is_first, || format!("payment {payment_id} paid two periods"))
            }
            _ => Ok(()),
        }
    }

    fn payment(&mut self, id: &str, event: &PaymentEvent) -> Found {
        let moved = self.payments.entry(id.parse().unwrap()).or_default();
        match event {
            PaymentEvent::Requested { order_id, method, .. } => {
                moved.is_by_card = PaymentSource::from(method) == PaymentSource::Card;
                moved.charges_subscription = order_id.is_of_subscription();
            }
            PaymentEvent::Captured { amount, .. } => {
                moved.captures += 1;
                moved.captured += amount.amount;
            }
            PaymentEvent::RefundRequested {
                refund_id, return_id, ..
            } => {
                moved.refunds_asked += 1;
                if let Some(return_id) = return_id {
                    self.refunds_of_returns.insert(*refund_id, *return_id);
                }
            }
            PaymentEvent::Refunded {
                refund_id,
                amount,
                borne_by,
                ..
            } => {
                moved.refunded += amount.amount;
                if let Some(return_id) = self.refunds_of_returns.get(refund_id) {
                    let paid = self.paid.entry(*return_id).or_default();
                    paid.refund += amount.amount;
                    if *borne_by == LedgerAccount::WriteOffs {
                        paid.written_off += amount.amount;
                    }
                }
            }
            _ => {}
        }
        ensure(moved.captures <= 1, || format!("payment {id} was captured twice"))?;
        ensure(moved.refunded <= moved.captured, || {
            format!("payment {id} was refunded beyond what was captured: {moved:?}")
        })
    }

    fn order(&mut self, id: &str, event: &OrderEvent) {
        let sold = self.orders.entry(id.parse().unwrap()).or_default();
        match event {
            OrderEvent::Placed { lines, .. } => {
                let units = units_by_sku(lines).unwrap();
                sold.units = units.values().map(|units| i64::from(*units)).sum();
            }
            OrderEvent::ReturnAccepted {
                return_id,
                refund,
                written_off,
                ..
            }
            | OrderEvent::RefundReduced {
                return_id,
                refund,
                written_off,
            } => {
                let said = GoodsMoney {
                    refund: refund.amount,
                    written_off: written_off.amount,
                };
                self.said.insert(*return_id, (id.parse().unwrap(), said));
            }
            _ => {}
        }
    }

    fn stock(&mut self, id: &str, event: &StockEvent) {
        let units = self.stocks.entry(id.parse().unwrap()).or_default();
        match event {
            StockEvent::Received { quantity, .. } => units.came_in += i64::from(*quantity),
            StockEvent::Adjusted { difference, .. } => {
                units.came_in += difference;
                units.lost -= difference.min(&0);
            }
            StockEvent::Committed { quantity, .. } => units.sold += i64::from(*quantity),
            StockEvent::Returned { quantity, .. } => units.returned += i64::from(*quantity),
            _ => {}
        }
    }
}

impl Shop {
    /// Looks at the aggregate that an event happened to, right after it happened.
    pub(super) fn check(&self, id: &str, event: &Event) -> Found {
        match event {
            Event::Account(_) => self.check_account(id.parse().unwrap()),
            Event::Stock(_) => self.check_stock(&id.parse().unwrap()),
            _ => Ok(()),
        }
    }

    /// The account is the sum of its entries, and what it holds is there.
    fn check_account(&self, id: AccountId) -> Found {
        let Ok(account) = self.accounts[&id].opened() else {
            return Ok(());
        };
        let booked = self.books.money.get(&(Book::Customer(id), account.currency));
        let booked = booked.copied().unwrap_or_default();
        ensure(booked == account.booked && account.available() >= 0, || {
            format!("account {id} has {booked} booked: {account:?}")
        })
    }

    /// Sold and reserved units were on hand, and the level is what came in less what went out.
    fn check_stock(&self, sku: &Sku) -> Found {
        let stock = &self.stocks[sku];
        let units = self.books.stocks.get(sku).copied().unwrap_or_default();
        let signed = |sum: u64| i64::try_from(sum).unwrap();
        let on_hand = signed(stock.buckets.iter().map(|bucket| bucket.on_hand).sum());
        let reserved = signed(stock.buckets.iter().map(|bucket| bucket.reserved).sum());
        let kept = stock.reservations.values().map(|kept| i64::from(kept.quantity));
        // Only a count can leave less than is promised.
        let missing = signed(stock.buckets.iter().map(Bucket::missing).sum());
        let is_sound = missing <= units.lost
            && on_hand == units.came_in - units.sold + units.returned
            && reserved == kept.sum::<i64>()
            && units.sold + reserved <= units.came_in + units.returned + missing;
        ensure(is_sound, || {
            format!("the units of {sku} do not add up: {units:?} {stock:?}")
        })
    }

    /// Per currency everything sums to zero, and the gateway has what the log says.
    pub(super) fn check_books(&self) -> Found {
        let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
        for ((_, currency), sum) in &self.books.money {
            *sums.entry(*currency).or_default() += sum;
        }
        ensure(sums.values().all(|sum| *sum == 0), || {
            format!("the books do not balance: {sums:?}")
        })?;
        for (payment_id, held) in &self.gateway.payments {
            let moved = self.books.payments.get(payment_id).copied().unwrap_or_default();
            let agree = held.collected == moved.captured && held.returned == moved.refunded && held.held == 0;
            ensure(agree, || {
                format!("the gateway and the log disagree on payment {payment_id}: {held:?} {moved:?}")
            })?;
        }
        let by_account = self.books.payments.iter().filter(|(_, moved)| !moved.is_by_card);
        for (payment_id, moved) in by_account {
            ensure(moved.returned_to_account == moved.refunded, || {
                format!("the account and payment {payment_id} disagree: {moved:?}")
            })?;
        }
        Ok(())
    }
}
