//! Where goods lie.

mod close;
mod open;
mod reopen;
mod takes_goods;
mod update;

use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) use self::takes_goods::{Place, check_places};
pub use self::{
    close::close,
    open::{OpenWarehouse, open},
    reopen::reopen,
    update::{WarehouseChange, update},
};
use crate::router::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(open::endpoint))
        .routes(routes!(update::endpoint))
        .routes(routes!(close::endpoint))
        .routes(routes!(reopen::endpoint))
}
