//! Pages that are part of the binary: GraphiQL, Swagger UI, the descriptions of the APIs.
//!
//! They are the same for as long as the process runs, so a browser that has them asks only whether they
//! changed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use sha2::{Digest as _, Sha256};

/// Larger than any page.
const MAX_PAGE_BYTES: usize = 8 * 1_024 * 1_024;

/// More pages than there are.
const MAX_PAGES: usize = 256;

/// How many bytes of its digest name a version of a page.
const TAG_BYTES: usize = 16;

/// Marks answers that occupy no memory of their own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IsStatic;

/// The entity tags of pages that were served before, by their paths. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct StaticPages(Arc<Mutex<HashMap<String, HeaderValue>>>);

/// Gives pages an `ETag`, and answers a request that names it with 304.
///
/// The tag is weak, since the same page is sent compressed and uncompressed. Browsers ask each time,
/// because another version of the binary has other pages.
///
/// Source: RFC 9110, sections 8.8.3 and 13.1.2.
pub async fn revalidated(State(pages): State<StaticPages>, request: Request, next: Next) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return next.run(request).await;
    }
    let path = request.uri().path().to_owned();
    let wanted = if_none_match(request.headers());
    let known = pages.find(&path);
    if let Some(tag) = &known
        && wanted.names(tag)
    {
        return not_modified(tag.clone());
    }
    let is_get = request.method() == Method::GET;
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    match known {
        Some(tag) => tagged(response, tag),
        // The answer to a HEAD has no body to make a tag of.
        None if is_get => pages.learn(path, response).await,
        None => response,
    }
}

impl StaticPages {
    fn find(&self, path: &str) -> Option<HeaderValue> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(path)
            .cloned()
    }

    /// Makes the tag of a page and remembers it.
    async fn learn(&self, path: String, response: Response) -> Response {
        let (parts, body) = response.into_parts();
        let Ok(bytes) = to_bytes(body, MAX_PAGE_BYTES).await else {
            tracing::error!(path, "a page is larger than pages may be");
            let mut failed = Response::new(Body::empty());
            *failed.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            return failed;
        };
        let digest = Sha256::digest(&bytes);
        let hex: String = digest
            .iter()
            .take(TAG_BYTES)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let response = Response::from_parts(parts, Body::from(bytes));
        let Ok(tag) = HeaderValue::from_str(&format!("W/\"{hex}\"")) else {
            return response;
        };
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.len() < MAX_PAGES {
            pages.insert(path, tag.clone());
        }
        drop(pages);
        tagged(response, tag)
    }
}

fn tagged(mut response: Response, tag: HeaderValue) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response.extensions_mut().insert(IsStatic);
    response
}

fn not_modified(tag: HeaderValue) -> Response {
    let mut response = tagged(Response::new(Body::empty()), tag);
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response
}

/// The tags that a client has.
struct Wanted(Vec<String>);

fn if_none_match(headers: &HeaderMap) -> Wanted {
    let values = headers.get_all(header::IF_NONE_MATCH).iter();
    let texts = values.filter_map(|value| value.to_str().ok());
    Wanted(
        texts
            .flat_map(|text| text.split(','))
            .map(|tag| tag.trim().to_owned())
            .collect(),
    )
}

impl Wanted {
    /// Whether a tag is among them, by the weak comparison.
    fn names(&self, tag: &HeaderValue) -> bool {
        let strong = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
        let tag = strong(tag.to_str().unwrap_or_default());
        self.0.iter().any(|wanted| wanted == "*" || strong(wanted) == tag)
    }
}
