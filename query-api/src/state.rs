//! What all requests share.

use std::{sync::Arc, time::Duration};

use async_graphql::{Request, Response, Value};
use futures::{Stream, StreamExt as _};
use projections::ReadModels;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

use crate::{
    changes::Changes,
    error,
    freshness::{AtLeast, Freshness},
    limits::{INIT_LIMIT, KEEP_ALIVE, MAX_IN_FLIGHT, MAX_OPERATIONS, MAX_SOCKETS, MAX_WAIT, TIME_LIMIT},
    loaders::Loaders,
    reading::Reading,
    sagas::{NoSagas, SagaViews, SharedSagas},
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
    /// How many connections subscribe at once.
    pub max_sockets: usize,
    /// How many operations all these connections together may have under way.
    pub max_operations: usize,
    /// How long a connection may take to say that it begins.
    pub init_limit: Duration,
    /// How often a connection is asked whether the other side is still there.
    pub keep_alive: Duration,
}

impl Default for QueryOptions {
    fn default() -> Self {
        Self {
            max_wait: MAX_WAIT,
            time_limit: TIME_LIMIT,
            max_in_flight: MAX_IN_FLIGHT,
            max_sockets: MAX_SOCKETS,
            max_operations: MAX_OPERATIONS,
            init_limit: INIT_LIMIT,
            keep_alive: KEEP_ALIVE,
        }
    }
}

/// What all requests share. Clones are the same.
#[derive(Clone)]
pub struct QueryState {
    read_models: ReadModels,
    sagas: SharedSagas,
    schema: ShopSchema,
    changes: Changes,
    pub(crate) options: QueryOptions,
    pub(crate) places: Arc<Semaphore>,
    pub(crate) sockets: Arc<Semaphore>,
    pub(crate) operations: Arc<Semaphore>,
    /// When it is cancelled, connections are closed.
    pub(crate) closing: CancellationToken,
    /// Where connections are counted until they are closed.
    pub(crate) open: TaskTracker,
}

impl QueryState {
    /// Answers from these read models, within these limits.
    pub fn new(read_models: ReadModels, options: QueryOptions) -> Self {
        let places = |count: usize| Arc::new(Semaphore::new(count.min(Semaphore::MAX_PERMITS)));
        Self {
            sagas: Arc::new(NoSagas),
            schema: schema(),
            changes: Changes::new(&read_models),
            read_models,
            options,
            places: places(options.max_in_flight),
            sockets: places(options.max_sockets),
            operations: places(options.max_operations),
            closing: CancellationToken::new(),
            open: TaskTracker::new(),
        }
    }

    /// The same, with somebody who knows how sagas stand.
    #[must_use]
    pub fn with_sagas(mut self, sagas: Arc<dyn SagaViews>) -> Self {
        self.sagas = sagas;
        self
    }

    /// The same, with connections that are closed when `closing` is cancelled: a server waits for
    /// requests by itself, and not for connections that became WebSockets. `open` counts them until then.
    #[must_use]
    pub fn closing_with(mut self, closing: CancellationToken, open: TaskTracker) -> Self {
        self.closing = closing;
        self.open = open;
        self
    }

    /// Answers one query. `correlation_id` is told to the caller of a query that fails on our side.
    pub async fn execute(&self, request: Request, at_least: AtLeast, correlation_id: Uuid) -> Response {
        let (request, freshness) = self.prepare(request, at_least);
        let response = self.schema.execute(request).await;
        finish(response, &freshness, correlation_id).await
    }

    /// Answers a subscription as often as there is something to tell, and a query once.
    pub(crate) fn stream(
        &self,
        request: Request,
        correlation_id: Uuid,
    ) -> impl Stream<Item = Response> + Send + use<> {
        let (request, freshness) = self.prepare(request, AtLeast::default());
        let responses = self.schema.execute_stream(request.data(self.changes.clone()));
        responses.then(move |response| {
            let freshness = Arc::clone(&freshness);
            async move { finish(response, &freshness, correlation_id).await }
        })
    }

    fn prepare(&self, request: Request, at_least: AtLeast) -> (Request, Arc<Freshness>) {
        let max_wait = self.options.max_wait;
        let freshness = Arc::new(Freshness::new(self.read_models.clone(), at_least, max_wait));
        let reading = Reading {
            read_models: self.read_models.clone(),
            freshness: Arc::clone(&freshness),
            loaders: Loaders::new(&self.read_models, Arc::clone(&self.sagas)),
        };
        (request.data(reading), freshness)
    }
}

/// An answer with the codes of its errors and with what it has seen. One whose rows may lack what its positions
/// promise is not given.
async fn finish(mut response: Response, freshness: &Freshness, correlation_id: Uuid) -> Response {
    if !freshness.holds().await {
        return Response::from_errors(vec![error::restarted()]);
    }
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
