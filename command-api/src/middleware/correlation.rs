//! The name under which everything that follows from a request is found again.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use uuid::Uuid;

use crate::router::ApiState;

const TRACEPARENT: &str = "traceparent";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CORRELATION_ID: HeaderName = HeaderName::from_static("souk-correlation-id");
/// The longest request id of a caller that is returned: a UUID and some decoration.
const MAX_REQUEST_ID_LEN: usize = 128;

/// What ties the events of a request together.
#[derive(Debug, Clone)]
pub(crate) struct Correlation {
    /// The trace id of the caller, or a fresh UUID.
    pub(crate) id: String,
    /// The trace context of the caller, if it is well-formed.
    pub(crate) traceparent: Option<String>,
}

impl Correlation {
    /// A request that belongs to no trace.
    pub(crate) fn new(id: Uuid) -> Self {
        Self {
            id: id.to_string(),
            traceparent: None,
        }
    }

    /// The trace that the caller is in. A malformed header is as good as none, as the standard has it.
    fn from_caller(headers: &HeaderMap) -> Option<Self> {
        let traceparent = headers.get(TRACEPARENT)?.to_str().ok()?;
        let id = trace_id(traceparent)?.to_owned();
        Some(Self {
            id,
            traceparent: Some(traceparent.to_owned()),
        })
    }
}

/// Gives the request its correlation id and the response the headers that tell it.
pub(crate) async fn correlated(State(state): State<ApiState>, mut request: Request, next: Next) -> Response {
    let fresh = || Correlation::new(state.commands.new_id());
    let correlation = Correlation::from_caller(request.headers()).unwrap_or_else(fresh);
    let header = HeaderValue::from_str(&correlation.id).ok();
    let request_id = request
        .headers()
        .get(&REQUEST_ID)
        .filter(|id| id.len() <= MAX_REQUEST_ID_LEN)
        .cloned();
    request.extensions_mut().insert(correlation);
    let mut response = next.run(request).await;
    if let Some(request_id) = request_id.or_else(|| header.clone()) {
        response.headers_mut().insert(REQUEST_ID, request_id);
    }
    if let Some(id) = header {
        response.headers_mut().insert(CORRELATION_ID, id);
    }
    response
}

/// The trace id of a well-formed header.
///
/// Source: W3C Trace Context, section 3.2.2.
fn trace_id(traceparent: &str) -> Option<&str> {
    let hex = |text: &str, len: usize| {
        text.len() == len && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let named = |text: &str, len: usize| hex(text, len) && text.bytes().any(|byte| byte != b'0');
    let mut parts = traceparent.splitn(5, '-');
    let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    // Only a later version may have more parts.
    let ends = parts.next().is_none() || version != "00";
    let sound = hex(version, 2)
        && version != "ff"
        && named(trace, 32)
        && named(parent, 16)
        && hex(flags, 2)
        && ends
        && traceparent.len() <= MAX_REQUEST_ID_LEN;
    sound.then_some(trace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_well_formed_trace_context_counts() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let sound = format!("00-{trace}-00f067aa0ba902b7-01");
        assert_eq!(trace_id(&sound), Some(trace));
        assert_eq!(
            trace_id(&format!("01-{trace}-00f067aa0ba902b7-01-more")),
            Some(trace)
        );
        for wrong in [
            String::new(),
            format!("ff-{trace}-00f067aa0ba902b7-01"),
            format!("00-{trace}-00f067aa0ba902b7-01-more"),
            format!("00-{trace}-0000000000000000-01"),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            sound.to_uppercase(),
            format!("00-{trace}-00f067aa0ba902b7"),
        ] {
            assert_eq!(trace_id(&wrong), None, "{wrong}");
        }
    }
}
