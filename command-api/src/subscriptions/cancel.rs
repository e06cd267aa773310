//! `POST /v1/subscriptions/{id}/cancel`

use axum::extract::State;
use domain::{
    subscription::{Subscription, SubscriptionCommand},
    value::{Reason, SubscriptionId},
};
use event_store::{Answer, CommandContext};

use crate::{
    Commands,
    problem::Problem,
    refused::CommandError,
    request::{Call, CommandHeaders, Id, Note, NoteBody},
    response::{Accepted, Problems},
};

/// Ends a subscription for good. One that ended already stays as it is.
///
/// # Errors
///
/// When there is no such subscription, or nothing could be written.
pub async fn cancel(
    commands: &Commands,
    id: SubscriptionId,
    note: Option<Reason>,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let command = SubscriptionCommand::Cancel { note };
    commands.execute::<Subscription>(id, command, context).await
}

/// Cancel a subscription
///
/// For good. A charge whose money was asked for already stays paid.
#[utoipa::path(
    post,
    path = "/v1/subscriptions/{id}/cancel",
    operation_id = "cancel_subscription",
    tag = "subscriptions",
    params(("id" = Uuid, Path, description = "The subscription"), CommandHeaders),
    request_body = NoteBody,
    responses(Accepted, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    Id(id): Id<SubscriptionId>,
    call: Call<Note>,
) -> Result<Accepted, Problem> {
    let Note(note) = call.request;
    Ok(cancel(&commands, id, note, call.context).await?.into())
}
