//! `POST /v1/orders/{id}/returns/{return_id}/reject`

use axum::extract::State;
use domain::{
    order::{Order, OrderCommand},
    value::{OrderId, Reason, ReturnId},
};
use event_store::{Answer, CommandContext};

use crate::{
    Commands,
    problem::Problem,
    refused::CommandError,
    request::{Call, CommandHeaders, Grounds, GroundsBody, Ids},
    response::{Accepted, Problems},
};

/// Ends a return: the goods stay with the customer, and the money with the shop.
///
/// # Errors
///
/// When there is no such order or return, or nothing could be written.
pub async fn reject(
    commands: &Commands,
    order_id: OrderId,
    return_id: ReturnId,
    reason: Reason,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let command = OrderCommand::RejectReturn { return_id, reason };
    commands.execute::<Order>(order_id, command, context).await
}

/// Reject a return
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/returns/{return_id}/reject",
    operation_id = "reject_return",
    tag = "orders",
    params(
        ("id" = Uuid, Path, description = "The order"),
        ("return_id" = Uuid, Path, description = "The return"),
        CommandHeaders
    ),
    request_body = GroundsBody,
    responses(Accepted, Problems),
)]
pub(in crate::orders) async fn endpoint(
    State(commands): State<Commands>,
    Ids(order_id, return_id): Ids<OrderId, ReturnId>,
    call: Call<Grounds>,
) -> Result<Accepted, Problem> {
    let Grounds(reason) = call.request;
    let answer = reject(&commands, order_id, return_id, reason, call.context);
    Ok(answer.await?.into())
}
