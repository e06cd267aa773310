//! Recurring payments: charges a subscription every period.
//!
//! ```text
//! started ──► (timer) charge ──► request payment ──► capture ──► record charged ──► (timer) next period
//!                                     │ declined, capture failed
//!                                     └──► record failed ──► (timer) again after 1, 3, 7 days ──► paused
//! ```
//!
//! One process for each subscription. It keeps the time and moves the money; whether a charge is due, and what
//! a failure means, the subscription decides. A charge is a payment like any other: settlement brings it to the
//! account or to the gateway.
//!
//! A timer that rings before its time is set anew: nothing else would ever wake the subscription.
//!
//! A charge that is under way when the subscription is cancelled is given up as long as nobody asked for
//! the capture; what is captured then stays paid.

#[cfg(test)]
pub(super) mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound as _, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Action, ProcessManager, TimerName,
    fulfilment::{REFUND_RETRIES, after},
};
use crate::{
    Event,
    account::LedgerAccount,
    order::PaymentMethod,
    payment::{PaymentCommand, PaymentEvent},
    subscription::{SubscriptionCommand, SubscriptionEvent},
    value::{CustomerId, Money, OrderId, PaymentId, RefundId, SubscriptionId, Text},
};

/// The process of one subscription.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Recurring {
    /// The subscription was not started yet.
    #[default]
    Unknown,
    /// It is charged every period.
    Known(KnownSubscription),
}

/// What there is to know of a subscription to charge it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownSubscription {
    subscription_id: SubscriptionId,
    customer_id: CustomerId,
    method: PaymentMethod,
    standing: Standing,
    /// When the next charge, or the next try, is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_at: Option<DateTime<Utc>>,
    charge: Option<Charge>,
    /// Money that arrived for charges which were given up, until it is back.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    owed: BTreeMap<PaymentId, Owed>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Owed {
    amount: Money,
    /// How often its refund failed.
    failures: usize,
    /// What others gave back of it, in minor units.
    #[serde(default)]
    returned: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Standing {
    Active,
    Dunning,
    Paused,
    Cancelled,
}

/// The charge that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Charge {
    payment_id: PaymentId,
    step: Step,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Authorising,
    Capturing,
}

impl ProcessManager for Recurring {
    const NAME: &'static str = "recurring";

    /// Payments know the subscription by the name that stands where an order would be named; the processes
    /// go by that name as well.
    fn route(aggregate_id: &str, event: &Event) -> Option<String> {
        match event {
            Event::Subscription(_) => {
                let id: SubscriptionId = aggregate_id.parse().ok()?;
                Some(OrderId::of_subscription(id).to_string())
            }
            Event::Payment(event) if event.order_id().is_of_subscription() => {
                Some(event.order_id().to_string())
            }
            Event::Payment(_)
            | Event::Account(_)
            | Event::Product(_)
            | Event::Stock(_)
            | Event::Order(_)
            | Event::Warehouse(_) => None,
        }
    }

    fn react(&mut self, aggregate_id: &str, event: &Event, recorded_at: DateTime<Utc>) -> Vec<Action> {
        match (&mut *self, event) {
            (Self::Unknown, Event::Subscription(started @ SubscriptionEvent::Started { .. })) => {
                self.start(aggregate_id, started)
            }
            (Self::Known(known), Event::Subscription(event)) => known.subscription(event),
            (Self::Known(known), Event::Payment(event)) => match aggregate_id.parse() {
                Ok(payment_id) => known.payment(payment_id, event, recorded_at),
                Err(_) => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn timer(&mut self, _process_id: &str, name: TimerName, due_at: DateTime<Utc>) -> Vec<Action> {
        match (self, name) {
            (Self::Known(known), TimerName::SubscriptionDue | TimerName::DunningRetry) => {
                known.ring(name, due_at)
            }
            (Self::Known(known), TimerName::RefundRetry) => known.give_back_again(),
            _ => Vec::new(),
        }
    }

    fn status(&self) -> &'static str {
        match self {
            Self::Unknown => "started",
            Self::Known(known) => match known.standing {
                Standing::Active => "active",
                Standing::Dunning => "dunning",
                Standing::Paused => "paused",
                Standing::Cancelled => "completed",
            },
        }
    }

    fn step(&self) -> &'static str {
        match self {
            Self::Unknown => "started",
            Self::Known(known) if known.owes_for_good() => "refund_failed",
            Self::Known(known) => match (known.charge.map(|charge| charge.step), known.standing) {
                (Some(Step::Authorising), _) => "authorising_charge",
                (Some(Step::Capturing), _) => "capturing_charge",
                (None, Standing::Active) => "waiting_for_period",
                (None, Standing::Dunning) => "waiting_for_retry",
                (None, Standing::Paused) => "paused",
                (None, Standing::Cancelled) => "cancelled",
            },
        }
    }

    fn is_over(&self) -> bool {
        matches!(self, Self::Known(known) if known.standing == Standing::Cancelled && known.charge.is_none() && known.owed.is_empty())
    }
}

impl Recurring {
    fn start(&mut self, aggregate_id: &str, started: &SubscriptionEvent) -> Vec<Action> {
        let SubscriptionEvent::Started {
            customer_id,
            method,
            first_charge_at,
            ..
        } = started
        else {
            return Vec::new();
        };
        let Ok(subscription_id) = aggregate_id.parse() else {
            return Vec::new();
        };
        let mut known = KnownSubscription {
            subscription_id,
            customer_id: *customer_id,
            method: method.clone(),
            standing: Standing::Active,
            due_at: None,
            charge: None,
            owed: BTreeMap::new(),
        };
        let actions = known.wake(TimerName::SubscriptionDue, *first_charge_at);
        *self = Self::Known(known);
        actions
    }
}

impl KnownSubscription {
    fn subscription(&mut self, event: &SubscriptionEvent) -> Vec<Action> {
        let runs = matches!(self.standing, Standing::Active | Standing::Dunning);
        match event {
            SubscriptionEvent::ChargeRequested {
                payment_id, amount, ..
            } => {
                self.charge = Some(Charge {
                    payment_id: *payment_id,
                    step: Step::Authorising,
                });
                let request = PaymentCommand::Request {
                    order_id: OrderId::of_subscription(self.subscription_id),
                    customer_id: self.customer_id,
                    amount: *amount,
                    method: self.method.clone(),
                };
                vec![(*payment_id, request).into()]
            }
            SubscriptionEvent::Charged { next_charge_at, .. } if runs => {
                self.standing = Standing::Active;
                self.wake(TimerName::SubscriptionDue, *next_charge_at)
            }
            SubscriptionEvent::ChargeFailed {
                retry_at: Some(retry_at),
                ..
            } if runs => {
                self.standing = Standing::Dunning;
                self.wake(TimerName::DunningRetry, *retry_at)
            }
            SubscriptionEvent::Paused { .. } => self.stop(Standing::Paused),
            SubscriptionEvent::Cancelled { .. } => self.stop(Standing::Cancelled),
            SubscriptionEvent::Resumed { next_charge_at } => {
                self.standing = Standing::Active;
                self.wake(TimerName::SubscriptionDue, *next_charge_at)
            }
            SubscriptionEvent::Started { .. }
            | SubscriptionEvent::Charged { .. }
            | SubscriptionEvent::ChargeFailed { .. } => Vec::new(),
        }
    }

    fn stop(&mut self, standing: Standing) -> Vec<Action> {
        self.standing = standing;
        self.due_at = None;
        [TimerName::SubscriptionDue, TimerName::DunningRetry]
            .map(|name| Action::CancelTimer { name })
            .into()
    }

    fn payment(&mut self, payment_id: PaymentId, event: &PaymentEvent, at: DateTime<Utc>) -> Vec<Action> {
        let current = self
            .charge
            .as_mut()
            .filter(|charge| charge.payment_id == payment_id);
        match (event, current) {
            (PaymentEvent::Authorised { .. }, Some(charge)) if self.standing != Standing::Cancelled => {
                charge.step = Step::Capturing;
                vec![(payment_id, PaymentCommand::RequestCapture).into()]
            }
            // Nobody waits for it (any more): it was given up as declined, or the subscription ended.
            (PaymentEvent::Authorised { .. }, _) => {
                let mut actions = self.failed(payment_id, Text::try_from("cancelled".to_owned()).ok(), at);
                actions.insert(0, (payment_id, PaymentCommand::RequestVoid).into());
                actions
            }
            (PaymentEvent::Captured { .. }, Some(_)) => {
                self.charge = None;
                vec![self.to_subscription(SubscriptionCommand::RecordCharged { payment_id })]
            }
            // The gateway captured what we had given up: the period was, or will be, paid by another charge.
            (PaymentEvent::Captured { amount, .. }, None) => {
                let owed = Owed {
                    amount: *amount,
                    failures: 0,
                    returned: 0,
                };
                self.owed.insert(payment_id, owed);
                give_back(payment_id, owed).into_iter().collect()
            }
            (
                PaymentEvent::Refunded {
                    refund_id, amount, ..
                },
                _,
            ) => {
                let is_ours = self.finds_owed(payment_id, *refund_id).is_some();
                if let Some(owed) = self.owed.get_mut(&payment_id) {
                    // What people gave back is owed no more.
                    owed.returned = owed.returned.saturating_add(amount.amount);
                    if is_ours || owed.returned >= owed.amount.amount {
                        self.owed.remove(&payment_id);
                    }
                }
                Vec::new()
            }
            (PaymentEvent::RefundFailed { refund_id, .. }, _) => {
                let Some(owed) = self.finds_owed(payment_id, *refund_id) else {
                    return Vec::new();
                };
                let wait = REFUND_RETRIES.get(owed.failures);
                owed.failures = owed.failures.saturating_add(1);
                let timer = wait.map(|wait| set(TimerName::RefundRetry, after(at, *wait)));
                timer.into_iter().collect()
            }
            (PaymentEvent::Declined { code, .. }, Some(_)) => self.failed(payment_id, Some(code.clone()), at),
            (PaymentEvent::CaptureFailed { code, .. }, Some(_)) => {
                let mut actions = self.failed(payment_id, Some(code.clone()), at);
                actions.insert(0, (payment_id, PaymentCommand::RequestVoid).into());
                actions
            }
            (PaymentEvent::Voided { .. }, Some(_)) => self.failed(
                payment_id,
                Text::try_from("authorisation_gone".to_owned()).ok(),
                at,
            ),
            _ => Vec::new(),
        }
    }

    fn finds_owed(&mut self, payment_id: PaymentId, refund_id: RefundId) -> Option<&mut Owed> {
        let owed = self.owed.get_mut(&payment_id);
        owed.filter(|owed| given_up_refund_id(payment_id, owed.failures) == refund_id)
    }

    fn give_back_again(&self) -> Vec<Action> {
        let failed = self.owed.iter().filter(|(_, owed)| owed.failures > 0);
        failed
            .filter_map(|(payment_id, owed)| give_back(*payment_id, *owed))
            .collect()
    }

    fn owes_for_good(&self) -> bool {
        let mut owed = self.owed.values();
        owed.any(|owed| owed.failures > REFUND_RETRIES.len())
    }

    /// The charge is over without money.
    fn failed(&mut self, payment_id: PaymentId, code: Option<Text<100>>, at: DateTime<Utc>) -> Vec<Action> {
        let is_current = self.charge.is_some_and(|charge| charge.payment_id == payment_id);
        let Some(code) = code.filter(|_| is_current) else {
            return Vec::new();
        };
        self.charge = None;
        vec![self.to_subscription(SubscriptionCommand::RecordChargeFailed { payment_id, code, at })]
    }

    /// In microseconds, as timers are kept: set again for what they lost, they would ring early for ever.
    fn wake(&mut self, name: TimerName, due_at: DateTime<Utc>) -> Vec<Action> {
        let due_at = due_at.trunc_subsecs(6);
        self.due_at = Some(due_at);
        vec![set(name, due_at)]
    }

    fn ring(&self, name: TimerName, at: DateTime<Utc>) -> Vec<Action> {
        match self.due_at {
            Some(due_at) if at < due_at => vec![set(name, due_at)],
            _ => vec![self.charge_at(at)],
        }
    }

    /// The payment of a charge is named after the time at which it was due, so that a ring that is heard twice
    /// charges once.
    fn charge_at(&self, at: DateTime<Utc>) -> Action {
        let name = format!("charge {}", at.timestamp_micros());
        let payment_id = PaymentId::new(Uuid::new_v5(&self.subscription_id.uuid(), name.as_bytes()));
        self.to_subscription(SubscriptionCommand::Charge { at, payment_id })
    }

    fn to_subscription(&self, command: SubscriptionCommand) -> Action {
        (self.subscription_id, command).into()
    }
}

fn give_back(payment_id: PaymentId, Owed { amount, failures, .. }: Owed) -> Option<Action> {
    let command = PaymentCommand::RefundAtMost {
        refund_id: given_up_refund_id(payment_id, failures),
        amount,
        reason: Text::try_from("the charge was given up".to_owned()).ok()?,
        borne_by: LedgerAccount::Revenue,
        return_id: None,
    };
    Some((payment_id, command).into())
}

/// Derived and not random, so that asking twice refunds once.
fn given_up_refund_id(payment_id: PaymentId, failures: usize) -> RefundId {
    let name = format!("given up {failures}");
    RefundId::new(Uuid::new_v5(&payment_id.uuid(), name.as_bytes()))
}

const fn set(name: TimerName, due_at: DateTime<Utc>) -> Action {
    Action::SetTimer { name, due_at }
}
