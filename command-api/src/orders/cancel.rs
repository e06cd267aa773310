//! `POST /v1/orders/{id}/cancel`

use axum::extract::State;
use domain::{
    order::{CancelReason, Order, OrderCommand},
    value::{OrderId, Reason},
};
use event_store::{Answer, CommandContext};

use crate::{
    Commands,
    problem::Problem,
    refused::CommandError,
    request::{Call, CommandHeaders, Id, Note, NoteBody},
    response::{Accepted, Problems},
};

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
    request_body = NoteBody,
    responses(Accepted, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    Id(order_id): Id<OrderId>,
    call: Call<Note>,
) -> Result<Accepted, Problem> {
    let Note(note) = call.request;
    Ok(cancel(&commands, order_id, note, call.context).await?.into())
}
