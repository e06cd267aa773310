//! What all requests share.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_graphql::{Request, Response, Value};
use futures::{Stream, StreamExt as _};
use http_edge::Budget;
use projections::ReadModels;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

use crate::{
    answer::Answer,
    changes::Changes,
    document::{Document, Documents, Selected, complete},
    error::{self, QueryError},
    freshness::{AtLeast, Freshness},
    limits::{
        INIT_LIMIT, KEEP_ALIVE, MAX_COMPLEXITY, MAX_ERRORS, MAX_IN_FLIGHT, MAX_OPERATIONS, MAX_SOCKETS,
        MAX_WAIT, TIME_LIMIT,
    },
    loaders::Loaders,
    metering::{self, Meter},
    reading::Reading,
    sagas::{NoSagas, SagaViews, SharedSagas},
    schema::{ShopSchema, schema, sdl},
};

/// How long the query side waits and how much it does at once.
#[derive(Debug, Clone, Copy)]
pub struct QueryOptions {
    /// How long a query waits for the position that it asks for.
    pub max_wait: Duration,
    /// How long a request may take, its wait included.
    pub time_limit: Duration,
    /// How many requests are processed at once.
    pub max_in_flight: usize,
    /// How many WebSockets are open at once.
    pub max_sockets: usize,
    /// How many operations all these connections together may run at once.
    pub max_operations: usize,
    /// How long a client may take to send `connection_init`.
    pub init_limit: Duration,
    /// How often a connection is pinged.
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
    documents: Documents,
    changes: Changes,
    pub(crate) options: QueryOptions,
    pub(crate) places: Arc<Semaphore>,
    /// The room for bodies that arrive.
    pub(crate) arriving: Budget,
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
            documents: Documents::new(&sdl()),
            schema: schema(),
            changes: Changes::new(&read_models),
            read_models,
            options,
            places: places(options.max_in_flight),
            arriving: Budget::default(),
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

    /// Reads a request: what is to be executed, or everything that is wrong with it.
    pub(crate) fn prepare(&self, mut request: Request, at_least: AtLeast) -> Result<Prepared, Box<Answer>> {
        let refused = |errors| Box::new(Answer::refused(errors));
        let document = self.documents.read(&request.query).map_err(refused)?;
        let name = request.operation_name.as_deref();
        let chosen = self.documents.choose(&document, name);
        let chosen = chosen.map_err(|error| refused(vec![error]))?;
        let variables = std::mem::take(&mut request.variables);
        let plan = chosen.plan(variables).map_err(refused)?;
        let is_subscription = chosen.is_subscription();
        let max_wait = self.options.max_wait;
        let freshness = Arc::new(Freshness::new(self.read_models.clone(), at_least, max_wait));
        let reading = Reading {
            read_models: self.read_models.clone(),
            loaders: Loaders::new(&self.read_models, Arc::clone(&self.sagas), Arc::clone(&freshness)),
            freshness: Arc::clone(&freshness),
        };
        let meter = Arc::new(Meter::new(plan.introspection_cost, plan.unstorable));
        let mut request = Request::new("").data(reading).data(Arc::clone(&meter));
        request.set_parsed_query(plan.operation);
        Ok(Prepared {
            request,
            is_subscription,
            finishing: Finishing {
                document,
                selected: plan.answer,
                freshness,
                meter,
            },
        })
    }

    /// Answers a query. `correlation_id` is told to the caller of a query that fails on our side.
    pub(crate) async fn execute(&self, prepared: Prepared, correlation_id: Uuid) -> Answer {
        let response = self.schema.execute(prepared.request).await;
        prepared.finishing.finish(response, correlation_id).await
    }

    /// Answers a subscription as often as there is something to tell.
    pub(crate) fn stream(
        &self,
        prepared: Prepared,
        correlation_id: Uuid,
    ) -> impl Stream<Item = Answer> + Send + use<> {
        let request = prepared.request.data(self.changes.clone());
        let responses = self.schema.execute_stream(request);
        let finishing = Arc::new(prepared.finishing);
        responses.then(move |response| {
            let finishing = Arc::clone(&finishing);
            async move { finishing.finish(response, correlation_id).await }
        })
    }
}

/// A request that was read and may be executed.
pub(crate) struct Prepared {
    request: Request,
    pub(crate) is_subscription: bool,
    finishing: Finishing,
}

/// What turns that which the library answers into what the caller gets.
struct Finishing {
    document: Arc<Document>,
    selected: Selected,
    freshness: Arc<Freshness>,
    meter: Arc<Meter>,
}

impl Finishing {
    /// An answer with the codes of its errors, with what it cost and with what it has seen. One whose rows may
    /// lack what its positions promise is not given.
    async fn finish(&self, mut response: Response, correlation_id: Uuid) -> Answer {
        if !self.freshness.holds().await {
            let mut errors = vec![QueryError::Restarted.into_server_error()];
            error::finish(&mut errors, correlation_id);
            return Answer::refused(errors);
        }
        let errors = &mut response.errors;
        if self.meter.is_exceeded() {
            // The others are about what is missing because of it.
            *errors = vec![metering::too_large()];
            response.data = Value::Null;
        }
        let has_begun = self.meter.has_begun();
        let data = has_begun.then(|| complete(std::mem::take(&mut response.data), &self.selected, errors));
        if data == Some(Value::Null) && errors.is_empty() {
            errors.push(QueryError::Incomplete.into_server_error());
        }
        // Each of them costs a line of the log at worst.
        errors.truncate(MAX_ERRORS + 1);
        self.document.locate(errors);
        error::finish(errors, correlation_id);
        let Some(data) = data else {
            return Answer::refused(response.errors);
        };
        let mut answer = Answer::executed(response, data);
        self.extend(&mut answer.extensions);
        answer
    }

    fn extend(&self, extensions: &mut BTreeMap<String, Value>) {
        let cost = [("limit", MAX_COMPLEXITY), ("requested", self.meter.cost())];
        extensions.insert("cost".to_owned(), object(cost));
        let seen = self.freshness.seen();
        if let Some(position) = seen.values().min() {
            extensions.insert("position".to_owned(), Value::from(*position));
            extensions.insert("projections".to_owned(), object(seen));
        }
    }
}

fn object<V: Into<async_graphql::Number>>(fields: impl IntoIterator<Item = (&'static str, V)>) -> Value {
    let fields = fields.into_iter();
    Value::Object(
        fields
            .map(|(name, value)| (async_graphql::Name::new(name), Value::Number(value.into())))
            .collect(),
    )
}
