//! Serving HTTP: the routers of the roles, health, and a front page that says where things are.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use axum::{Json, Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use platform::{
    health::{HealthRegistry, HealthReport},
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

/// Serves until the shutdown is asked for, and finishes what was accepted.
pub(crate) fn serve(shutdown: &Shutdown, listener: TcpListener, router: Router) {
    let token = shutdown.token();
    shutdown.spawn(async move {
        let served = axum::serve(listener, router)
            .with_graceful_shutdown(token.cancelled_owned())
            .await;
        if let Err(error) = served {
            tracing::error!(%error, "the HTTP server ended");
        }
    });
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
