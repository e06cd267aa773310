//! The layers around the router of a server.

use std::time::Duration;

use axum::{
    Router,
    http::{HeaderName, HeaderValue, Method, header},
    middleware::{from_fn, from_fn_with_state},
};
use tower_http::{
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate as _, SizeAbove},
    },
    cors::{AllowOrigin, CorsLayer},
    set_header::SetResponseHeaderLayer,
};

use crate::{
    answer::{Unsent, bounded_answers},
    guard::guarded,
    policy::RequestPolicy,
    unread::closing_when_unread,
};

/// Smaller answers fit into one packet either way.
const MIN_COMPRESSED_BYTES: u64 = 1_024;

/// How long a browser may remember what an origin may do.
const PREFLIGHT_AGE: Duration = Duration::from_secs(600);

/// For answers that bring no policy of their own: nothing in them is to be loaded, run or framed.
const CONTENT_SECURITY_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// What pages of allowed origins may send beside what needs no permission.
const REQUEST_HEADERS: [HeaderName; 7] = [
    header::CONTENT_TYPE,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("souk-at-least-position"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("x-request-id"),
];

/// What pages of allowed origins may read beside what needs no permission.
const RESPONSE_HEADERS: [HeaderName; 6] = [
    header::ETAG,
    header::RETRY_AFTER,
    HeaderName::from_static("idempotent-replayed"),
    HeaderName::from_static("souk-correlation-id"),
    HeaderName::from_static("souk-position"),
    HeaderName::from_static("x-request-id"),
];

/// Puts the edge around the router of a server.
pub fn edge(router: Router, policy: &RequestPolicy) -> Router {
    let router = router.layer(from_fn_with_state(Unsent::default(), bounded_answers));
    // Outside the bound, which counts bytes in memory: what is compressed is made piece by piece.
    let worthwhile = SizeAbove::new(MIN_COMPRESSED_BYTES)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::SSE);
    let router = router.layer(CompressionLayer::new().compress_when(worthwhile));
    let router = match cors(policy) {
        Some(cors) => router.layer(cors),
        None => router,
    };
    let router = router.layer(from_fn_with_state(policy.clone(), guarded));
    with_security_headers(router).layer(from_fn(closing_when_unread))
}

/// CORS for the configured origins; none without them.
fn cors(policy: &RequestPolicy) -> Option<CorsLayer> {
    let origins = policy.origins();
    if origins.is_empty() {
        return None;
    }
    Some(
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins))
            .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH])
            .allow_headers(REQUEST_HEADERS)
            .expose_headers(RESPONSE_HEADERS)
            .max_age(PREFLIGHT_AGE),
    )
}

fn with_security_headers(router: Router) -> Router {
    let set = |name: HeaderName, value: HeaderValue| SetResponseHeaderLayer::if_not_present(name, value);
    let text = HeaderValue::from_static;
    router
        .layer(set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, text("nosniff")))
        .layer(set(header::X_FRAME_OPTIONS, text("DENY")))
        .layer(set(header::REFERRER_POLICY, text("no-referrer")))
        .layer(set(
            HeaderName::from_static("cross-origin-resource-policy"),
            text("same-origin"),
        ))
        .layer(set(
            HeaderName::from_static("cross-origin-opener-policy"),
            text("same-origin"),
        ))
}
