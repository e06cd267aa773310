//! How every order must have ended when the shop comes to rest.

use std::collections::BTreeMap;

use super::shop::{Found, Recorded, Shop, ensure};
use crate::{
    Event,
    order::{CancelReason, Order, OrderStatus, PlacedOrder},
    payment::{Payment, PaymentPhase},
    process::ProcessManager as _,
    stock::StockEvent,
    subscription::Subscription,
    value::{Money, OrderId, PaymentId, Sku},
};

/// How many orders came to each end, so that a scheduler which never cancels does not pass for a success.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Ends(BTreeMap<&'static str, usize>);

impl Ends {
    pub(super) fn count(&mut self, end: &'static str) {
        *self.0.entry(end).or_default() += 1;
    }

    pub(super) fn add(&mut self, more: &Self) {
        for (end, count) in &more.0 {
            *self.0.entry(end).or_default() += count;
        }
    }

    pub(super) fn of(&self, end: &str) -> usize {
        self.0.get(end).copied().unwrap_or_default()
    }

    pub(super) fn orders(&self) -> usize {
        let is_order = |end: &&str| !end.starts_with("subscription");
        let orders = self.0.iter().filter(|(end, _)| is_order(end));
        orders.map(|(_, count)| count).sum()
    }

    pub(super) fn assert_all_happened(&self) {
        for end in [
            "paid",
            "shipped",
            "delivered",
            "returned",
            "by_customer",
            "out_of_stock",
            "payment_declined",
            "capture_failed",
            "reservation_expired",
            "shipping_refused",
            "subscription_charged",
        ] {
            assert!(
                self.0.get(end).is_some_and(|count| *count >= 20),
                "{end}: {self:?}"
            );
        }
    }
}

impl Shop {
    pub(super) fn check_ends(&self) -> Result<Ends, String> {
        self.check_books()?;
        let mut ends = Ends::default();
        for order_id in self.orders.keys() {
            ends.count(self.check_end(*order_id)?);
        }
        self.check_subscriptions(&mut ends)?;
        Ok(ends)
    }

    /// How often an order released units for others, or had none, and waited.
    pub(super) fn waits_for_units(&self) -> usize {
        let contended = |recorded: &&Recorded| {
            matches!(
                &recorded.event,
                Event::Stock(StockEvent::ReservationRefused { undecided, .. }) if *undecided > 0
            )
        };
        self.log.iter().filter(contended).count()
    }

    /// The orders that were out of stock although what is left would serve them, one after another.
    pub(super) fn refused_in_vain(&self) -> impl Iterator<Item = OrderId> {
        let today = self.now.date_naive();
        let mut left: BTreeMap<&Sku, u64> = self
            .stocks
            .iter()
            .map(|(sku, stock)| (sku, stock.available(today)))
            .collect();
        self.orders.iter().filter_map(move |(order_id, order)| {
            let Order::Placed(order) = order else { return None };
            if !matches!(
                order.status,
                OrderStatus::Cancelled(CancelReason::OutOfStock { .. })
            ) {
                return None;
            }
            let wanted: Vec<&Sku> = order.sold.keys().collect();
            if wanted.iter().any(|sku| left.get(sku).copied() < Some(1)) {
                return None;
            }
            wanted.iter().for_each(|sku| *left.entry(sku).or_default() -= 1);
            Some(*order_id)
        })
    }

    /// An order is on its way to its customer with the money in the till, or cancelled with nothing left behind.
    fn check_end(&self, order_id: OrderId) -> Result<&'static str, String> {
        let Order::Placed(order) = &self.orders[&order_id] else {
            return Ok("never_placed");
        };
        let Some(process) = self.fulfilment.processes.get(&order_id.to_string()) else {
            return Err(format!("order {order_id} has no process"));
        };
        let wrong = |what: &str| format!("order {order_id} {what}: {order:?} {process:?}");
        let holds = self.holds(order.payment_id);
        ensure(holds == 0, || wrong("holds money at its end"))?;
        let (reserved, kept) = (self.reserved(order_id), self.kept(order.payment_id));
        // A refund that failed as often as it is tried is left to people.
        if process.step() == "refund_failed" {
            ensure(kept > 0 && reserved == 0, || {
                wrong("was left to people for nothing")
            })?;
            return Ok("left_to_people");
        }
        match &order.status {
            OrderStatus::Cancelled(reason) => {
                ensure(process.status() == "failed", || {
                    wrong("was cancelled and is not undone")
                })?;
                ensure(reserved == 0, || wrong("was cancelled and keeps units"))?;
                ensure(kept == 0, || wrong("was cancelled and its money kept"))?;
                Ok(reason.code())
            }
            OrderStatus::Placed | OrderStatus::Confirmed => Err(wrong("never ended")),
            status => {
                ensure(process.status() == "completed", || wrong("is not complete"))?;
                let wanted = self.books.orders[&order_id].units;
                let units = if *status == OrderStatus::Paid { wanted } else { 0 };
                ensure(reserved == units, || wrong("has the wrong units"))?;
                self.check_money(order_id, order)?;
                Ok(status.name())
            }
        }
    }

    fn check_money(&self, order_id: OrderId, order: &PlacedOrder) -> Found {
        let Some(Payment::Open(payment)) = self.payments.get(&order.payment_id) else {
            return Err(format!("order {order_id} has no payment"));
        };
        let moved = self.books.payments[&order.payment_id];
        let process = format!("{:?}", self.fulfilment.processes[&order_id.to_string()]);
        let gave_up = process.contains("failed: [R");
        let is_sound =
            payment.phase == PaymentPhase::Captured && self.kept(order.payment_id) == payment.refundable();
        ensure(is_sound, || {
            format!("order {order_id} disagrees with its payment: {moved:?} {payment:?}")
        })?;
        // A refund that failed as often as it is tried is left to people.
        if gave_up {
            return Ok(());
        }
        // The process owes nothing, and what the order says of each return is what was paid for it.
        ensure(process.contains("owed: {}"), || {
            format!("order {order_id} owes money for good: {process} {payment:?}")
        })?;
        for (return_id, (_, said)) in self.books.said.iter().filter(|(_, (of, _))| *of == order_id) {
            let paid = self.books.paid.get(return_id).copied().unwrap_or_default();
            ensure(*said == paid, || {
                format!(
                    "order {order_id} says {said:?} of return {return_id}, and {paid:?} was paid: {payment:?}"
                )
            })?;
        }
        Ok(())
    }

    /// A period is paid by one payment, and every other payment went back.
    fn check_subscriptions(&self, ends: &mut Ends) -> Found {
        let paid: u32 = self
            .subscriptions
            .values()
            .map(|subscription| match subscription {
                Subscription::Open(open) => open.paid,
                Subscription::Unstarted => 0,
            })
            .sum();
        let charged = &self.books.charged;
        for _ in 0..paid {
            ends.count("subscription_charged");
        }
        ensure(u32::try_from(charged.len()) == Ok(paid), || {
            format!("{} charges were counted and {paid} periods paid", charged.len())
        })?;
        // A refund that failed as often as it is tried is left to people.
        let is_left = self
            .recurring
            .processes
            .values()
            .any(|process| process.step() == "refund_failed");
        let payments = self.books.payments.iter();
        for (payment_id, moved) in payments.filter(|(_, moved)| moved.charges_subscription) {
            // What the gateway's own pages give back of a charge that counted is no affair of its subscription.
            let is_sound = if charged.contains(payment_id) {
                moved.captured > 0 && moved.refunds_asked == 0
            } else {
                moved.captured == moved.refunded || is_left
            };
            ensure(is_sound, || {
                format!("the subscription of payment {payment_id} disagrees with it: {moved:?}")
            })?;
        }
        Ok(())
    }

    /// What a payment still holds on any account.
    fn holds(&self, payment_id: PaymentId) -> i64 {
        let open = self.accounts.values().filter_map(|account| account.opened().ok());
        open.filter_map(|account| account.holds.get(&payment_id))
            .map(|hold| hold.remaining)
            .sum()
    }

    /// The units that any stock keeps for an order.
    fn reserved(&self, order_id: OrderId) -> i64 {
        let reservations = self
            .stocks
            .values()
            .filter_map(|stock| stock.reservations.get(&order_id));
        reservations
            .map(|reservation| i64::from(reservation.quantity))
            .sum()
    }

    /// What a payment can give back for goods, as the people who accept a return see it.
    pub(super) fn left_for_goods(&self, payment_id: PaymentId) -> Option<Money> {
        let payment = self.payments.get(&payment_id)?.open().ok()?;
        Some(payment.left_for_goods())
    }

    /// What was captured and did not come back.
    fn kept(&self, payment_id: PaymentId) -> i64 {
        let moved = self.books.payments.get(&payment_id);
        moved.map_or(0, |moved| moved.captured - moved.refunded)
    }
}
