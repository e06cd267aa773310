//! A bound on the requests that are worked on at once.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::sync::Semaphore;

use crate::problem::Problem;

/// The places that are left.
#[derive(Clone)]
pub(crate) struct Bound(Arc<Semaphore>);

impl Bound {
    pub(crate) fn new(places: usize) -> Self {
        Self(Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS))))
    }
}

/// Works on the request if there is a place. Nobody queues here: a caller that is told at once can go to
/// another copy of the server, and one that waits for long would have given up anyway.
pub(crate) async fn bounded(State(Bound(places)): State<Bound>, request: Request, next: Next) -> Response {
    let Ok(place) = places.try_acquire_owned() else {
        return Problem::overloaded().into_response();
    };
    // An answer that is not read occupies the place of its request.
    http_edge::held(next.run(request).await, place)
}
