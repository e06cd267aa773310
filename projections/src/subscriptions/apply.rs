//! Events into rows, in memory.

use std::collections::{BTreeMap, btree_map::Entry};

use chrono::{DateTime, Utc};
use domain::{
    Event,
    order::PaymentMethod,
    subscription::{PauseReason, Period, SubscriptionEvent},
    value::{Money, PaymentId, SubscriptionId},
};
use uuid::Uuid;

use crate::recorded::{EventError, Recorded};

/// What a batch of events changes. What becomes of a subscription or of a charge within the batch that began
/// it is folded into its one row. The order of the maps keeps two transactions from waiting for each other's
/// rows in circles.
#[derive(Debug, Default)]
pub struct SubscriptionsBatch {
    pub(super) started: BTreeMap<SubscriptionId, StartRow>,
    pub(super) changed: BTreeMap<SubscriptionId, ChangeRow>,
    pub(super) charges: BTreeMap<ChargeKey, ChargeRow>,
    /// How charges ended that were requested in an earlier batch.
    pub(super) ended_charges: BTreeMap<ChargeKey, ChargeEndRow>,
}

/// A subscription and the payment of one of its charges.
pub(super) type ChargeKey = (SubscriptionId, PaymentId);

/// A new subscription.
#[derive(Debug)]
pub(super) struct StartRow {
    pub(super) customer_id: Uuid,
    pub(super) amount: Money,
    pub(super) method: &'static str,
    pub(super) account_id: Option<Uuid>,
    pub(super) period_unit: &'static str,
    pub(super) period_count: i32,
    pub(super) at: DateTime<Utc>,
    pub(super) position: i64,
    pub(super) now: ChangeRow,
}

/// What became of a subscription: an absent field stays as it is, and paid periods are added.
#[derive(Debug, Default)]
pub(super) struct ChangeRow {
    pub(super) subscription_id: Uuid,
    pub(super) status: Option<&'static str>,
    pub(super) pause_reason: Option<&'static str>,
    pub(super) cancel_note: Option<String>,
    pub(super) due_at: Option<DateTime<Utc>>,
    pub(super) paid_periods: i64,
    pub(super) at: DateTime<Utc>,
    pub(super) position: i64,
    pub(super) sequence: i64,
}

/// A new charge, with its end if that is in the same batch.
#[derive(Debug)]
pub(super) struct ChargeRow {
    pub(super) period: i64,
    pub(super) attempt: i64,
    pub(super) amount: Money,
    pub(super) at: DateTime<Utc>,
    pub(super) position: i64,
    pub(super) end: Option<ChargeEndRow>,
}

/// How a charge ended.
#[derive(Debug)]
pub(super) struct ChargeEndRow {
    pub(super) subscription_id: Uuid,
    pub(super) payment_id: Uuid,
    pub(super) outcome: &'static str,
    pub(super) failure_code: Option<String>,
    pub(super) retry_at: Option<DateTime<Utc>>,
    pub(super) at: DateTime<Utc>,
}

impl SubscriptionsBatch {
    pub(super) fn apply(&mut self, recorded: &Recorded) -> Result<(), EventError> {
        let Event::Subscription(event) = &recorded.event else {
            return Ok(());
        };
        let id: SubscriptionId = recorded.id()?;
        if let SubscriptionEvent::Started {
            customer_id,
            amount,
            method,
            period,
            ..
        } = event
        {
            let (period_unit, count) = match period {
                Period::Days(count) => ("day", *count),
                Period::Months(count) => ("month", *count),
            };
            let row = StartRow {
                customer_id: customer_id.uuid(),
                amount: *amount,
                method: method.name(),
                account_id: match method {
                    PaymentMethod::Account { account_id } => Some(account_id.uuid()),
                    PaymentMethod::Card { .. } => None,
                },
                period_unit,
                period_count: count.into(),
                at: recorded.envelope.recorded_at,
                position: recorded.envelope.position,
                now: ChangeRow::default(),
            };
            match self.started.entry(id) {
                Entry::Occupied(_) => return Err(recorded.refuse("the subscription was started before")),
                Entry::Vacant(entry) => entry.insert(row),
            };
        }
        self.change(id, event, recorded);
        self.charge(id, event, recorded);
        Ok(())
    }

    fn change(&mut self, id: SubscriptionId, event: &SubscriptionEvent, recorded: &Recorded) {
        let change = match self.started.get_mut(&id) {
            Some(started) => &mut started.now,
            None => self.changed.entry(id).or_default(),
        };
        change.subscription_id = id.uuid();
        change.at = recorded.envelope.recorded_at;
        change.position = recorded.envelope.position;
        change.sequence = recorded.envelope.sequence;
        match event {
            SubscriptionEvent::Started { first_charge_at, .. } => {
                change.status = Some("active");
                change.due_at = Some(*first_charge_at);
            }
            SubscriptionEvent::ChargeRequested { .. } => {}
            SubscriptionEvent::Charged { next_charge_at, .. } => {
                change.paid_periods = change.paid_periods.saturating_add(1);
                change.due_at = Some(*next_charge_at);
            }
            SubscriptionEvent::ChargeFailed { retry_at, .. } => {
                if retry_at.is_some() {
                    change.due_at = *retry_at;
                }
            }
            SubscriptionEvent::Paused { reason } => {
                change.status = Some("paused");
                change.pause_reason = Some(match reason {
                    PauseReason::ByCustomer => "by_customer",
                    PauseReason::ChargeFailed => "charge_failed",
                });
            }
            SubscriptionEvent::Resumed { next_charge_at } => {
                change.status = Some("active");
                change.due_at = Some(*next_charge_at);
            }
            SubscriptionEvent::Cancelled { note } => {
                change.status = Some("cancelled");
                change.cancel_note = note.as_ref().map(ToString::to_string);
            }
        }
    }

    fn charge(&mut self, id: SubscriptionId, event: &SubscriptionEvent, recorded: &Recorded) {
        let at = recorded.envelope.recorded_at;
        let end = |payment_id: &PaymentId, outcome| ChargeEndRow {
            subscription_id: id.uuid(),
            payment_id: payment_id.uuid(),
            outcome,
            failure_code: None,
            retry_at: None,
            at,
        };
        match event {
            SubscriptionEvent::ChargeRequested {
                payment_id,
                number,
                attempt,
                amount,
            } => {
                let row = ChargeRow {
                    period: (*number).into(),
                    attempt: (*attempt).into(),
                    amount: *amount,
                    at,
                    position: recorded.envelope.position,
                    end: None,
                };
                self.charges.insert((id, *payment_id), row);
            }
            SubscriptionEvent::Charged { payment_id, .. } => {
                self.end_charge((id, *payment_id), end(payment_id, "charged"));
            }
            SubscriptionEvent::ChargeFailed {
                payment_id,
                code,
                retry_at,
                ..
            } => {
                let end = ChargeEndRow {
                    failure_code: Some(code.to_string()),
                    retry_at: *retry_at,
                    ..end(payment_id, "failed")
                };
                self.end_charge((id, *payment_id), end);
            }
            SubscriptionEvent::Started { .. }
            | SubscriptionEvent::Paused { .. }
            | SubscriptionEvent::Resumed { .. }
            | SubscriptionEvent::Cancelled { .. } => {}
        }
    }

    fn end_charge(&mut self, key: ChargeKey, end: ChargeEndRow) {
        match self.charges.get_mut(&key) {
            Some(row) => row.end = Some(end),
            None => {
                self.ended_charges.insert(key, end);
            }
        }
    }
}
