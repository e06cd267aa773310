//! `POST /v1/stock/{sku}/receipts`

use axum::extract::State;
use chrono::NaiveDate;
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

/// Goods that arrived.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// Where.
    pub warehouse: WarehouseCode,
    /// How many units.
    pub quantity: Quantity,
    /// The batch, if it has a number.
    pub lot: Option<Lot>,
    /// The last day on which it may be sold.
    pub expires_on: Option<NaiveDate>,
}

/// Goods that arrived.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Receipt)]
pub(crate) struct ReceiptBody {
    /// Where: the code of the warehouse.
    #[schema(example = "berlin")]
    warehouse: String,
    /// How many units.
    #[schema(minimum = 1, maximum = 10_000_000)]
    quantity: i64,
    /// The batch, if it has a number.
    lot: Option<String>,
    /// The last day on which it may be sold.
    #[schema(format = Date, example = "2027-06-30")]
    expires_on: Option<String>,
}

impl Valid for Receipt {
    type Raw = ReceiptBody;
    fn check(raw: ReceiptBody, check: &mut Check) -> Option<Self> {
        let warehouse = check.field("warehouse", raw.warehouse);
        let quantity = check.field("quantity", raw.quantity);
        let lot = check.field("lot", raw.lot);
        let expires_on = check.field("expires_on", raw.expires_on);
        Some(Self {
            warehouse: warehouse?,
            quantity: quantity?,
            lot: lot?,
            expires_on: expires_on?,
        })
    }
}

/// Receives goods.
///
/// # Errors
///
/// When no product has the SKU, the lot has another day of expiry, or nothing could be written.
pub async fn receive(
    commands: &Commands,
    sku: Sku,
    receipt: Receipt,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let Receipt {
        warehouse,
        quantity,
        lot,
        expires_on,
    } = receipt;
    let command = StockCommand::Receive {
        warehouse,
        quantity,
        lot,
        expires_on,
    };
    known_sku::execute(commands, sku, command, context).await
}

/// Receive goods
#[utoipa::path(
    post,
    path = "/v1/stock/{sku}/receipts",
    operation_id = "receive_stock",
    tag = "stock",
    params(("sku" = String, Path, description = "The SKU of a product"), CommandHeaders),
    request_body = ReceiptBody,
    responses(Accepted, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    Id(sku): Id<Sku>,
    call: Call<Receipt>,
) -> Result<Accepted, Problem> {
    Ok(receive(&commands, sku, call.request, call.context).await?.into())
}
