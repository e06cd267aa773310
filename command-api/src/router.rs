//! All routes, and what happens around them.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::FromRef,
    middleware::{from_fn, from_fn_with_state},
};
use http_edge::Budget;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    Commands, accounts, docs,
    middleware::{
        Arrival, Bound, arrived, bounded, correlated, logged, on_panic, problems_only, within_deadline,
    },
    options::{ApiOptions, MAX_BODY_BYTES, MAX_IMPORT_BYTES},
    orders, payments, problem, products, stock, subscriptions, warehouses, webhooks,
    webhooks::PaymentWebhooks,
};

/// What every handler shares.
#[derive(Clone)]
pub struct ApiState {
    pub(crate) commands: Commands,
    pub(crate) options: Arc<ApiOptions>,
    pub(crate) payment_webhooks: Option<Arc<dyn PaymentWebhooks>>,
}

impl ApiState {
    /// The state of an API with the given limits.
    pub fn new(commands: Commands, options: ApiOptions) -> Self {
        Self {
            commands,
            options: Arc::new(options),
            payment_webhooks: None,
        }
    }

    /// The same, and it takes the webhooks of the payment gateway. Without this it refuses them.
    #[must_use]
    pub fn with_payment_webhooks(mut self, webhooks: Arc<dyn PaymentWebhooks>) -> Self {
        self.payment_webhooks = Some(webhooks);
        self
    }
}

impl FromRef<ApiState> for Commands {
    fn from_ref(state: &ApiState) -> Self {
        state.commands.clone()
    }
}

/// The whole API as a server of its own: every other address is answered with a problem.
pub fn router(state: ApiState) -> Router {
    let unknown = around(Router::new().fallback(problem::not_found), &state);
    routes(state).merge(unknown)
}

/// The routes of the API, its description and its documentation, to be merged into a larger server.
///
/// There is no fallback: the larger server has its own, for which [`problem::not_found`] is a good one.
pub fn routes(state: ApiState) -> Router {
    let ApiOptions {
        max_in_flight,
        max_imports,
        body_timeout,
        request_timeout,
        import_timeout,
        ..
    } = *state.options;
    let room = Budget::default();
    let commands = limited(Router::from(commands()), max_in_flight, request_timeout);
    let commands = commands.layer(from_fn_with_state(
        Arrival {
            max_bytes: MAX_BODY_BYTES,
            timeout: body_timeout,
            room: room.clone(),
        },
        arrived,
    ));
    let imports = limited(
        Router::from(products::import_routes()),
        max_imports,
        import_timeout,
    );
    let imports = imports.layer(from_fn_with_state(
        Arrival {
            max_bytes: MAX_IMPORT_BYTES,
            // Half of the time to send it, the rest to do it.
            timeout: import_timeout / 2,
            room,
        },
        arrived,
    ));
    let docs = limited(docs::pages(), max_in_flight, request_timeout);
    let all = commands.merge(imports).merge(docs);
    around(all, &state).with_state(state)
}

/// Every command and webhook but the imports, which have limits of their own.
pub(crate) fn commands() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .merge(accounts::routes())
        .merge(products::routes())
        .merge(stock::routes())
        .merge(orders::routes())
        .merge(payments::routes())
        .merge(subscriptions::routes())
        .merge(warehouses::routes())
        .merge(webhooks::routes())
}

fn limited(routes: Router<ApiState>, max_in_flight: usize, timeout: Duration) -> Router<ApiState> {
    routes
        .layer(from_fn_with_state(timeout, within_deadline))
        .layer(from_fn_with_state(Bound::new(max_in_flight), bounded))
}

/// The layers around everything, from the innermost to the outermost.
fn around<S: Clone + Send + Sync + 'static>(routes: Router<S>, state: &ApiState) -> Router<S> {
    routes
        .layer(CatchPanicLayer::custom(on_panic))
        .layer(from_fn(problems_only))
        .layer(from_fn(logged))
        .layer(from_fn_with_state(state.clone(), correlated))
}
