//! A whole shop in memory: five aggregates, two process managers, a gateway, and people who change
//! their minds, under a scheduler that delivers everything in any order it likes.
//!
//! Everything follows from a seed. A failure names its seed; `SEEDS` can then be narrowed to it.

mod books;
mod gateway;
mod people;
mod random;
mod shop;

use self::{
    books::{assert_books_balance, assert_nothing_is_oversold},
    people::People,
    random::Random,
    shop::Shop,
};
use crate::{
    order::{Order, OrderStatus},
    payment::{Payment, PaymentPhase},
    process::ProcessManager as _,
    value::OrderId,
};

/// Enough for every kind of story to happen many times, few enough to take seconds unoptimised.
const SEEDS: std::ops::Range<u64> = 0..500;

#[test]
fn every_order_ends_and_nothing_is_lost_whatever_the_order_of_deliveries() {
    let mut ends = Ends::default();
    for seed in SEEDS {
        let told = std::panic::catch_unwind(|| live(seed));
        match told {
            Ok(more) => ends.add(&more),
            Err(_) => panic!("the shop went wrong with seed {seed}"),
        }
    }
    ends.assert_all_happened();
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let log = |seed| {
        let mut shop = Shop::open(Random::new(seed));
        shop.live(&mut People::new(seed));
        shop.log
    };
    assert_eq!(log(7), log(7));
    assert_ne!(log(7), log(8));
}

/// Lets a shop live until nothing is left to do, and looks at what it left behind.
fn live(seed: u64) -> Ends {
    let mut shop = Shop::open(Random::new(seed));
    shop.live(&mut People::new(seed));
    assert_books_balance(&shop);
    assert_nothing_is_oversold(&shop);
    let mut ends = Ends::default();
    for order_id in shop.orders.keys() {
        ends.count(assert_ended(&shop, *order_id));
    }
    ends
}

/// How many orders came to each end, so that a scheduler which never cancels does not pass for a success.
#[derive(Debug, Default)]
struct Ends(std::collections::BTreeMap<&'static str, usize>);

impl Ends {
    fn count(&mut self, end: &'static str) {
        *self.0.entry(end).or_default() += 1;
    }

    fn add(&mut self, more: &Self) {
        for (end, count) in &more.0 {
            *self.0.entry(end).or_default() += count;
        }
    }

    fn assert_all_happened(&self) {
        for end in [
            "paid",
            "shipped",
            "delivered",
            "by_customer",
            "out_of_stock",
            "payment_declined",
            "capture_failed",
        ] {
            assert!(
                self.0.get(end).is_some_and(|count| *count >= 20),
                "{end}: {self:?}"
            );
        }
    }
}

/// An order is on its way to its customer with the money in the till, or cancelled with nothing left behind.
fn assert_ended(shop: &Shop, order_id: OrderId) -> &'static str {
    let Order::Placed(order) = &shop.orders[&order_id] else {
        panic!("{order_id} was never placed");
    };
    let payment = shop.payments.get(&order.payment_id);
    let process = shop.fulfilment_of(order_id);
    let holds = shop.hold(order.payment_id);
    let reserved = shop.reservations(order_id);
    assert_eq!(holds, 0, "{order_id} holds money at its end");
    match &order.status {
        OrderStatus::Cancelled(reason) => {
            assert_eq!(process.status(), "failed", "{order_id}: {process:?}");
            assert_eq!(reserved, 0, "{order_id} was cancelled and keeps units");
            assert_eq!(
                shop.kept(order_id),
                0,
                "{order_id} was cancelled and its money kept"
            );
            reason.code()
        }
        status @ (OrderStatus::Paid | OrderStatus::Shipped | OrderStatus::Delivered) => {
            assert_eq!(process.status(), "completed", "{order_id}: {process:?}");
            let Some(Payment::Open(payment)) = payment else {
                panic!("{order_id} has no payment");
            };
            assert_eq!(payment.phase, PaymentPhase::Captured);
            assert_eq!(shop.kept(order_id), payment.refundable(), "{order_id}");
            let units = if *status == OrderStatus::Paid {
                shop.wanted(order_id)
            } else {
                0
            };
            assert_eq!(
                reserved,
                units,
                "{order_id} is {} and has {reserved} units",
                status.name()
            );
            status.name()
        }
        unfinished => panic!("{order_id} never ended: {unfinished:?}, {process:?}"),
    }
}
