//! The timers of processes, by name.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a process can be woken for. Each process has at most one running timer of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerName {
    /// The reserved units of an order lapse unless the order moved in the meantime.
    ReservationExpiry,
    /// Units that others may have given back by now are asked for again.
    StockRetry,
    /// A refund that failed is asked for again.
    RefundRetry,
    /// The gateway did not answer and is asked again.
    GatewayAnswer,
    /// A subscription is charged for its next period.
    SubscriptionDue,
    /// A charge that failed is tried again.
    DunningRetry,
}

impl TimerName {
    /// Every name.
    pub const ALL: [Self; 6] = [
        Self::ReservationExpiry,
        Self::StockRetry,
        Self::RefundRetry,
        Self::GatewayAnswer,
        Self::SubscriptionDue,
        Self::DunningRetry,
    ];

    /// The name as stored; it never changes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReservationExpiry => "reservation_expiry",
            Self::StockRetry => "stock_retry",
            Self::RefundRetry => "refund_retry",
            Self::GatewayAnswer => "gateway_answer",
            Self::SubscriptionDue => "subscription_due",
            Self::DunningRetry => "dunning_retry",
        }
    }

    /// The timer of a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|timer| timer.as_str() == name)
    }
}

impl fmt::Display for TimerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
