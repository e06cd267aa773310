//! Pages that a browser has are not sent again.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, Response, StatusCode, header},
    middleware::from_fn_with_state,
    routing::get,
};
use http_edge::{RequestPolicy, StaticPages, edge, revalidated};

use crate::server::answer;

fn pages() -> (Router, Arc<AtomicUsize>) {
    let made = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&made);
    let page = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        async { "page ".repeat(1_000) }
    };
    let router = Router::new()
        .route("/page", get(page).post(|| async { "posted" }))
        .route("/gone", get(|| async { StatusCode::NOT_FOUND }))
        .layer(from_fn_with_state(StaticPages::default(), revalidated));
    (edge(router, &RequestPolicy::default()), made)
}

async fn ask(router: &Router, method: Method, path: &str, known: Option<&str>) -> Response<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "localhost");
    if let Some(tag) = known {
        request = request.header(header::IF_NONE_MATCH, tag);
    }
    answer(
        router,
        request
            .header(header::ACCEPT_ENCODING, "gzip")
            .body(Body::empty())
            .unwrap(),
    )
    .await
}

fn tag(response: &Response<Body>) -> String {
    response.headers()[header::ETAG].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_page_that_did_not_change_is_not_sent_again() {
    let (router, made) = pages();
    let first = ask(&router, Method::GET, "/page", None).await;
    assert_eq!(first.status(), StatusCode::OK);
    assert_eq!(first.headers()[header::CACHE_CONTROL], "no-cache");
    let tag = tag(&first);
    for known in [
        tag.clone(),
        format!("\"other\", {tag}"),
        tag.replace("W/", ""),
        "*".to_owned(),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let again = ask(&router, method, "/page", Some(&known)).await;
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(again.headers()[header::ETAG], tag.as_str());
            assert!(to_bytes(again.into_body(), 1).await.unwrap().is_empty());
        }
    }
    assert_eq!(made.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_page_that_changed_is_sent_and_other_answers_have_no_tag() {
    let (router, _) = pages();
    let changed = ask(&router, Method::GET, "/page", Some("W/\"older\"")).await;
    assert_eq!(changed.status(), StatusCode::OK);
    let gone = ask(&router, Method::GET, "/gone", Some("*")).await;
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
    assert!(!gone.headers().contains_key(header::ETAG));
    let posted = ask(&router, Method::POST, "/page", Some("*")).await;
    assert_eq!(posted.status(), StatusCode::OK);
    assert!(!posted.headers().contains_key(header::ETAG));
}
