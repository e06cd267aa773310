//! From a request to a command: the two steps of parsing, and what comes with every command.

mod body;
mod card_number;
mod check;
mod fingerprint;
mod headers;
mod json;
mod minor_units;
mod path;
mod value;
mod words;

use axum::extract::{FromRequest, Request};
use event_store::{CommandContext, Metadata};
use serde::de::DeserializeOwned;

pub(crate) use self::{
    body::{MalformedJson, media_type, parse_json, read_body},
    card_number::check_json as check_card_numbers,
    check::{Check, Valid},
    fingerprint::{Digest, digest},
    headers::CommandHeaders,
    path::{Id, Ids},
    value::{MoneyBody, MoneyOrNone, MoneyOrNoneBody},
    words::{Grounds, GroundsBody, Note, NoteBody, Nothing, NothingBody},
};
use crate::{middleware::Correlation, options::MAX_BODY_BYTES, problem::Problem, router::ApiState};

/// Who asked, as long as nobody says who they are.
pub(crate) const ANONYMOUS: &str = "anonymous";

/// A request that was understood and breaks no rule of its own.
pub(crate) struct Call<T> {
    /// What is asked.
    pub(crate) request: T,
    /// Who asks, why, and under which conditions.
    pub(crate) context: CommandContext,
}

impl<T> FromRequest<ApiState> for Call<T>
where
    T: Valid + Send,
    T::Raw: DeserializeOwned + Send,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let headers = CommandHeaders::read(&parts.headers)?;
        let bytes = read_body(body, MAX_BODY_BYTES).await?;
        let raw = match T::absent() {
            Some(absent) if bytes.is_empty() => {
                body::check_empty(&parts.headers)?;
                absent
            }
            _ => body::json(&parts.headers, &bytes)?,
        };
        let request = Check::run::<T>(raw).map_err(Problem::from)?;
        let fingerprint = || fingerprint::of_request(&parts.method, parts.uri.path(), &bytes);
        Ok(Self {
            request,
            context: CommandContext {
                keys: headers.keys(ANONYMOUS, fingerprint),
                expected_sequence: headers.expected_sequence,
                metadata: metadata(&parts.extensions, state),
                assume_new: false,
            },
        })
    }
}

/// What every event says about the request that caused it.
pub(crate) fn metadata(extensions: &axum::http::Extensions, state: &ApiState) -> Metadata {
    let Correlation { id, traceparent } = match extensions.get::<Correlation>() {
        Some(correlation) => correlation.clone(),
        None => Correlation::new(state.commands.new_id()),
    };
    Metadata {
        actor: ANONYMOUS.to_owned(),
        correlation_id: id,
        causation_id: None,
        command_id: state.commands.new_id().to_string(),
        traceparent,
    }
}
