//! `POST /v1/orders/{id}/cancel`

use axum::extract::State;
use domain::{
    order::{CancelReason, Order, OrderCommand},
    value::{OrderId, Reason},
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
pub(super) struct Cancellation(Option<Reason>);

/// Why the customer does not want the order any more. An empty body says nothing.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Cancellation)]
pub(crate) struct CancellationBody {
    /// In their own words.
    #[schema(example = "found it cheaper")]
    reason: Option<String>,
}

impl Valid for Cancellation {
    type Raw = CancellationBody;
    fn check(raw: CancellationBody, check: &mut Check) -> Option<Self> {
        check.field("reason", raw.reason).map(Self)
    }
    fn absent() -> Option<CancellationBody> {
        Some(CancellationBody::default())
    }
}

/// Cancels an order for its customer. A process manager then gives back goods and money.
///
/// # Errors
///
/// When there is no such order, it has shipped, or nothing could be written.
pub async fn cancel(
    commands: &Commands,
    order_id: OrderId,
    note: Option<Reason>,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let reason = CancelReason::ByCustomer { note };
    let command = OrderCommand::Cancel { reason };
    commands.execute::<Order>(order_id, command, context).await
}

/// Cancel an order
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/cancel",
    operation_id = "cancel_order",
    tag = "orders",
    params(("id" = Uuid, Path, description = "The order"), CommandHeaders),
    request_body = CancellationBody,
    responses(Accepted, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    Id(order_id): Id<OrderId>,
    call: Call<Cancellation>,
) -> Result<Accepted, Problem> {
    let Cancellation(note) = call.request;
    Ok(cancel(&commands, order_id, note, call.context).await?.into())
}
