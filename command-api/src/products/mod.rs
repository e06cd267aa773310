//! What the shop sells.

mod create;
mod import;
mod set_price;
mod update;

use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::{
    create::{create, create_priced},
    import::{ImportRow, ImportedProduct, Report, RowReport, RowStatus, import},
    set_price::{SetPrice, set_price},
    update::update,
};
use crate::router::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(create::endpoint))
        .routes(routes!(update::endpoint))
        .routes(routes!(set_price::endpoint))
}

/// Apart from the other routes: its bodies are larger and it takes longer.
pub(crate) fn import_routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default().routes(routes!(import::endpoint::endpoint))
}
