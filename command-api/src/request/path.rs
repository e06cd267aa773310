//! The identifier in the address of a request.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use domain::value::InvalidValue;

use crate::{problem::Problem, router::ApiState};

/// The identifier of the aggregate that the address names.
pub(crate) struct Id<T>(pub(crate) T);

impl<T: FromStr<Err = InvalidValue> + Send> FromRequestParts<ApiState> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let malformed = |name: &str, rule: &str| {
            Problem::malformed("malformed_id", format!("{name} {rule}")).of_field(name)
        };
        let params = Path::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let Some((name, text)) = params.ok().and_then(|Path(params)| params.into_iter().next()) else {
            return Err(malformed("id", "must be readable text"));
        };
        match text.parse() {
            Ok(id) => Ok(Self(id)),
            Err(InvalidValue { rule }) => Err(malformed(&name, &rule)),
        }
    }
}
