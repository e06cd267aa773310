//! `POST /v1/orders/{id}/deliver`

use axum::extract::State;
use domain::{
    order::{Order, OrderCommand},
    value::OrderId,
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

/// The customer has the goods.
pub(super) struct Delivery;

/// The customer has the goods. There is nothing more to say of it: the body may be empty.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Delivery)]
pub(crate) struct DeliveryBody {}

impl Valid for Delivery {
    type Raw = DeliveryBody;
    fn check(DeliveryBody {}: DeliveryBody, _check: &mut Check) -> Option<Self> {
        Some(Self)
    }
    fn absent() -> Option<DeliveryBody> {
        Some(DeliveryBody {})
    }
}

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
    request_body = DeliveryBody,
    responses(Accepted, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    Id(order_id): Id<OrderId>,
    Call {
        request: Delivery,
        context,
    }: Call<Delivery>,
) -> Result<Accepted, Problem> {
    Ok(deliver(&commands, order_id, context).await?.into())
}
