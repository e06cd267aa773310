//! What each process manager hears of.

use cqrs_es::Aggregate as _;
use domain::{
    account::Account,
    order::Order,
    payment::Payment,
    process::{Fulfilment, ProcessManager, Settlement},
    stock::Stock,
};

/// A process manager, and the aggregate types of the events that it routes. Events of the others are
/// not even read for it.
pub(crate) trait Follows: ProcessManager {
    /// Every aggregate type of which it routes at least one event.
    const AGGREGATE_TYPES: &'static [&'static str];
}

/// Hears of the order itself, of its units and of its payment.
impl Follows for Fulfilment {
    const AGGREGATE_TYPES: &'static [&'static str] = &[Order::TYPE, Payment::TYPE, Stock::TYPE];
}

/// Hears of the payment and of the account that it is paid from.
impl Follows for Settlement {
    const AGGREGATE_TYPES: &'static [&'static str] = &[Account::TYPE, Payment::TYPE];
}
