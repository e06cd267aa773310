//! What the warehouses hold.

mod adjust;
mod correct_expiry;
mod known_sku;
mod low_stock;
mod receive;
mod transfer;

use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::{
    adjust::{Adjustment, adjust},
    correct_expiry::{LotExpiry, correct_expiry},
    low_stock::set_low_stock_threshold,
    receive::{Receipt, receive},
    transfer::{Transfer, transfer},
};
use crate::router::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(receive::endpoint))
        .routes(routes!(adjust::endpoint))
        .routes(routes!(transfer::endpoint))
        .routes(routes!(low_stock::endpoint))
        .routes(routes!(correct_expiry::endpoint))
}
