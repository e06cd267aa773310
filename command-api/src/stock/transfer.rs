//! `POST /v1/stock/{sku}/transfers`

use axum::extract::State;
use domain::{
    stock::StockCommand,
    value::{Lot, Quantity, Sku, WarehouseCode},
};
use event_store::{Answer, CommandContext};
use serde::Deserialize;
use utoipa::ToSchema;

use super::known_sku;
use crate::{
    Commands,
    problem::Problem,
    refused::CommandError,
    request::{Call, Check, CommandHeaders, Id, Valid},
    response::{Accepted, Problems},
};

/// Goods that moved from one warehouse to another.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// Where they were.
    pub from: WarehouseCode,
    /// Where they are now.
    pub to: WarehouseCode,
    /// How many units.
    pub quantity: Quantity,
    /// The batch, if it has a number.
    pub lot: Option<Lot>,
}

/// Goods that moved from one warehouse to another.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Transfer)]
pub(crate) struct TransferBody {
    /// The warehouse where they were.
    #[schema(example = "berlin")]
    from: String,
    /// The warehouse where they are now.
    #[schema(example = "hamburg")]
    to: String,
    /// How many units.
    #[schema(minimum = 1, maximum = 10_000_000)]
    quantity: i64,
    /// The batch, if it has a number.
    lot: Option<String>,
}

impl Valid for Transfer {
    type Raw = TransferBody;
    fn check(raw: TransferBody, check: &mut Check) -> Option<Self> {
        let from = check.field("from", raw.from);
        let to = check.field("to", raw.to);
        let quantity = check.field("quantity", raw.quantity);
        let lot = check.field("lot", raw.lot);
        Some(Self {
            from: from?,
            to: to?,
            quantity: quantity?,
            lot: lot?,
        })
    }
}

/// Moves goods.
///
/// # Errors
///
/// When no product has the SKU, fewer units are free than should move, or nothing could be written.
pub async fn transfer(
    commands: &Commands,
    sku: Sku,
    transfer: Transfer,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let Transfer {
        from,
        to,
        quantity,
        lot,
    } = transfer;
    let command = StockCommand::Transfer {
        from,
        to,
        quantity,
        lot,
    };
    known_sku::execute(commands, sku, command, context).await
}

/// Move goods between warehouses
#[utoipa::path(
    post,
    path = "/v1/stock/{sku}/transfers",
    operation_id = "transfer_stock",
    tag = "stock",
    params(("sku" = String, Path, description = "The SKU of a product"), CommandHeaders),
    request_body = TransferBody,
    responses(Accepted, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    Id(sku): Id<Sku>,
    call: Call<Transfer>,
) -> Result<Accepted, Problem> {
    Ok(transfer(&commands, sku, call.request, call.context).await?.into())
}
