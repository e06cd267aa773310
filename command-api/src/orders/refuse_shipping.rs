//! `POST /v1/orders/{id}/refuse-shipping`

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
    request::{Call, CommandHeaders, Grounds, GroundsBody, Id},
    response::{Accepted, Problems},
};

/// Ends an order that the warehouse cannot ship. A process manager then gives back goods and money. One that
/// was cancelled already stays as it is.
///
/// # Errors
///
/// When there is no such order, it has shipped, or nothing could be written.
pub async fn refuse_shipping(
    commands: &Commands,
    order_id: OrderId,
    note: Reason,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let reason = CancelReason::ShippingRefused { note };
    let command = OrderCommand::Cancel { reason };
    commands.execute::<Order>(order_id, command, context).await
}

/// Say that an order cannot be shipped
///
/// The order ends. Its units are free again and its money goes back.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/refuse-shipping",
    operation_id = "refuse_shipping",
    tag = "orders",
    params(("id" = Uuid, Path, description = "The order"), CommandHeaders),
    request_body = GroundsBody,
    responses(Accepted, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    Id(order_id): Id<OrderId>,
    call: Call<Grounds>,
) -> Result<Accepted, Problem> {
    let Grounds(note) = call.request;
    let answer = refuse_shipping(&commands, order_id, note, call.context);
    Ok(answer.await?.into())
}
