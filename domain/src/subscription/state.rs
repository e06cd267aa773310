//! The state of a subscription, and how events change it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Period, SubscriptionEvent};
use crate::{
    aggregate::aggregate,
    order::PaymentMethod,
    value::{CustomerId, Money, PaymentId},
};

/// A subscription, started or not yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subscription {
    /// Nobody has started it.
    #[default]
    Unstarted,
    /// It began.
    Open(OpenSubscription),
}

/// A subscription that began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenSubscription {
    /// Who pays.
    pub customer_id: CustomerId,
    /// How much each time.
    pub amount: Money,
    /// From where.
    pub method: PaymentMethod,
    /// How often.
    pub period: Period,
    /// How it stands.
    pub status: SubscriptionStatus,
    /// From when the periods are counted.
    pub anchor: DateTime<Utc>,
    /// How many periods since the anchor are paid.
    pub periods: u32,
    /// How many periods since the beginning are paid.
    pub paid: u32,
    /// How often the charge of the period that is due failed.
    pub failures: u32,
    /// When the next charge, or the next try, is due.
    pub due_at: DateTime<Utc>,
    /// The charge that is under way.
    pub charge: Option<Charge>,
}

/// A charge that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Its payment.
    pub payment_id: PaymentId,
    /// Which period since the beginning, counted from one.
    pub number: u32,
    /// Which try, counted from one.
    pub attempt: u32,
}

/// How a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubscriptionStatus {
    /// It is charged every period.
    Active,
    /// It is charged again when somebody resumes it.
    Paused,
    /// It ended.
    Cancelled,
}

impl SubscriptionStatus {
    /// The name as the customer sees it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
        }
    }
}

aggregate!(
    Subscription,
    "subscription",
    super::SubscriptionCommand,
    SubscriptionEvent,
    super::SubscriptionError
);

impl OpenSubscription {
    /// When the period after those that are paid begins.
    pub fn next_period(&self) -> DateTime<Utc> {
        self.period.begin(self.anchor, self.periods)
    }
}

impl Subscription {
    /// Folds one event into the state.
    pub(crate) fn evolve(&mut self, event: SubscriptionEvent) {
        if let SubscriptionEvent::Started {
            customer_id,
            amount,
            method,
            period,
            first_charge_at,
        } = event
        {
            *self = Self::Open(OpenSubscription {
                customer_id,
                amount,
                method,
                period,
                status: SubscriptionStatus::Active,
                anchor: first_charge_at,
                periods: 0,
                paid: 0,
                failures: 0,
                due_at: first_charge_at,
                charge: None,
            });
            return;
        }
        if let Self::Open(subscription) = self {
            subscription.evolve(&event);
        }
    }
}

impl OpenSubscription {
    fn evolve(&mut self, event: &SubscriptionEvent) {
        match event {
            SubscriptionEvent::Started { .. } => {}
            SubscriptionEvent::ChargeRequested {
                payment_id,
                number,
                attempt,
                ..
            } => {
                self.charge = Some(Charge {
                    payment_id: *payment_id,
                    number: *number,
                    attempt: *attempt,
                });
            }
            SubscriptionEvent::Charged { next_charge_at, .. } => {
                self.charge = None;
                self.failures = 0;
                self.periods = self.periods.saturating_add(1);
                self.paid = self.paid.saturating_add(1);
                self.due_at = *next_charge_at;
            }
            SubscriptionEvent::ChargeFailed { retry_at, .. } => {
                self.charge = None;
                self.failures = self.failures.saturating_add(1);
                if let Some(retry_at) = retry_at {
                    self.due_at = *retry_at;
                }
            }
            SubscriptionEvent::Paused { .. } => self.status = SubscriptionStatus::Paused,
            SubscriptionEvent::Resumed { next_charge_at } => {
                self.status = SubscriptionStatus::Active;
                self.due_at = *next_charge_at;
                self.failures = 0;
                if *next_charge_at > self.next_period() {
                    self.anchor = *next_charge_at;
                    self.periods = 0;
                }
            }
            SubscriptionEvent::Cancelled { .. } => self.status = SubscriptionStatus::Cancelled,
        }
    }
}
