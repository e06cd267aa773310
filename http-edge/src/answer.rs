//! Answers until they have been sent.
//!
//! hyper drops the body of an answer as soon as it has taken the last piece of it into its buffer. An
//! answer in one piece would be dropped at once and kept in that buffer for as long as its reader takes,
//! counted nowhere. So answers are handed over in small pieces.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::Semaphore;

use crate::{pages::IsStatic, refusal::Refusal};

/// The largest piece of an answer that is handed to the connection at once.
const PIECE_BYTES: usize = 16 * 1_024;

/// Answers up to this size are not counted: with the places in flight they are bounded already.
const SMALL_BYTES: u64 = 64 * 1_024;

/// In what units the bytes of larger answers are counted.
const UNIT_BYTES: u64 = 16 * 1_024;

/// The most bytes of larger answers that wait for their readers, over all connections.
const MAX_UNSENT_BYTES: u64 = 128 * 1_024 * 1_024;

/// The same response, and what it occupies is released when its body has been sent, or its connection
/// is gone.
pub fn held<G: Send + Unpin + 'static>(response: Response, occupied: G) -> Response {
    response.map(|body| {
        Body::new(Held {
            body,
            rest: Bytes::new(),
            occupied: Some(occupied),
        })
    })
}

/// A body in pieces, and what it occupies until the last one was taken.
struct Held<G> {
    body: Body,
    rest: Bytes,
    occupied: Option<G>,
}

impl<G: Unpin> HttpBody for Held<G> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                end => {
                    self.occupied = None;
                    return Poll::Ready(end);
                }
            }
        }
        let len = self.rest.len().min(PIECE_BYTES);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(len)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = u64::try_from(self.rest.len()).unwrap_or(u64::MAX);
        let inner = self.body.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower().saturating_add(rest));
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint
    }
}

/// The room for answers that wait for their readers.
#[derive(Debug, Clone)]
pub(crate) struct Unsent(Arc<Semaphore>);

impl Default for Unsent {
    fn default() -> Self {
        let units = usize::try_from(MAX_UNSENT_BYTES / UNIT_BYTES).unwrap_or(Semaphore::MAX_PERMITS);
        Self(Arc::new(Semaphore::new(units)))
    }
}

/// Refuses an answer for which there is no room while others wait to be read.
pub(crate) async fn bounded_answers(
    State(Unsent(room)): State<Unsent>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    // Pages that are part of the binary occupy no memory of their own.
    let is_static = response.extensions().get::<IsStatic>().is_some();
    let Some(bytes) = response
        .body()
        .size_hint()
        .exact()
        .filter(|bytes| *bytes > SMALL_BYTES)
    else {
        return response;
    };
    if is_static {
        return response;
    }
    let units = u32::try_from(bytes.min(MAX_UNSENT_BYTES).div_ceil(UNIT_BYTES)).unwrap_or(u32::MAX);
    match room.try_acquire_many_owned(units) {
        Ok(occupied) => held(response, occupied),
        Err(_) => Refusal::Overloaded.into_response(&path),
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test]
    async fn a_place_is_held_until_the_last_piece_was_taken() {
        let places = Arc::new(Semaphore::new(1));
        let place = Arc::clone(&places).try_acquire_owned().unwrap();
        let response = held(Response::new(Body::from(vec![7; 3 * PIECE_BYTES + 1])), place);
        let mut body = response.into_body();
        assert_eq!(
            body.size_hint().exact(),
            Some(u64::try_from(3 * PIECE_BYTES + 1).unwrap())
        );
        for len in [PIECE_BYTES, PIECE_BYTES, PIECE_BYTES, 1] {
            assert_eq!(places.available_permits(), 0);
            let frame = body.frame().await.unwrap().unwrap();
            assert_eq!(frame.into_data().unwrap().len(), len);
        }
        assert!(body.is_end_stream());
        assert!(body.frame().await.is_none());
        assert_eq!(places.available_permits(), 1);
    }

    #[test]
    fn a_place_is_released_with_a_body_that_is_not_read() {
        let places = Arc::new(Semaphore::new(1));
        let place = Arc::clone(&places).try_acquire_owned().unwrap();
        drop(held(Response::new(Body::from("unread")), place));
        assert_eq!(places.available_permits(), 1);
    }
}
