//! Who may ask for what, and the headers of answers.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderValue, Method, Request, Response, StatusCode, header},
    routing::{get, post},
};
use http_edge::{RequestPolicy, edge};
use serde_json::Value;

use crate::server::answer;

const OTHER_SITE: &str = "https://www.shop.example";

/// A router that counts what gets through.
fn shop(policy: &RequestPolicy) -> (Router, Arc<AtomicUsize>) {
    let commands = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&commands);
    let command = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        async { "done" }
    };
    let query = command.clone();
    let router = Router::new()
        .route("/v1/orders", post(command))
        .route("/graphql", get(query.clone()).post(query.clone()))
        .route("/graphql/ws", get(query))
        .route("/long", get(|| async { "x".repeat(100_000) }))
        .route("/short", get(|| async { "x" }))
        .fallback(|| async { StatusCode::NOT_FOUND });
    (edge(router, policy), commands)
}

fn request(method: Method, path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

fn header<'a>(response: &'a Response<Body>, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

async fn json(response: Response<Body>) -> Value {
    serde_json::from_slice(&to_bytes(response.into_body(), usize::MAX).await.unwrap()).unwrap()
}

#[tokio::test]
async fn pages_of_other_sites_send_neither_commands_nor_queries_nor_open_sockets() {
    let (router, done) = shop(&RequestPolicy::default());
    for (method, path) in [
        (Method::POST, "/v1/orders"),
        (Method::GET, "/graphql"),
        (Method::POST, "/graphql"),
        (Method::GET, "/graphql/ws"),
        (Method::GET, "/nowhere"),
        (Method::OPTIONS, "/v1/orders"),
    ] {
        for foreign in [
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "cross-site"),
        ] {
            let sent = [("host", "localhost:8080"), foreign];
            let refused = answer(&router, request(method.clone(), path, &sent)).await;
            assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{method} {path}");
            let is_graphql = path.starts_with("/graphql");
            let body = json(refused).await;
            let code = if is_graphql {
                body["errors"][0]["extensions"]["code"].clone()
            } else {
                body["code"].clone()
            };
            let expected = if is_graphql {
                "FOREIGN_ORIGIN"
            } else {
                "foreign_origin"
            };
            assert_eq!(code, expected, "{body}");
        }
    }
    assert_eq!(done.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_name_that_points_here_is_not_served_unless_it_is_configured() {
    let policy = RequestPolicy::new(["shop.example".to_owned()], []);
    let (router, done) = shop(&policy);
    let ask = |host: &'static str| {
        let origin = format!("http://{host}");
        request(
            Method::POST,
            "/v1/orders",
            &[
                ("host", host),
                ("origin", origin.as_str()),
                ("content-type", "application/json"),
            ],
        )
    };
    let refused = answer(&router, ask("rebound.example")).await;
    assert_eq!(refused.status(), StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(header(&refused, "content-type"), "application/problem+json");
    assert_eq!(json(refused).await["code"], "unknown_host");
    assert_eq!(done.load(Ordering::Relaxed), 0);
    for host in ["shop.example", "localhost:8080", "127.0.0.1:8080", "[::1]:8080"] {
        assert_eq!(
            answer(&router, ask(host)).await.status(),
            StatusCode::OK,
            "{host}"
        );
    }
    let nameless = answer(&router, request(Method::GET, "/short", &[])).await;
    assert_eq!(nameless.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_configured_origin_may_use_the_shop_and_no_other() {
    let policy = RequestPolicy::new([], [OTHER_SITE.to_owned()]);
    let (router, done) = shop(&policy);
    let preflight = request(
        Method::OPTIONS,
        "/v1/orders",
        &[
            ("host", "localhost"),
            ("origin", OTHER_SITE),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "content-type,idempotency-key"),
        ],
    );
    let allowed = answer(&router, preflight).await;
    assert_eq!(allowed.status(), StatusCode::OK);
    assert_eq!(header(&allowed, "access-control-allow-origin"), OTHER_SITE);
    assert!(header(&allowed, "access-control-allow-headers").contains("idempotency-key"));
    assert!(header(&allowed, "access-control-allow-methods").contains("POST"));
    let sent = [
        ("host", "localhost"),
        ("origin", OTHER_SITE),
        ("sec-fetch-site", "cross-site"),
    ];
    let command = answer(&router, request(Method::POST, "/v1/orders", &sent)).await;
    assert_eq!(command.status(), StatusCode::OK);
    assert_eq!(header(&command, "access-control-allow-origin"), OTHER_SITE);
    assert!(header(&command, "access-control-expose-headers").contains("souk-position"));
    assert_eq!(done.load(Ordering::Relaxed), 1);
    let foreign = [("host", "localhost"), ("origin", "https://shop.example")];
    let refused = answer(&router, request(Method::POST, "/v1/orders", &foreign)).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(header(&refused, "access-control-allow-origin"), "");
}

#[tokio::test]
async fn long_answers_are_compressed_for_those_who_accept_it() {
    let (router, _) = shop(&RequestPolicy::default());
    let ask = |path, encoding| {
        request(
            Method::GET,
            path,
            &[("host", "localhost"), ("accept-encoding", encoding)],
        )
    };
    let small = answer(&router, ask("/long", "br, gzip")).await;
    assert_eq!(header(&small, "content-encoding"), "gzip");
    assert_eq!(header(&small, "vary"), "accept-encoding");
    let bytes = to_bytes(small.into_body(), usize::MAX).await.unwrap();
    assert!(bytes.len() < 1_000, "{}", bytes.len());
    for (path, encoding) in [("/long", "identity"), ("/short", "gzip")] {
        let plain = answer(&router, ask(path, encoding)).await;
        assert_eq!(header(&plain, "content-encoding"), "", "{path}");
    }
}

#[tokio::test]
async fn every_answer_has_security_headers_and_pages_keep_their_own() {
    let own = "default-src 'self'";
    let page = get(move || async move {
        (
            [(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(own))],
            "",
        )
    });
    let router = edge(Router::new().route("/page", page), &RequestPolicy::default());
    for (path, host, policy) in [
        ("/page", "localhost", own),
        (
            "/nowhere",
            "localhost",
            "default-src 'none'; frame-ancestors 'none'",
        ),
        (
            "/page",
            "evil.example",
            "default-src 'none'; frame-ancestors 'none'",
        ),
    ] {
        let response = answer(&router, request(Method::GET, path, &[("host", host)])).await;
        assert_eq!(header(&response, "content-security-policy"), policy, "{path}");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        assert_eq!(header(&response, "x-frame-options"), "DENY");
        assert_eq!(header(&response, "referrer-policy"), "no-referrer");
    }
}

#[tokio::test]
async fn answers_that_wait_for_their_readers_are_bounded() {
    let large = get(|| async { vec![0_u8; 100 * 1024 * 1024] });
    let router = edge(Router::new().route("/large", large), &RequestPolicy::default());
    let ask = || request(Method::GET, "/large", &[("host", "localhost")]);
    let first = answer(&router, ask()).await;
    assert_eq!(first.status(), StatusCode::OK);
    let second = answer(&router, ask()).await;
    assert_eq!(second.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(header(&second, "retry-after"), "1");
    // The first reader has gone.
    drop(first);
    assert_eq!(answer(&router, ask()).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_answer_to_a_request_that_was_not_read_says_that_the_connection_ends() {
    let policy = RequestPolicy::default();
    let read = async |body: axum::body::Bytes| body.len().to_string();
    let router = Router::new()
        .route("/read", post(read))
        .route("/unread", post(|| async { "done" }));
    let router = edge(router, &policy);
    for (path, body, connection) in [
        ("/read", "some", ""),
        ("/read", "", ""),
        ("/unread", "", ""),
        ("/unread", "some", "close"),
        ("/nowhere", "some", "close"),
    ] {
        let request = Request::post(path).header("host", "localhost");
        let request = request.body(Body::from(body)).unwrap();
        let answered = answer(&router, request).await;
        assert_eq!(header(&answered, "connection"), connection, "{path} {body:?}");
    }
}
