//! `POST /v1/subscriptions/{id}/cancel`

use axum::extract::State;
use domain::{
    subscription::{Subscription, SubscriptionCommand},
    value::{Reason, SubscriptionId},
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

/// What the customer says.
pub(super) struct Ending(Option<Reason>);

/// Why the customer ends the subscription. An empty body says nothing.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CancelSubscription)]
pub(crate) struct EndingBody {
    /// In their own words.
    #[schema(example = "no time to read it")]
    reason: Option<String>,
}

impl Valid for Ending {
    type Raw = EndingBody;
    fn check(raw: EndingBody, check: &mut Check) -> Option<Self> {
        check.field("reason", raw.reason).map(Self)
    }
    fn absent() -> Option<EndingBody> {
        Some(EndingBody::default())
    }
}

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
    request_body = EndingBody,
    responses(Accepted, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    Id(id): Id<SubscriptionId>,
    call: Call<Ending>,
) -> Result<Accepted, Problem> {
    let Ending(note) = call.request;
    Ok(cancel(&commands, id, note, call.context).await?.into())
}
