//! What must hold of the log, whatever died: taken from its events alone, and not from any read model.

use std::collections::BTreeMap;

use cqrs_es::Aggregate as _;
use domain::{
    Event,
    account::{Account, AccountEvent},
    ledger::{Book, entries},
    order::{Order, OrderEvent, OrderStatus, PlacedOrder},
    payment::PaymentEvent,
    stock::{Bucket, Stock, StockEvent},
    value::{Currency, OrderId, PaymentId, Sku},
};

use super::log::{Entry, Log};

/// The sums of the log.
#[derive(Default)]
pub(super) struct Audit {
    money: BTreeMap<(Currency, Book), i64>,
    accounts: BTreeMap<String, Account>,
    payments: BTreeMap<PaymentId, Moved>,
    stocks: BTreeMap<String, Stock>,
    units: BTreeMap<String, Units>,
    orders: BTreeMap<String, Told>,
    ends: BTreeMap<&'static str, usize>,
}

/// An order, and how often it was placed.
#[derive(Default)]
struct Told {
    order: Order,
    placed: usize,
}

/// The money of one payment.
#[derive(Debug, Default)]
struct Moved {
    captures: usize,
    captured: i64,
    refunded: i64,
    /// How often the account of the customer was charged for it.
    account_captures: usize,
}

/// The units of one SKU.
#[derive(Debug, Default)]
struct Units {
    came_in: i64,
    reserved: BTreeMap<OrderId, i64>,
    shipped: BTreeMap<OrderId, i64>,
    sum_reserved: i64,
    sum_shipped: i64,
}

impl Audit {
    /// Goes through the log; what must hold at every position is checked at every position.
    pub(super) fn of(log: &Log) -> Self {
        let mut audit = Self::default();
        for Entry { aggregate_id, event } in &log.0 {
            audit.money(aggregate_id, event);
            match event {
                Event::Account(event) => audit.account(aggregate_id, event),
                Event::Payment(event) => audit.payment(aggregate_id, event),
                Event::Stock(event) => audit.stock(aggregate_id, event),
                Event::Order(event) => audit.order(aggregate_id, event),
                Event::Product(_) | Event::Subscription(_) | Event::Warehouse(_) => {}
            }
        }
        audit.count_ends();
        audit
    }

    /// How many orders came to each end.
    pub(super) const fn ends(&self) -> &BTreeMap<&'static str, usize> {
        &self.ends
    }

    /// The units of a SKU that belong to an order or left with one.
    pub(super) fn sold(&self, sku: &str) -> i64 {
        let units = &self.units[sku];
        units.sum_reserved + units.sum_shipped
    }

    /// The balance of an account.
    pub(super) fn booked(&self, account: &str) -> i64 {
        self.accounts[account].opened().unwrap().booked
    }

    /// The units of a SKU that came in, less those that adjustments took out.
    pub(super) fn came_in(&self, sku: &str) -> i64 {
        self.units[sku].came_in
    }

    /// Every order that was acknowledged is there once, and no other; each has come to an end or rests where only
    /// people move it, with its money and its units where they belong.
    pub(super) fn everything_ended(&self, acknowledged: &[String]) {
        for id in acknowledged {
            let placed = self.orders.get(id).map_or(0, |told| told.placed);
            assert_eq!(placed, 1, "order {id} was acknowledged");
        }
        assert_eq!(
            self.orders.len(),
            acknowledged.len(),
            "an order is there of which nobody was told"
        );
        for (id, told) in &self.orders {
            self.ended(id.parse().unwrap(), placed(&told.order));
        }
        self.nothing_is_left_over();
    }

    fn ended(&self, id: OrderId, order: &PlacedOrder) {
        let none = Moved::default();
        let moved = self.payments.get(&order.payment_id).unwrap_or(&none);
        let kept = moved.captured - moved.refunded;
        let (reserved, shipped) = (self.units_of(id, order, false), self.units_of(id, order, true));
        let wanted: i64 = order.sold.values().map(|sold| i64::from(sold.units())).sum();
        let (money, at_rest, gone) = match &order.status {
            OrderStatus::Placed | OrderStatus::Confirmed => panic!("order {id} never ended: {order:?}"),
            OrderStatus::Cancelled(_) => (0, 0, 0),
            OrderStatus::Paid => (order.total.amount, wanted, 0),
            OrderStatus::Shipped | OrderStatus::Delivered | OrderStatus::Returned => {
                (order.total.amount, 0, wanted)
            }
        };
        assert_eq!(kept, money, "the money of order {id}: {order:?} {moved:?}");
        assert_eq!(
            (reserved, shipped),
            (at_rest, gone),
            "the units of order {id}: {order:?}"
        );
    }

    fn units_of(&self, id: OrderId, order: &PlacedOrder, shipped: bool) -> i64 {
        let of = |sku: &Sku| {
            let units = self.units.get(sku.as_str())?;
            let of = if shipped { &units.shipped } else { &units.reserved };
            of.get(&id).copied()
        };
        order.sold.keys().filter_map(of).sum()
    }

    /// Per currency everything sums to zero, the states that the domain folds agree with the sums of the log, and
    /// no money is held for a payment that is over.
    fn nothing_is_left_over(&self) {
        let mut sums = BTreeMap::<Currency, i64>::new();
        for ((currency, _), sum) in &self.money {
            *sums.entry(*currency).or_default() += sum;
        }
        assert!(sums.values().all(|sum| *sum == 0), "{sums:?}");
        for (id, account) in &self.accounts {
            let account = account.opened().unwrap();
            assert!(account.holds.is_empty(), "account {id} still holds: {account:?}");
        }
        for (id, moved) in &self.payments {
            assert!(
                (0..=moved.captured).contains(&moved.refunded) && moved.account_captures <= moved.captures,
                "payment {id}: {moved:?}"
            );
        }
        for (sku, units) in &self.units {
            let of_orders: i64 = units.reserved.values().sum();
            assert_eq!(of_orders, units.sum_reserved, "{sku}");
        }
    }

    fn money(&mut self, id: &str, event: &Event) {
        let Some(legs) = entries(id, event) else { return };
        assert_eq!(legs.iter().map(|leg| leg.change).sum::<i64>(), 0, "{event:?}");
        assert_eq!(legs[0].currency, legs[1].currency, "{event:?}");
        for leg in legs {
            *self.money.entry((leg.currency, leg.book)).or_default() += leg.change;
        }
    }

    fn account(&mut self, id: &str, event: &AccountEvent) {
        if let AccountEvent::HoldCaptured { payment_id, .. } = event {
            let moved = self.payments.entry(*payment_id).or_default();
            moved.account_captures += 1;
            assert_eq!(
                moved.account_captures, 1,
                "payment {payment_id} was charged twice"
            );
        }
        let account = self.accounts.entry(id.to_owned()).or_default();
        account.apply(event.clone());
        let account = account.opened().unwrap();
        let book = Book::Customer(id.parse().unwrap());
        let booked = self.money.get(&(account.currency, book)).copied();
        assert_eq!(account.booked, booked.unwrap_or_default(), "account {id}");
        assert!(account.available() >= 0, "account {id} is overdrawn: {account:?}");
    }

    fn payment(&mut self, id: &str, event: &PaymentEvent) {
        let moved = self.payments.entry(id.parse().unwrap()).or_default();
        match event {
            PaymentEvent::Captured { amount, .. } => {
                moved.captures += 1;
                moved.captured += amount.amount;
            }
            PaymentEvent::Refunded { amount, .. } => moved.refunded += amount.amount,
            _ => {}
        }
        assert!(moved.captures <= 1, "payment {id} was captured twice");
    }

    fn order(&mut self, id: &str, event: &OrderEvent) {
        let told = self.orders.entry(id.to_owned()).or_default();
        told.placed += usize::from(matches!(event, OrderEvent::Placed { .. }));
        told.order.apply(event.clone());
    }

    /// What came in is on hand or was shipped, and nothing belongs to two orders. Only a count that finds less
    /// than was promised may leave a shortfall, and no reservation or shipment adds to it.
    fn stock(&mut self, sku: &str, event: &StockEvent) {
        let units = self.units.entry(sku.to_owned()).or_default();
        match event {
            StockEvent::Received { quantity, .. } | StockEvent::Returned { quantity, .. } => {
                units.came_in += i64::from(*quantity);
            }
            StockEvent::Adjusted { difference, .. } => units.came_in += difference,
            StockEvent::Reserved {
                order_id, quantity, ..
            } => {
                let before = units.reserved.insert(*order_id, (*quantity).into());
                assert_eq!(before, None, "{sku} was reserved twice for order {order_id}");
                units.sum_reserved += i64::from(*quantity);
            }
            StockEvent::Released { order_id, .. } => units.sum_reserved -= units.take(sku, *order_id),
            StockEvent::Committed { order_id, .. } => {
                let taken = units.take(sku, *order_id);
                units.sum_reserved -= taken;
                units.sum_shipped += taken;
                let before = units.shipped.insert(*order_id, taken);
                assert_eq!(before, None, "{sku} was shipped twice to order {order_id}");
            }
            _ => {}
        }
        let stock = self.stocks.entry(sku.to_owned()).or_default();
        let before = shortfall(stock);
        stock.apply(event.clone());
        let signed = |sum: u64| i64::try_from(sum).unwrap();
        let on_hand = signed(stock.buckets.iter().map(|bucket| bucket.on_hand).sum());
        let reserved = signed(stock.buckets.iter().map(|bucket| bucket.reserved).sum());
        assert_eq!(on_hand + units.sum_shipped, units.came_in, "{sku}: {units:?}");
        assert_eq!(reserved, units.sum_reserved, "{sku}: {units:?}");
        assert!(on_hand >= 0 && reserved >= 0, "{sku}: {units:?}");
        assert!(
            shortfall(stock) <= before || matches!(event, StockEvent::Adjusted { .. }),
            "{sku} is oversold: {units:?}"
        );
    }

    fn count_ends(&mut self) {
        for told in self.orders.values() {
            let end = match &placed(&told.order).status {
                OrderStatus::Cancelled(reason) => reason.code(),
                status => status.name(),
            };
            *self.ends.entry(end).or_default() += 1;
        }
    }
}

impl Units {
    fn take(&mut self, sku: &str, order_id: OrderId) -> i64 {
        let reserved = self.reserved.remove(&order_id);
        reserved.unwrap_or_else(|| panic!("{sku} was not reserved for order {order_id}"))
    }
}

/// The units that are reserved and not there, in each bucket.
fn shortfall(stock: &Stock) -> u64 {
    let missing = |bucket: &Bucket| bucket.reserved.saturating_sub(bucket.on_hand);
    stock.buckets.iter().map(missing).sum()
}

fn placed(order: &Order) -> &PlacedOrder {
    match order {
        Order::Placed(order) => order,
        Order::Unplaced => panic!("an order has events and was not placed"),
    }
}
