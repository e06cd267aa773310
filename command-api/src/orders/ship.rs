//! `POST /v1/orders/{id}/ship`

use axum::extract::State;
use domain::{
    order::{Order, OrderCommand, OrderStatus},
    stock::{Stock, StockError},
    value::{OrderId, Text, TrackingNumber},
};
use event_store::{Answer, CommandContext};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Commands,
    problem::Problem,
    refused::{CommandError, Refused},
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
/// When there is no such order, it is not paid or not there any more, some of its units are missing, or nothing could
/// be written.
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
    if let Some(refused) = find_short(commands, order_id).await? {
        return commands.refuse(refused, &context).await;
    }
    commands.execute::<Order>(order_id, command, context).await
}

/// The first SKU of the order whose units were counted away. What has left the warehouse was there: an order that is
/// short must not ship before a count, a receipt or a transfer says where its units are.
async fn find_short(commands: &Commands, order_id: OrderId) -> Result<Option<Refused>, CommandError> {
    let order = commands.fetch::<Order>(order_id).await?;
    let Ok(order) = order.placed() else {
        return Ok(None);
    };
    if order.status != OrderStatus::Paid {
        return Ok(None);
    }
    for sku in order.sold.keys() {
        let stock = commands.fetch::<Stock>(sku).await?;
        if let Err(refusal @ StockError::Short { missing, .. }) = stock.can_commit(order_id) {
            let refused = Refused::by(&refusal);
            return Ok(Some(refused.with("sku", sku).with("missing", missing)));
        }
    }
    Ok(None)
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
