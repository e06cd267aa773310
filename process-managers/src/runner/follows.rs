//! Which events each process manager follows.

use cqrs_es::Aggregate as _;
use domain::{
    Event,
    account::Account,
    order::{Order, OrderEvent},
    payment::{Payment, PaymentEvent},
    process::{Fulfilment, ProcessManager, Recurring, Settlement},
    stock::Stock,
    subscription::{Subscription, SubscriptionEvent},
};

/// A process manager, and the aggregate types of the events that it routes. Events of the others are
/// not even decoded for it.
pub(crate) trait Follows: ProcessManager {
    /// Every aggregate type of which it routes at least one event.
    const AGGREGATE_TYPES: &'static [&'static str];

    /// Whether an event is the first of its process, so that there is no state to load.
    fn begins(event: &Event) -> bool;
}

/// Follows the order itself, its units and its payment.
impl Follows for Fulfilment {
    const AGGREGATE_TYPES: &'static [&'static str] = &[Order::TYPE, Payment::TYPE, Stock::TYPE];

    fn begins(event: &Event) -> bool {
        matches!(event, Event::Order(OrderEvent::Placed { .. }))
    }
}

/// Follows the payment and the account that it is paid from.
impl Follows for Settlement {
    const AGGREGATE_TYPES: &'static [&'static str] = &[Account::TYPE, Payment::TYPE];

    fn begins(event: &Event) -> bool {
        matches!(event, Event::Payment(PaymentEvent::Requested { .. }))
    }
}

/// Follows the subscription and the payments that it is charged by.
impl Follows for Recurring {
    const AGGREGATE_TYPES: &'static [&'static str] = &[Payment::TYPE, Subscription::TYPE];

    fn begins(event: &Event) -> bool {
        matches!(event, Event::Subscription(SubscriptionEvent::Started { .. }))
    }
}
