//! How the sagas of orders stand, as told by whoever runs them.
//!
//! Sagas are no read model, and the query side does not know those who run them: the binary brings the two
//! together.

use std::{collections::HashMap, error::Error, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use projections::value::OrderId;

/// How the saga of an order stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SagaView {
    /// `started`, `awaiting_stock`, `awaiting_payment`, `completed`, `compensating` or `failed`.
    pub state: String,
    /// The last step that was taken.
    pub step: String,
    /// How often the action that is in most trouble was tried.
    pub tries: i32,
    /// When something happens by itself.
    pub deadline: Option<DateTime<Utc>>,
    /// What went wrong last, of what is not done yet.
    pub last_error: Option<String>,
}

/// Why sagas cannot be told of.
#[derive(Debug, thiserror::Error)]
#[error("the sagas cannot be read")]
pub struct SagaError(#[source] Box<dyn Error + Send + Sync>);

impl SagaError {
    /// Sagas cannot be told of because of this.
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(source.into())
    }
}

/// Whoever knows how sagas stand.
#[async_trait]
pub trait SagaViews: Send + Sync {
    /// The sagas of at most [`MAX_KEYS`](projections::MAX_KEYS) orders, with one statement; those that
    /// have not begun are absent.
    async fn sagas(&self, orders: &[OrderId]) -> Result<HashMap<OrderId, SagaView>, SagaError>;
}

/// A shop whose sagas nobody tells of: all of them are absent.
pub(crate) struct NoSagas;

#[async_trait]
impl SagaViews for NoSagas {
    async fn sagas(&self, _orders: &[OrderId]) -> Result<HashMap<OrderId, SagaView>, SagaError> {
        Ok(HashMap::new())
    }
}

/// The teller that all requests share.
pub(crate) type SharedSagas = Arc<dyn SagaViews>;
