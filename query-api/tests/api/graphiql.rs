//! GraphiQL, with nothing from any other host.

use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use http_body_util::BodyExt as _;

use crate::{shop::Shop, stage::Stage};

async fn get(stage: &Stage, path: &str) -> (StatusCode, HeaderMap, String) {
    let response = stage.send(Request::get(path).body(Body::empty()).unwrap()).await;
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (
        parts.status,
        parts.headers,
        String::from_utf8(bytes.to_vec()).unwrap(),
    )
}

/// What a page loads: the values of its `src` and `href`.
fn references(html: &str) -> Vec<&str> {
    let values = ["src=\"", "href=\""]
        .into_iter()
        .flat_map(|name| html.split(name).skip(1));
    values.map(|rest| rest.split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn the_page_loads_only_what_is_beside_it_and_all_of_that_is_served() {
    let stage = Stage::new(Shop::new()).await;
    let (status, headers, html) = get(&stage, "/graphiql").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self';"),
        "{policy}"
    );
    assert!(
        !policy.contains("http") && !policy.contains('*') && !policy.contains("unsafe-eval"),
        "{policy}"
    );

    let loaded: Vec<&str> = references(&html)
        .into_iter()
        .filter(|reference| *reference != "data:,")
        .collect();
    assert_eq!(loaded.len(), 2, "{loaded:?}");
    for reference in loaded {
        assert!(
            !reference.contains(':') && !reference.starts_with('/'),
            "{reference}"
        );
        let (status, headers, content) = get(&stage, &format!("/{reference}")).await;
        assert_eq!(status, StatusCode::OK, "{reference}");
        let expected = if reference.ends_with(".js") {
            "text/javascript"
        } else {
            "text/css"
        };
        assert!(
            headers[header::CONTENT_TYPE]
                .to_str()
                .unwrap()
                .starts_with(expected),
            "{reference}"
        );
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(!content.is_empty());
    }
}

#[tokio::test]
async fn neither_script_nor_style_sheet_loads_anything() {
    let stage = Stage::new(Shop::new()).await;
    let (_, _, script) = get(&stage, "/graphiql/graphiql.js").await;
    for host in [
        "unpkg.com",
        "esm.sh",
        "jsdelivr.net",
        "googleapis.com",
        "cdnjs.cloudflare.com",
        "import(\"http",
    ] {
        assert!(!script.contains(host), "{host}");
    }
    let (_, _, style) = get(&stage, "/graphiql/graphiql.css").await;
    assert!(!style.contains("@import"));
    assert!(
        style
            .split("url(")
            .skip(1)
            .all(|url| url.trim_start_matches(['"', '\'']).starts_with("data:"))
    );
    let (status, _, licences) = get(&stage, "/graphiql/LICENSES.txt").await;
    assert_eq!(status, StatusCode::OK);
    assert!(licences.contains("graphiql 3.") && licences.contains("react 18."));
}
