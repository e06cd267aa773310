//! What customers buy.

mod address;
mod cancel;
mod deliver;
mod place;
mod placement;
mod refuse_shipping;
pub mod returns;
mod ship;

use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::{
    cancel::cancel,
    deliver::deliver,
    placement::{PlaceOrder, RequestedLine, place},
    refuse_shipping::refuse_shipping,
    ship::{Shipment, ship},
};
pub(crate) use self::{place::PaymentBody, returns::ReturnRequestedBody};
use crate::router::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(place::endpoint))
        .routes(routes!(cancel::endpoint))
        .routes(routes!(ship::endpoint))
        .routes(routes!(refuse_shipping::endpoint))
        .routes(routes!(deliver::endpoint))
        .merge(returns::routes())
}
