//! `POST /v1/stock/{sku}/adjustments`

use axum::extract::State;
use domain::{
    stock::StockCommand,
    value::{Lot, Reason, Sku, WarehouseCode},
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

/// A count that found more or fewer units than the books.
#[derive(Debug, Clone)]
pub struct Adjustment {
    /// Where.
    pub warehouse: WarehouseCode,
    /// Units counted minus units booked; the aggregate refuses zero.
    pub difference: i64,
    /// The batch, if it has a number.
    pub lot: Option<Lot>,
    /// Why.
    pub reason: Reason,
}

/// A count that found more or fewer units than the books.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Adjustment)]
pub(crate) struct AdjustmentBody {
    /// Where: the code of the warehouse.
    #[schema(example = "berlin")]
    warehouse: String,
    /// Units counted minus units booked, never zero.
    #[schema(minimum = -10_000_000, maximum = 10_000_000, example = -3)]
    difference: i64,
    /// The batch, if it has a number.
    lot: Option<String>,
    /// Why.
    #[schema(example = "broken in the warehouse")]
    reason: String,
}

impl Valid for Adjustment {
    type Raw = AdjustmentBody;
    fn check(raw: AdjustmentBody, check: &mut Check) -> Option<Self> {
        let warehouse = check.field("warehouse", raw.warehouse);
        let lot = check.field("lot", raw.lot);
        let reason = check.field("reason", raw.reason);
        Some(Self {
            warehouse: warehouse?,
            difference: raw.difference,
            lot: lot?,
            reason: reason?,
        })
    }
}

/// Corrects the books.
///
/// # Errors
///
/// When no product has the SKU, fewer units are booked than are missing, or nothing could be written.
pub async fn adjust(
    commands: &Commands,
    sku: Sku,
    adjustment: Adjustment,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let Adjustment {
        warehouse,
        difference,
        lot,
        reason,
    } = adjustment;
    let command = StockCommand::Adjust {
        warehouse,
        difference,
        lot,
        reason,
    };
    known_sku::execute(commands, sku, command, context).await
}

/// Correct the books
///
/// A count is taken as it is. When it leaves fewer units than are reserved for orders, the place is short: the log and
/// the stock say by how many units and name the newest orders, nothing more is reserved from it, and an order whose
/// units are missing cannot be shipped until there are enough.
#[utoipa::path(
    post,
    path = "/v1/stock/{sku}/adjustments",
    operation_id = "adjust_stock",
    tag = "stock",
    params(("sku" = String, Path, description = "The SKU of a product"), CommandHeaders),
    request_body = AdjustmentBody,
    responses(Accepted, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    Id(sku): Id<Sku>,
    call: Call<Adjustment>,
) -> Result<Accepted, Problem> {
    Ok(adjust(&commands, sku, call.request, call.context).await?.into())
}
