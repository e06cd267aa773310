//! What all requests share.

use std::{sync::Arc, time::Duration};

use async_graphql::{Request, Response, Value};
use projections::ReadModels;
use tokio::{sync::Semaphore, time::Instant};
use uuid::Uuid;

use crate::{
    error,
    freshness::{AtLeast, Freshness},
    limits::{MAX_IN_FLIGHT, MAX_WAIT, TIME_LIMIT},
    loaders::Loaders,
    reading::Reading,
    schema::{ShopSchema, schema},
};

/// How long the query side waits and how much it does at once.
#[derive(Debug, Clone, Copy)]
pub struct QueryOptions {
    /// How long a query waits for the position that it asks for.
    pub max_wait: Duration,
    /// How long a request may take, its wait included.
    pub time_limit: Duration,
    /// How many requests are worked on at once.
    pub max_in_flight: usize,
}

impl Default for QueryOptions {
    fn default() -> Self {
        Self {
            max_wait: MAX_WAIT,
            time_limit: TIME_LIMIT,
            max_in_flight: MAX_IN_FLIGHT,
        }
    }
}

/// What all requests share. Clones are the same.
#[derive(Clone)]
pub struct QueryState {
    read_models: ReadModels,
    schema: ShopSchema,
    pub(crate) options: QueryOptions,
    pub(crate) places: Arc<Semaphore>,
}

impl QueryState {
    /// Answers from these read models, within these limits.
    pub fn new(read_models: ReadModels, options: QueryOptions) -> Self {
        let places = Arc::new(Semaphore::new(options.max_in_flight.min(Semaphore::MAX_PERMITS)));
        Self {
            read_models,
            schema: schema(),
            options,
            places,
        }
    }

    /// Answers one query. `correlation_id` is told to the caller of a query that fails on our side.
    pub async fn execute(&self, request: Request, at_least: AtLeast, correlation_id: Uuid) -> Response {
        let deadline = Instant::now() + self.options.max_wait;
        let freshness = Arc::new(Freshness::new(self.read_models.clone(), at_least, deadline));
        let reading = Reading {
            read_models: self.read_models.clone(),
            freshness: Arc::clone(&freshness),
            loaders: Loaders::new(&self.read_models),
        };
        let mut response = self.schema.execute(request.data(reading)).await;
        error::finish(&mut response.errors, correlation_id);
        let seen = freshness.seen();
        if let Some(position) = seen.values().min() {
            response
                .extensions
                .insert("position".to_owned(), Value::from(*position));
            let seen = seen
                .iter()
                .map(|(name, position)| (async_graphql::Name::new(name), Value::from(*position)));
            response
                .extensions
                .insert("projections".to_owned(), Value::Object(seen.collect()));
        }
        response
    }
}
