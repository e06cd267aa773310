//! A server with a small router, and a client that sends bytes.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{Request, Response},
};
use http_edge::{RequestPolicy, ServerOptions, edge, serve};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

/// Longer than anything takes unless it hangs.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// Long enough for a client of a test to do what it wants to do.
pub(crate) const LIMIT: Duration = Duration::from_millis(300);

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) closing: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

impl Server {
    pub(crate) async fn start(router: Router, options: ServerOptions) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (closing, tasks) = (CancellationToken::new(), TaskTracker::new());
        let router = edge(router, &RequestPolicy::default());
        tokio::spawn(serve(listener, router, options, closing.clone(), tasks.clone()));
        Self {
            address,
            closing,
            tasks,
        }
    }

    pub(crate) async fn connect(&self) -> Client {
        Client(TcpStream::connect(self.address).await.unwrap())
    }
}

pub(crate) struct Client(pub(crate) TcpStream);

impl Client {
    pub(crate) async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// Asks for a page and gives the status and the rest of the answer, whose end is the given text.
    pub(crate) async fn get(&mut self, path: &str, end: &str) -> String {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n"))
            .await;
        self.read_to(end).await
    }

    pub(crate) async fn read_to(&mut self, end: &str) -> String {
        let mut text = String::new();
        let mut buffer = [0; 4_096];
        while !text.ends_with(end) {
            let len = timeout(LONG, self.0.read(&mut buffer)).await.unwrap().unwrap();
            assert!(len > 0, "the connection ended after {text}");
            text.push_str(&String::from_utf8_lossy(&buffer[..len]));
        }
        text
    }

    /// Sends some text and waits until the server has closed the connection.
    pub(crate) async fn closed_after(&mut self, text: &str) -> usize {
        // The server may close it before it has read all.
        drop(self.0.write_all(text.as_bytes()).await);
        self.closed().await
    }

    /// Waits until the server has closed the connection; gives how many bytes came before.
    pub(crate) async fn closed(&mut self) -> usize {
        let (mut buffer, mut seen) = (vec![0; 65_536], 0);
        loop {
            match timeout(LONG, self.0.read(&mut buffer)).await.unwrap() {
                Ok(0) | Err(_) => return seen,
                Ok(len) => seen += len,
            }
        }
    }
}

/// The answer of a router to a request.
pub(crate) async fn answer(router: &Router, request: Request<Body>) -> Response<Body> {
    router.clone().oneshot(request).await.unwrap()
}
