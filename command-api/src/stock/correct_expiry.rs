//! `PUT /v1/stock/{sku}/lot-expiry`

use axum::extract::State;
use chrono::NaiveDate;
use domain::{
    stock::StockCommand,
    value::{Lot, Sku},
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

/// The day on which a lot expires, wherever it lies.
#[derive(Debug, Clone)]
pub struct LotExpiry {
    /// The batch.
    pub lot: Lot,
    /// The last day on which it may be sold; nothing when it does not expire.
    pub expires_on: Option<NaiveDate>,
}

/// The day on which a lot expires, wherever it lies.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LotExpiry)]
pub(crate) struct LotExpiryBody {
    /// The batch.
    #[schema(example = "L-2026-07")]
    lot: String,
    /// The last day on which it may be sold. `null` when it does not expire.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required, format = Date, example = "2027-06-30")]
    expires_on: Option<String>,
}

impl Valid for LotExpiry {
    type Raw = LotExpiryBody;
    fn check(raw: LotExpiryBody, check: &mut Check) -> Option<Self> {
        let lot = check.field("lot", raw.lot);
        let expires_on = check.field("expires_on", raw.expires_on);
        Some(Self {
            lot: lot?,
            expires_on: expires_on?,
        })
    }
}

/// Sets the day of expiry of a lot for all its units.
///
/// # Errors
///
/// When no product has the SKU, there is no such lot, or nothing could be written.
pub async fn correct_expiry(
    commands: &Commands,
    sku: Sku,
    expiry: LotExpiry,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let LotExpiry { lot, expires_on } = expiry;
    let command = StockCommand::CorrectExpiry { lot, expires_on };
    known_sku::execute(commands, sku, command, context).await
}

/// Correct the day of expiry of a lot
///
/// For a day that was entered wrongly, and for a lot whose days differ between warehouses. All units of the lot expire
/// on this day from now on, wherever they lie.
#[utoipa::path(
    put,
    path = "/v1/stock/{sku}/lot-expiry",
    operation_id = "correct_lot_expiry",
    tag = "stock",
    params(("sku" = String, Path, description = "The SKU of a product"), CommandHeaders),
    request_body = LotExpiryBody,
    responses(Accepted, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    Id(sku): Id<Sku>,
    call: Call<LotExpiry>,
) -> Result<Accepted, Problem> {
    let answer = correct_expiry(&commands, sku, call.request, call.context);
    Ok(answer.await?.into())
}
