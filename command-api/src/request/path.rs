//! The identifiers in the address of a request.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use domain::value::InvalidValue;

use crate::{problem::Problem, router::ApiState};

/// The identifier of the aggregate that the address names.
pub(crate) struct Id<T>(pub(crate) T);

/// The identifiers of the aggregate that the address names, and of a part of it.
pub(crate) struct Ids<A, B>(pub(crate) A, pub(crate) B);

impl<T: FromStr<Err = InvalidValue> + Send> FromRequestParts<ApiState> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let mut params = params(parts, state).await;
        Ok(Self(next(&mut params)?))
    }
}

impl<A, B> FromRequestParts<ApiState> for Ids<A, B>
where
    A: FromStr<Err = InvalidValue> + Send,
    B: FromStr<Err = InvalidValue> + Send,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let mut params = params(parts, state).await;
        Ok(Self(next(&mut params)?, next(&mut params)?))
    }
}

type Params = std::vec::IntoIter<(String, String)>;

/// Names and texts in the order of the address; none when one of them is no readable text.
async fn params(parts: &mut Parts, state: &ApiState) -> Params {
    let params = Path::<Vec<(String, String)>>::from_request_parts(parts, state).await;
    params.map(|Path(params)| params).unwrap_or_default().into_iter()
}

fn next<T: FromStr<Err = InvalidValue>>(params: &mut Params) -> Result<T, Problem> {
    let malformed =
        |name: &str, rule: &str| Problem::malformed("malformed_id", format!("{name} {rule}")).of_field(name);
    let Some((name, text)) = params.next() else {
        return Err(malformed("id", "must be readable text"));
    };
    text.parse()
        .map_err(|InvalidValue { rule }| malformed(&name, &rule))
}
