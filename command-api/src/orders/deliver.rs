//! `POST /v1/orders/{id}/deliver`

use axum::extract::State;
use domain::{
    order::{Order, OrderCommand},
    value::OrderId,
};
use event_store::{Answer, CommandContext};

use crate::{
    Commands,
    problem::Problem,
    refused::CommandError,
    request::{Call, CommandHeaders, Id, Nothing, NothingBody},
    response::{Accepted, Problems},
};

/// Marks an order as delivered.
///
/// # Errors
///
/// When there is no such order, it has not shipped, or nothing could be written.
pub async fn deliver(
    commands: &Commands,
    order_id: OrderId,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    commands
        .execute::<Order>(order_id, OrderCommand::Deliver, context)
        .await
}

/// Mark an order as delivered
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/deliver",
    operation_id = "deliver_order",
    tag = "orders",
    params(("id" = Uuid, Path, description = "The order"), CommandHeaders),
    request_body = NothingBody,
    responses(Accepted, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    Id(order_id): Id<OrderId>,
    Call {
        request: Nothing,
        context,
    }: Call<Nothing>,
) -> Result<Accepted, Problem> {
    Ok(deliver(&commands, order_id, context).await?.into())
}
