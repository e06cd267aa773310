//! Connections that take no part are closed, and the others are not hurt.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    routing::{get, post},
};
use http_edge::{Budget, ServerOptions, collect, held};
use tokio::{
    sync::{Notify, Semaphore},
    time::timeout,
};

use crate::server::{LIMIT, LONG, Server};

/// More than the buffers of two kernels hold.
const LARGE_BYTES: usize = 32 * 1024 * 1024;

fn hello() -> Router {
    Router::new().route("/hello", get(|| async { "hello" }))
}

fn patient() -> ServerOptions {
    ServerOptions {
        head_limit: LONG,
        idle_limit: LONG,
        unread_limit: LONG,
        ..ServerOptions::default()
    }
}

#[tokio::test]
async fn half_a_head_is_cut_and_a_slow_one_in_time_is_served() {
    let options = ServerOptions {
        head_limit: LIMIT,
        ..patient()
    };
    let server = Server::start(hello(), options).await;
    let mut half = server.connect().await;
    half.send("GET /hello HTTP/1.1\r\nhost: local").await;
    assert_eq!(half.closed().await, 0);
    // Bytes that trickle in do not extend the limit.
    let trickling = server.connect().await;
    let trickle = async {
        let mut pace = tokio::time::interval(LIMIT / 10);
        while trickling.0.try_write(b"a").is_ok() {
            pace.tick().await;
        }
    };
    timeout(LONG, trickle).await.unwrap();
    // The limit begins with the first byte of a head, not with the connection.
    let mut patient = server.connect().await;
    assert_eq!(server.connect().await.closed_after("GET").await, 0);
    assert!(patient.get("/hello", "hello").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn an_idle_connection_is_closed_before_and_after_its_first_request() {
    let options = ServerOptions {
        idle_limit: LIMIT,
        ..patient()
    };
    let server = Server::start(hello(), options).await;
    let mut silent = server.connect().await;
    assert_eq!(silent.closed().await, 0);
    let mut once = server.connect().await;
    once.get("/hello", "hello").await;
    assert_eq!(once.closed().await, 0);
}

#[tokio::test]
async fn an_answer_that_is_not_read_is_cut_and_its_place_is_released() {
    let places = Arc::new(Semaphore::new(1));
    let all = Arc::clone(&places);
    let large = get(move || {
        let place = Arc::clone(&all).try_acquire_owned().unwrap();
        async move {
            held(
                axum::response::Response::new(Body::from(vec![0; LARGE_BYTES])),
                place,
            )
        }
    });
    let options = ServerOptions {
        unread_limit: LIMIT,
        ..patient()
    };
    let server = Server::start(hello().route("/large", large), options).await;
    let mut reader = server.connect().await;
    reader
        .send("GET /large HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await;
    let mut first = [0; 16];
    reader.0.peek(&mut first).await.unwrap();
    assert_eq!(
        places.available_permits(),
        0,
        "the place is held while the answer waits"
    );
    // Nothing more is read until the server has given up.
    let released = timeout(LONG, places.acquire()).await.unwrap();
    drop(released);
    assert!(reader.closed().await < LARGE_BYTES);
    assert!(
        server
            .connect()
            .await
            .get("/hello", "hello")
            .await
            .contains("200 OK")
    );
}

#[tokio::test]
async fn an_answer_that_is_read_slowly_arrives_whole() {
    let large = get(|| async { vec![b'x'; LARGE_BYTES] });
    let options = ServerOptions {
        unread_limit: Duration::from_secs(10),
        ..patient()
    };
    let server = Server::start(Router::new().route("/large", large), options).await;
    let mut reader = server.connect().await;
    reader
        .send("GET /large HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .await;
    assert!(reader.closed().await > LARGE_BYTES);
}

#[tokio::test]
async fn idle_connections_do_not_lock_out_others() {
    let options = ServerOptions {
        max_connections: 4,
        ..patient()
    };
    let server = Server::start(hello(), options).await;
    let mut idle = Vec::new();
    for _ in 0..40 {
        let mut client = server.connect().await;
        client.send("GET /hello HTTP/1.1\r\n").await;
        idle.push(client);
    }
    let mut client = server.connect().await;
    for _ in 0..3 {
        assert!(client.get("/hello", "hello").await.starts_with("HTTP/1.1 200"));
    }
    assert_eq!(idle[0].closed().await, 0);
}

#[tokio::test]
async fn half_bodies_take_no_place() {
    let (places, room) = (Arc::new(Semaphore::new(1)), Budget::default());
    let echo = post(move |body: Body| {
        let (places, room) = (Arc::clone(&places), room.clone());
        async move {
            let arrived = collect(body, None, 1_000, LONG, &room).await.unwrap();
            let _place = places.try_acquire().unwrap();
            arrived.bytes
        }
    });
    let server = Server::start(Router::new().route("/echo", echo), patient()).await;
    let head = "POST /echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\n\r\n";
    let mut halves = Vec::new();
    for _ in 0..50 {
        let mut half = server.connect().await;
        half.send(&format!("{head}wor")).await;
        halves.push(half);
    }
    let mut whole = server.connect().await;
    whole.send(&format!("{head}hello")).await;
    assert!(whole.read_to("hello").await.starts_with("HTTP/1.1 200"));
    for mut half in halves {
        half.send("ld").await;
        half.read_to("world").await;
    }
}

#[tokio::test]
async fn what_was_accepted_is_answered_when_the_server_stops_and_idle_connections_end() {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (handler_begun, handler_waits) = (Arc::clone(&begun), Arc::clone(&go_on));
    let slow = get(move || {
        let (begun, go_on) = (Arc::clone(&handler_begun), Arc::clone(&handler_waits));
        async move {
            begun.notify_one();
            go_on.notified().await;
            "done"
        }
    });
    let server = Server::start(hello().route("/slow", slow), patient()).await;
    let mut fresh = server.connect().await;
    let mut kept = server.connect().await;
    kept.get("/hello", "hello").await;
    let mut half = server.connect().await;
    half.send("GET /hello HT").await;
    let mut working = server.connect().await;
    working
        .send("GET /slow HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await;
    begun.notified().await;
    server.closing.cancel();
    for idle in [&mut fresh, &mut kept, &mut half] {
        assert_eq!(idle.closed().await, 0);
    }
    go_on.notify_one();
    assert!(working.read_to("done").await.starts_with("HTTP/1.1 200"));
    assert_eq!(working.closed().await, 0);
    server.tasks.close();
    timeout(LONG, server.tasks.wait()).await.unwrap();
}

#[tokio::test]
async fn a_head_that_is_too_large_ends_its_connection() {
    let server = Server::start(hello(), patient()).await;
    let mut client = server.connect().await;
    let head = format!(
        "GET /hello HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n",
        "a".repeat(200_000)
    );
    // The answer, 431, is lost when the rest of the head is still on its way.
    assert!(client.closed_after(&head).await < 1_000);
    assert!(
        server
            .connect()
            .await
            .get("/hello", "hello")
            .await
            .contains("200 OK")
    );
}
