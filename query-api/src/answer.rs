//! What a query came to.

use std::collections::BTreeMap;

use async_graphql::{Response, ServerError, Value};
use serde::Serialize;

use crate::limits::MAX_ERRORS;

/// The answer to a query, or one of the answers to a subscription.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    /// What was asked for. Absent if nothing was executed: a null would say that it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<Value>,
    /// What went wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<ServerError>,
    /// What else there is to know, by its name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) extensions: BTreeMap<String, Value>,
}

impl Answer {
    /// The answer to a query of which nothing was executed.
    pub(crate) fn refused(errors: Vec<ServerError>) -> Self {
        Self::new(None, errors, BTreeMap::new())
    }

    /// What the library answered, with the data that was made of it.
    pub(crate) fn executed(response: Response, data: Value) -> Self {
        Self::new(Some(data), response.errors, response.extensions)
    }

    fn new(
        data: Option<Value>,
        mut errors: Vec<ServerError>,
        mut extensions: BTreeMap<String, Value>,
    ) -> Self {
        if errors.len() > MAX_ERRORS {
            errors.truncate(MAX_ERRORS);
            extensions.insert("errorsOmitted".to_owned(), Value::from(true));
        }
        Self {
            data,
            errors,
            extensions,
        }
    }

    /// Whether there is neither data nor anything that a caller could do with the answer but read its errors.
    pub(crate) fn is_failure(&self) -> bool {
        !self.errors.is_empty() && self.data.as_ref().is_none_or(|data| *data == Value::Null)
    }
}
