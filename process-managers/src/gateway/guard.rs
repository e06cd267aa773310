//! What stands between an action and the gateway: a time limit and a circuit breaker.

use std::{sync::Arc, time::Duration};

use domain::{payment::PaymentCommand, process::GatewayCall};
use tokio::time::Instant;

use super::{
    GatewayError, PaymentGateway,
    ask::ask,
    breaker::{Breaker, CircuitBreaker},
};
use crate::options::GatewayLimits;

/// The gateway did not answer within the limit.
#[derive(Debug, thiserror::Error)]
#[error("no answer within {} ms", .limit.as_millis())]
struct NoAnswer {
    limit: Duration,
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AskError {
    /// It was asked.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// It was not even asked.
    #[error("the payment gateway did not answer lately and is not asked for now")]
    BreakerOpen {
        /// When to retry.
        retry_in: Duration,
    },
}

/// The gateway, guarded.
pub(crate) struct Guard {
    gateway: Arc<dyn PaymentGateway>,
    time_limit: Duration,
    breaker: CircuitBreaker,
}

impl Guard {
    pub(crate) fn new(gateway: Arc<dyn PaymentGateway>, limits: GatewayLimits) -> Self {
        Self {
            gateway,
            time_limit: limits.time_limit,
            breaker: CircuitBreaker::new(limits),
        }
    }

    pub(crate) fn breaker(&self) -> Breaker {
        self.breaker.status()
    }

    /// Asks the gateway once and says what the payment is to be told. The same question is asked under
    /// the same key whenever and by whomever it is asked.
    pub(crate) async fn ask(&self, call: &GatewayCall) -> Result<PaymentCommand, AskError> {
        let permit = self.breaker.admit(Instant::now());
        let permit = permit.map_err(|retry_in| AskError::BreakerOpen { retry_in })?;
        let question = ask(&*self.gateway, call.idempotency_key(), call);
        let answer = match tokio::time::timeout(self.time_limit, question).await {
            Ok(answer) => answer,
            Err(_) => {
                let limit = self.time_limit;
                Err(GatewayError::Unavailable(Box::new(NoAnswer { limit })))
            }
        };
        if matches!(answer, Err(GatewayError::Unavailable(_))) {
            permit.failed(Instant::now());
        } else {
            permit.answered();
        }
        Ok(answer?)
    }
}
