//! What guards a shop on a person's own machine, on the real server.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::json;
use tests::{Shop, until};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Longer than anything takes unless it hangs.
const LONG: Duration = Duration::from_secs(120);

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test(flavor = "multi_thread")]
async fn no_page_of_another_site_and_no_foreign_name_reaches_the_shop() {
    let shop = Shop::start(&[]).unwrap();
    let client = shop.client().unwrap();
    let opened = json!({"owner_id": uuid::Uuid::now_v7(), "currency": "EUR"}).to_string();
    let order = "/v1/orders/018f0000-0000-7000-8000-000000000004/cancel";
    let form = ("content-type", "application/x-www-form-urlencoded");
    let foreign = ("origin", "https://evil.example");
    let rebound = ("host", "evil.example");
    let everywhere = [
        (Method::POST, "/v1/accounts", JSON, opened.as_str()),
        (Method::POST, order, form, ""),
        (Method::POST, "/graphql", JSON, r#"{"query":"{__typename}"}"#),
        (Method::GET, "/graphql?query=%7B__typename%7D", JSON, ""),
        (
            Method::GET,
            "/graphql/ws",
            ("sec-websocket-protocol", "graphql-transport-ws"),
            "",
        ),
        (Method::GET, "/docs/", JSON, ""),
        (Method::GET, "/graphiql", JSON, ""),
        (Method::GET, "/openapi.json", JSON, ""),
        (Method::GET, "/health/ready", JSON, ""),
    ];
    for (method, path, header, body) in everywhere {
        for (sent, expected) in [
            (foreign, StatusCode::FORBIDDEN),
            (("sec-fetch-site", "cross-site"), StatusCode::FORBIDDEN),
            (rebound, StatusCode::MISDIRECTED_REQUEST),
        ] {
            let answer = client
                .send(method.clone(), path, &[header, sent], body.to_owned())
                .await
                .unwrap();
            assert_eq!(answer.status, expected, "{method} {path} {sent:?}: {answer:?}");
        }
    }
    let own = ("origin", client.base());
    let answer = client
        .send(Method::POST, "/v1/accounts", &[JSON, own], opened)
        .await
        .unwrap();
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_and_half_bodies_do_not_stop_the_shop() {
    const IDLE: usize = 300;
    let shop = Shop::start(&[]).unwrap();
    let client = shop.client().unwrap();
    let address = client.base().trim_start_matches("http://").to_owned();
    let mut open = Vec::new();
    for number in 0..IDLE {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        let said = match number % 3 {
            0 => "",
            1 => "POST /v1/accounts HTTP/1.1\r\nhost: local",
            _ => {
                "POST /v1/accounts HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                 content-length: 100\r\n\r\n{\"owner_id\":"
            }
        };
        stream.write_all(said.as_bytes()).await.unwrap();
        open.push(stream);
    }
    for _ in 0..5 {
        let opened = json!({"owner_id": uuid::Uuid::now_v7(), "currency": "EUR"});
        client.accepted("/v1/accounts", &opened).await.unwrap();
    }
    // Half a head and half a body are given up, and the shop says so where it can.
    let mut half_body = open.swap_remove(2);
    let mut said = String::new();
    tokio::time::timeout(LONG, half_body.read_to_string(&mut said))
        .await
        .unwrap()
        .unwrap();
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_come_compressed_once_and_are_then_kept() {
    let shop = Shop::start(&[]).unwrap();
    let client = shop.client().unwrap();
    for path in [
        "/graphiql/graphiql.js",
        "/docs/swagger-ui-bundle.js",
        "/openapi.json",
    ] {
        let gzip = ("accept-encoding", "gzip");
        let first = client.send(Method::GET, path, &[gzip], "").await.unwrap();
        assert_eq!(first.status, StatusCode::OK, "{path}");
        assert_eq!(first.headers["content-encoding"], "gzip", "{path}");
        let tag = first.headers["etag"].to_str().unwrap().to_owned();
        let again = client
            .send(Method::GET, path, &[gzip, ("if-none-match", &tag)], "")
            .await
            .unwrap();
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{path}");
    }
    until("the shop is ready", async || {
        Ok(client.get("/health/ready").await?.status == StatusCode::OK)
    })
    .await
    .unwrap();
}
