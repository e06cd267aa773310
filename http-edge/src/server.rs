//! Connections of HTTP/1.1, each with limits and all of them with a bound.
//!
//! `axum::serve` sets neither, so the connections of hyper are driven here.

use std::{convert::Infallible, io, pin::pin, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Service as _;

use crate::{
    answer::held,
    connections::{Connection, Connections},
    stream::Limited,
};

/// The most bytes of a head: a query in an address, and cookies of whatever else runs on the host.
const MAX_HEAD_BYTES: usize = 64 * 1_024;

/// The most headers of a request.
const MAX_HEADERS: usize = 100;

/// The send buffer of a connection, which the kernel doubles. Without a bound it grows to megabytes, and
/// a third of it must be read before a slow reader shows any progress.
const SEND_BUFFER_BYTES: usize = 128 * 1_024;

/// How long the server waits when the system refuses another connection, such as for lack of files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The limits of the connections of a server.
#[derive(Debug, Clone, Copy)]
pub struct ServerOptions {
    /// Connections that are open at once. Each needs a file and up to two buffers.
    pub max_connections: usize,
    /// How long a head may take from its first byte to its last.
    pub head_limit: Duration,
    /// How long a connection may wait for its next request. Proxies keep theirs for a minute at most.
    pub idle_limit: Duration,
    /// How long an answer may wait without any of it being read.
    pub unread_limit: Duration,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            max_connections: 2_048,
            head_limit: Duration::from_secs(10),
            idle_limit: Duration::from_secs(75),
            unread_limit: Duration::from_secs(20),
        }
    }
}

/// Serves until `closing` is cancelled. Every connection is a task of `tasks`, which ends when the
/// requests that it was working on by then have been answered.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    options: ServerOptions,
    closing: CancellationToken,
    tasks: TaskTracker,
) {
    // Connections inherit it.
    if let Err(error) = SockRef::from(&listener).set_send_buffer_size(SEND_BUFFER_BYTES) {
        tracing::warn!(%error, "the send buffer of connections keeps its size");
    }
    let connections = Connections::new(options.max_connections);
    while let Some(accepted) = closing.run_until_cancelled(accept(&listener, &connections)).await {
        match accepted {
            Ok((stream, connection)) => {
                let served = drive(stream, connection, router.clone(), options, closing.clone());
                tasks.spawn(served);
            }
            Err(error) if is_of_the_client(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                closing
                    .run_until_cancelled(tokio::time::sleep(ACCEPT_PAUSE))
                    .await;
            }
        }
    }
}

async fn accept(
    listener: &TcpListener,
    connections: &Connections,
) -> io::Result<(TcpStream, Arc<Connection>)> {
    let (stream, _) = listener.accept().await?;
    // Answers are written whole, so waiting for more of them only delays the last packet.
    stream.set_nodelay(true)?;
    Ok((stream, connections.admit().await))
}

/// Whether a client left before it was accepted.
fn is_of_the_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, InvalidInput, NotConnected};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | InvalidInput | NotConnected
    )
}

async fn drive(
    stream: TcpStream,
    connection: Arc<Connection>,
    router: Router,
    options: ServerOptions,
    closing: CancellationToken,
) {
    let stream = Limited::new(
        stream,
        Arc::clone(&connection),
        options.head_limit,
        options.unread_limit,
    );
    let at = Arc::clone(&connection);
    let service = service_fn(move |request: Request<Incoming>| {
        let working = at.begin();
        let answer = router.clone().call(request.map(Body::new));
        async move {
            let response = answer.await?;
            if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                working.for_ever();
                return Ok::<_, Infallible>(response);
            }
            Ok(held(response, working))
        }
    });
    let http = http1::Builder::new()
        .timer(TokioTimer::new())
        // It also runs while no byte of a head has arrived.
        .header_read_timeout(options.idle_limit)
        .max_headers(MAX_HEADERS)
        .max_header_size(MAX_HEAD_BYTES)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut http = pin!(http);
    let told = tokio::select! {
        ended = http.as_mut() => return log_end(ended),
        () = connection.evicted() => "evicted",
        () = closing.cancelled() => "closing",
    };
    tracing::trace!(told, "a connection is asked to end");
    // One that waits for a request has nothing to finish. hyper would wait for the first one.
    if connection.is_idle() {
        return;
    }
    http.as_mut().graceful_shutdown();
    log_end(http.await);
}

/// Broken connections are the clients' affair.
fn log_end(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}
