//! Gateways that misbehave, and count.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use domain::value::{Money, Text};
use uuid::Uuid;

use crate::{
    SandboxGateway,
    gateway::{Authorisation, GatewayAnswer, GatewayError, PaymentGateway, RefundOrder},
};

type Answer = Result<GatewayAnswer, GatewayError>;

/// The sandbox, but the first calls come to nothing.
pub(super) struct Troubled {
    sandbox: SandboxGateway,
    left: AtomicUsize,
    trouble: fn() -> GatewayError,
    /// How often each key was used, by what was asked.
    pub(super) calls: Mutex<HashMap<(&'static str, Uuid), usize>>,
}

impl Troubled {
    pub(super) fn new(failures: usize, trouble: fn() -> GatewayError) -> Self {
        Self {
            sandbox: SandboxGateway::default(),
            left: failures.into(),
            trouble,
            calls: Mutex::default(),
        }
    }

    pub(super) fn unreachable() -> GatewayError {
        GatewayError::Unavailable("no route".into())
    }

    pub(super) fn confused() -> GatewayError {
        GatewayError::Refused {
            reason: "the key of the shop is wrong".to_owned(),
        }
    }

    /// It is back.
    pub(super) fn recover(&self) {
        self.left.store(0, Ordering::SeqCst);
    }

    /// How many different questions of a kind there were: each would have moved money.
    pub(super) fn questions(&self, kind: &str) -> usize {
        self.calls
            .lock()
            .unwrap()
            .keys()
            .filter(|(asked, _)| *asked == kind)
            .count()
    }

    /// How many calls there were at all.
    pub(super) fn calls(&self) -> usize {
        self.calls.lock().unwrap().values().sum()
    }

    fn call(&self, kind: &'static str, key: Uuid) -> Result<(), GatewayError> {
        *self.calls.lock().unwrap().entry((kind, key)).or_default() += 1;
        let fewer = |left: usize| left.checked_sub(1);
        match self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, fewer) {
            Ok(_) => Err((self.trouble)()),
            Err(_) => Ok(()),
        }
    }
}

#[async_trait]
impl PaymentGateway for Troubled {
    async fn authorise(&self, key: Uuid, authorisation: Authorisation<'_>) -> Answer {
        self.call("authorise", key)?;
        self.sandbox.authorise(key, authorisation).await
    }

    async fn capture(&self, key: Uuid, reference: &Text<200>, amount: Money) -> Answer {
        self.call("capture", key)?;
        self.sandbox.capture(key, reference, amount).await
    }

    async fn void(&self, key: Uuid, reference: &Text<200>) -> Answer {
        self.call("void", key)?;
        self.sandbox.void(key, reference).await
    }

    async fn refund(&self, key: Uuid, order: RefundOrder<'_>) -> Answer {
        self.call("refund", key)?;
        self.sandbox.refund(key, order).await
    }
}
