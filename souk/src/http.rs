//! Serving HTTP: the routers of the roles, health, and a front page that says where things are.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use axum::{Json, Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use http_edge::{RequestPolicy, ServerOptions};
use platform::{
    config::WebSettings,
    health::{HealthRegistry, HealthReport},
    open_files,
    shutdown::Shutdown,
};
use serde_json::json;
use tokio::net::TcpListener;

/// Binds an address before anything else is started, so that a port in use is found out first.
pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{address} cannot be listened on"))
}

/// Serves until the shutdown is asked for, and finishes what was accepted. Every server of the product is
/// started here, so what [`http_edge`] guards holds for all of them.
pub(crate) fn serve(shutdown: &Shutdown, listener: TcpListener, router: Router, web: &WebSettings) {
    let policy = RequestPolicy::new(web.allowed_hosts.clone(), web.allowed_origins.clone());
    let files = usize::try_from(open_files::raise_limit()).unwrap_or(usize::MAX);
    let defaults = ServerOptions::default();
    let options = ServerOptions {
        max_connections: defaults.max_connections.min(files),
        ..defaults
    };
    let router = http_edge::edge(router, &policy);
    let (token, tracker) = (shutdown.token(), shutdown.tracker());
    shutdown.spawn(http_edge::serve(listener, router, options, token, tracker));
}

/// `/health/live` answers as long as the process does anything at all; `/health/ready` tells whether it
/// can do its work.
pub(crate) fn health(registry: HealthRegistry) -> Router {
    Router::new()
        .route("/health/live", get(|| async { Json(json!({"live": true})) }))
        .route("/health/ready", get(ready))
        .with_state(registry)
}

async fn ready(State(registry): State<HealthRegistry>) -> impl IntoResponse {
    let report: HealthReport = registry.report();
    let status = if report.ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(report))
}

/// Where things are, for whoever opens the address in a browser or with curl.
pub(crate) fn front_page() -> Router {
    Router::new().route(
        "/",
        get(|| async {
            Json(json!({
                "commands": "/v1",
                "commands_documentation": "/docs",
                "openapi": "/openapi.json",
                "queries": "/graphql",
                "queries_explorer": "/graphiql",
                "health": ["/health", "/health/live", "/health/ready"],
            }))
        }),
    )
}
