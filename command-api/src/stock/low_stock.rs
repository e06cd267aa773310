//! `PUT /v1/stock/{sku}/low-stock-threshold`

use axum::extract::State;
use domain::{
    stock::StockCommand,
    value::{Quantity, Sku},
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

/// From how many free units down the stock is low; nothing switches the warning off.
pub(super) struct LowStock(Option<u64>);

/// When to warn that the stock runs low.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LowStock)]
pub(crate) struct LowStockBody {
    /// From how many free units down the stock is low. `null` switches the warning off.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required, minimum = 0, maximum = 10_000_000, example = 5)]
    threshold: Option<i64>,
}

impl Valid for LowStock {
    type Raw = LowStockBody;
    fn check(raw: LowStockBody, check: &mut Check) -> Option<Self> {
        let most = i64::from(Quantity::MAX);
        let threshold = raw.threshold.map(|units| {
            let sound = u64::try_from(units).ok().filter(|_| units <= most);
            if sound.is_none() {
                let rule = format!("must be between 0 and {most} units, or null");
                check.within("threshold", |check| check.refuse("invalid_threshold", rule));
            }
            sound
        });
        match threshold {
            None => Some(Self(None)),
            Some(units) => units.map(|units| Self(Some(units))),
        }
    }
}

/// Says from how many free units down the stock of a SKU is low. When it falls that far, or has already, a fact
/// in the log says so once.
///
/// # Errors
///
/// When no product has the SKU, or nothing could be written.
pub async fn set_low_stock_threshold(
    commands: &Commands,
    sku: Sku,
    threshold: Option<u64>,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let command = StockCommand::SetLowStockThreshold { threshold };
    known_sku::execute(commands, sku, command, context).await
}

/// Set the low-stock threshold
///
/// When the free units fall to it, the log says so once; again only after they rose above it.
#[utoipa::path(
    put,
    path = "/v1/stock/{sku}/low-stock-threshold",
    operation_id = "set_low_stock_threshold",
    tag = "stock",
    params(("sku" = String, Path, description = "The SKU of a product"), CommandHeaders),
    request_body = LowStockBody,
    responses(Accepted, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    Id(sku): Id<Sku>,
    call: Call<LowStock>,
) -> Result<Accepted, Problem> {
    let LowStock(threshold) = call.request;
    let answer = set_low_stock_threshold(&commands, sku, threshold, call.context);
    Ok(answer.await?.into())
}
