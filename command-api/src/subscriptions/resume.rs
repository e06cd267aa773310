//! `POST /v1/subscriptions/{id}/resume`

use axum::extract::State;
use domain::{
    subscription::{Subscription, SubscriptionCommand},
    value::SubscriptionId,
};
use event_store::{Answer, CommandContext};

use crate::{
    Commands,
    problem::Problem,
    refused::CommandError,
    request::{Call, CommandHeaders, Id, Nothing, NothingBody},
    response::{Accepted, Problems},
};

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
    request_body = NothingBody,
    responses(Accepted, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    Id(id): Id<SubscriptionId>,
    Call {
        request: Nothing,
        context,
    }: Call<Nothing>,
) -> Result<Accepted, Problem> {
    Ok(resume(&commands, id, context).await?.into())
}
