//! `POST /v1/orders/{id}/ship`

use axum::extract::State;
use domain::{
    order::{Order, OrderCommand},
    value::{OrderId, Text, TrackingNumber},
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

/// A parcel that left the warehouse.
#[derive(Debug, Clone)]
pub struct Shipment {
    /// Who carries it.
    pub carrier: Option<Text<100>>,
    /// The carrier's number for it.
    pub tracking_number: TrackingNumber,
}

/// A parcel that left the warehouse.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Shipment)]
pub(crate) struct ShipmentBody {
    /// Who carries it.
    #[schema(example = "DHL")]
    carrier: Option<String>,
    /// The carrier's number for it.
    #[schema(example = "00340434161094042557")]
    tracking_number: String,
}

impl Valid for Shipment {
    type Raw = ShipmentBody;
    fn check(raw: ShipmentBody, check: &mut Check) -> Option<Self> {
        let carrier = check.field("carrier", raw.carrier);
        let tracking_number = check.field("tracking_number", raw.tracking_number);
        Some(Self {
            carrier: carrier?,
            tracking_number: tracking_number?,
        })
    }
}

/// Ships an order.
///
/// # Errors
///
/// When there is no such order, it is not paid or not there any more, or nothing could be written.
pub async fn ship(
    commands: &Commands,
    order_id: OrderId,
    shipment: Shipment,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let Shipment {
        carrier,
        tracking_number,
    } = shipment;
    let command = OrderCommand::Ship {
        carrier,
        tracking_number,
    };
    commands.execute::<Order>(order_id, command, context).await
}

/// Ship an order
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/ship",
    operation_id = "ship_order",
    tag = "orders",
    params(("id" = Uuid, Path, description = "The order"), CommandHeaders),
    request_body = ShipmentBody,
    responses(Accepted, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    Id(order_id): Id<OrderId>,
    call: Call<Shipment>,
) -> Result<Accepted, Problem> {
    Ok(ship(&commands, order_id, call.request, call.context)
        .await?
        .into())
}
