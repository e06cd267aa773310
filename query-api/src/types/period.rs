//! `Period` and `PeriodUnit`.

use async_graphql::{Enum, SimpleObject};

/// The time between two charges of a subscription.
#[derive(SimpleObject)]
pub(crate) struct Period {
    /// How many units.
    pub(crate) count: i32,
    /// The unit.
    pub(crate) unit: PeriodUnit,
}

/// What a period is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum PeriodUnit {
    /// Days of 24 hours.
    Day,
    /// Months of the calendar. What began on the 31st is charged on the last day of shorter months.
    Month,
}
