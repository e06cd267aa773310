//! `POST /v1/subscriptions/{id}/pause`

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

/// Pauses a subscription: nothing is charged until it is resumed.
///
/// # Errors
///
/// When there is no such subscription, it was cancelled, or nothing could be written.
pub async fn pause(
    commands: &Commands,
    id: SubscriptionId,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let command = SubscriptionCommand::Pause;
    commands.execute::<Subscription>(id, command, context).await
}

/// Pause a subscription
///
/// A charge that is under way is not called back. Periods that pass during the pause are not charged.
#[utoipa::path(
    post,
    path = "/v1/subscriptions/{id}/pause",
    operation_id = "pause_subscription",
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
    Ok(pause(&commands, id, context).await?.into())
}
