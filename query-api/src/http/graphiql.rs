//! GraphiQL, an editor for queries, without any other host.
//!
//! The script and the style sheet are built by `scripts/vendor-graphiql` and kept in the repository.

use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
    middleware::from_fn_with_state,
    response::IntoResponse,
    routing::get,
};
use http_edge::{StaticPages, revalidated};

/// The page may load what is beside it and talk to its own host, and no more. Styles are the exception:
/// the dialogs of GraphiQL write theirs into the page.
const CONTENT_SECURITY_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

const HTML: &str = "text/html; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

/// The page and what it loads.
pub(super) fn routes() -> Router {
    Router::new()
        .route(
            "/graphiql",
            file(HTML, include_str!("../../assets/graphiql/index.html")),
        )
        .route(
            "/graphiql/graphiql.js",
            file(JAVASCRIPT, include_str!("../../assets/graphiql/graphiql.js")),
        )
        .route(
            "/graphiql/graphiql.css",
            file(CSS, include_str!("../../assets/graphiql/graphiql.css")),
        )
        .route(
            "/graphiql/LICENSES.txt",
            file(TEXT, include_str!("../../assets/graphiql/LICENSES.txt")),
        )
        .layer(from_fn_with_state(StaticPages::default(), revalidated))
}

fn file(content_type: &'static str, content: &'static str) -> axum::routing::MethodRouter {
    get(async move || (headers(content_type), content).into_response())
}

fn headers(content_type: &'static str) -> [(HeaderName, HeaderValue); 4] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ]
}
