//! Money of customers.

mod deposit;
mod movement;
mod open;
mod withdraw;

use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::{
    deposit::deposit,
    movement::Movement,
    open::{OpenAccount, open},
    withdraw::withdraw,
};
use crate::router::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(open::endpoint))
        .routes(routes!(deposit::endpoint))
        .routes(routes!(withdraw::endpoint))
}
