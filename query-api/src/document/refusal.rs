//! Errors of documents, bounded in number and length.

use async_graphql::{Pos, ServerError};

use crate::{
    error::{ErrorCode, with_code},
    limits::MAX_MESSAGE_CHARS,
};

/// An error with its code, and a message that repeats only so much of what the caller sent.
pub(super) fn refusal(code: ErrorCode, message: impl AsRef<str>) -> ServerError {
    with_code(ServerError::new(truncate(message.as_ref()), None), code)
}

/// The same for a place in the document, as an offset in bytes.
pub(super) fn refusal_at(code: ErrorCode, message: impl AsRef<str>, offset: Option<usize>) -> ServerError {
    let mut error = refusal(code, message);
    error.locations.extend(offset.map(super::location::at_offset));
    error
}

/// A text as far as an error repeats it.
pub(crate) fn truncate(text: &str) -> String {
    match text.char_indices().nth(MAX_MESSAGE_CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Where something stands whose place is not known.
pub(super) const NOWHERE: Pos = Pos { line: 0, column: 0 };
