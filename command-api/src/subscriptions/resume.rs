//! `POST /v1/subscriptions/{id}/resume`

use axum::extract::State;
use domain::{
    subscription::{Subscription, SubscriptionCommand},
    value::SubscriptionId,
};
use event_store::{Answer, CommandContext};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Commands,
    problem::Problem,
    refused::CommandError,
    request::{Call, Check, CommandHeaders, Id, Valid},
    response::{Accepted, Problems},
};

/// The subscription is to be charged again.
pub(super) struct Resumption;

/// The subscription is to be charged again. There is nothing more to say of it: the body may be empty.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Resumption)]
pub(crate) struct ResumptionBody {}

impl Valid for Resumption {
    type Raw = ResumptionBody;
    fn check(ResumptionBody {}: ResumptionBody, _check: &mut Check) -> Option<Self> {
        Some(Self)
    }
    fn absent() -> Option<ResumptionBody> {
        Some(ResumptionBody {})
    }
}

/// Resumes a subscription. What is due is charged at once; periods that passed during the pause are not.
///
/// # Errors
///
/// When there is no such subscription, it was cancelled, or nothing could be written.
pub async fn resume(
    commands: &Commands,
    id: SubscriptionId,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let command = SubscriptionCommand::Resume { at: commands.now() };
    commands.execute::<Subscription>(id, command, context).await
}

/// Resume a subscription
///
/// What is due is charged at once; periods that passed during the pause are not.
#[utoipa::path(
    post,
    path = "/v1/subscriptions/{id}/resume",
    operation_id = "resume_subscription",
    tag = "subscriptions",
    params(("id" = Uuid, Path, description = "The subscription"), CommandHeaders),
    request_body = ResumptionBody,
    responses(Accepted, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    Id(id): Id<SubscriptionId>,
    Call {
        request: Resumption,
        context,
    }: Call<Resumption>,
) -> Result<Accepted, Problem> {
    Ok(resume(&commands, id, context).await?.into())
}
