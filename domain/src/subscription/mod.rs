//! A subscription: an amount that a customer pays every period.
//!
//! ```text
//! Start ──► active ── Charge ──► charging ── RecordCharged ──► active, until the next period
//!             │ ▲                   │
//!       Pause │ │ Resume            │ RecordChargeFailed ──► active, tried again after 1, 3 and 7 days
//!             ▼ │                   ▼ after the last try
//!           paused ◄────────────────┘            Cancel, in any state ──► cancelled
//! ```
//!
//! What always holds:
//! - a period is charged at most once, and no later than the next is begun;
//! - at most one charge is under way;
//! - what is paused or cancelled begins no charge, but a charge under way is recorded as it ends.
//!
//! Periods are counted from an anchor, so that a subscription of the 31st is charged on the last day of shorter
//! months and on the 31st again. Periods that pass during a pause are not charged; the anchor then moves to the
//! day of the resumption.

mod command;
mod decide;
mod error;
mod event;
mod period;
mod state;
#[cfg(test)]
pub(crate) mod tests;

use chrono::TimeDelta;

pub use command::SubscriptionCommand;
pub use error::SubscriptionError;
pub use event::{PauseReason, SubscriptionEvent};
pub use period::Period;
pub use state::{Charge, OpenSubscription, Subscription, SubscriptionStatus};

/// How long to wait before a charge that failed is tried again; after the last one the subscription pauses.
pub const DUNNING: [TimeDelta; 3] = [TimeDelta::days(1), TimeDelta::days(3), TimeDelta::days(7)];
