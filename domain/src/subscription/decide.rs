//! Command in, events or a refusal out.

use chrono::{DateTime, SubsecRound as _, Utc};

use super::{
    Charge, DUNNING, OpenSubscription, PauseReason, Subscription, SubscriptionCommand, SubscriptionError,
    SubscriptionEvent, SubscriptionStatus,
};
use crate::{
    Decide,
    order::PaymentMethod,
    payment::gateway_amount::check_chargeable,
    value::{PaymentId, Reason, Text},
};

type Decision = Result<Vec<SubscriptionEvent>, SubscriptionError>;

impl Decide for Subscription {
    fn decide(&self, command: SubscriptionCommand) -> Decision {
        if let SubscriptionCommand::Start {
            customer_id,
            amount,
            method,
            period,
            first_charge_at,
        } = command
        {
            if matches!(self, Self::Open(_)) {
                return Err(SubscriptionError::AlreadyStarted);
            }
            if amount.amount <= 0 {
                return Err(SubscriptionError::NotPositive);
            }
            if let PaymentMethod::Card { .. } = method {
                check_chargeable(amount)?;
            }
            if !period.is_sound() {
                return Err(SubscriptionError::Period);
            }
            return Ok(vec![SubscriptionEvent::Started {
                customer_id,
                amount,
                method,
                period,
                first_charge_at,
            }]);
        }
        let subscription = self.open()?;
        match command {
            SubscriptionCommand::Start { .. } => Err(SubscriptionError::AlreadyStarted),
            SubscriptionCommand::Charge { at, payment_id } => Ok(subscription.begin_charge(at, payment_id)),
            SubscriptionCommand::RecordCharged { payment_id } => Ok(subscription.charged(payment_id)),
            SubscriptionCommand::RecordChargeFailed { payment_id, code, at } => {
                Ok(subscription.charge_failed(payment_id, code, at))
            }
            SubscriptionCommand::Pause => subscription.pause(),
            SubscriptionCommand::Resume { at } => subscription.resume(at),
            SubscriptionCommand::Cancel { note } => Ok(subscription.cancel(note)),
        }
    }
}

impl Subscription {
    /// The subscription, if it was started.
    ///
    /// # Errors
    ///
    /// [`SubscriptionError::Unknown`] when nobody started it.
    pub const fn open(&self) -> Result<&OpenSubscription, SubscriptionError> {
        match self {
            Self::Open(subscription) => Ok(subscription),
            Self::Unstarted => Err(SubscriptionError::Unknown),
        }
    }
}

impl OpenSubscription {
    /// A timer that rings too early, twice, or for what is paused begins nothing.
    ///
    /// Timers are kept in microseconds: one that was set for the very time that is due must not count as early
    /// for the nanoseconds that it lost.
    fn begin_charge(&self, at: DateTime<Utc>, payment_id: PaymentId) -> Vec<SubscriptionEvent> {
        let is_early = at < self.due_at.trunc_subsecs(6);
        if self.status != SubscriptionStatus::Active || self.charge.is_some() || is_early {
            return Vec::new();
        }
        vec![SubscriptionEvent::ChargeRequested {
            payment_id,
            number: self.paid.saturating_add(1),
            attempt: self.failures.saturating_add(1),
            amount: self.amount,
        }]
    }

    fn find_charge(&self, payment_id: PaymentId) -> Option<Charge> {
        self.charge.filter(|charge| charge.payment_id == payment_id)
    }

    fn charged(&self, payment_id: PaymentId) -> Vec<SubscriptionEvent> {
        let Some(Charge { number, .. }) = self.find_charge(payment_id) else {
            return Vec::new();
        };
        let next_charge_at = self.period.begin(self.anchor, self.periods.saturating_add(1));
        vec![SubscriptionEvent::Charged {
            payment_id,
            number,
            next_charge_at,
        }]
    }

    fn charge_failed(
        &self,
        payment_id: PaymentId,
        code: Text<100>,
        at: DateTime<Utc>,
    ) -> Vec<SubscriptionEvent> {
        let Some(Charge { number, attempt, .. }) = self.find_charge(payment_id) else {
            return Vec::new();
        };
        let is_active = self.status == SubscriptionStatus::Active;
        let tries = usize::try_from(self.failures).unwrap_or(usize::MAX);
        let wait = DUNNING.get(tries).filter(|_| is_active);
        let retry_at = wait.and_then(|wait| at.checked_add_signed(*wait));
        let mut events = vec![SubscriptionEvent::ChargeFailed {
            payment_id,
            number,
            attempt,
            code,
            retry_at,
        }];
        if is_active && retry_at.is_none() {
            let reason = PauseReason::ChargeFailed;
            events.push(SubscriptionEvent::Paused { reason });
        }
        events
    }

    fn pause(&self) -> Decision {
        match self.status {
            SubscriptionStatus::Active => Ok(vec![SubscriptionEvent::Paused {
                reason: PauseReason::ByCustomer,
            }]),
            SubscriptionStatus::Paused => Ok(Vec::new()),
            SubscriptionStatus::Cancelled => Err(SubscriptionError::AlreadyCancelled),
        }
    }

    /// A period that began before the pause is still owed; one that began during the pause is not.
    fn resume(&self, at: DateTime<Utc>) -> Decision {
        match self.status {
            SubscriptionStatus::Active => Ok(Vec::new()),
            SubscriptionStatus::Paused => {
                let next_charge_at = self.next_period().max(at);
                Ok(vec![SubscriptionEvent::Resumed { next_charge_at }])
            }
            SubscriptionStatus::Cancelled => Err(SubscriptionError::AlreadyCancelled),
        }
    }

    fn cancel(&self, note: Option<Reason>) -> Vec<SubscriptionEvent> {
        if self.status == SubscriptionStatus::Cancelled {
            Vec::new()
        } else {
            vec![SubscriptionEvent::Cancelled { note }]
        }
    }
}
