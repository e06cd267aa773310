//! `POST /v1/warehouses`

use axum::extract::State;
use domain::{
    value::{Text, WarehouseCode},
    warehouse::{Warehouse, WarehouseCommand},
};
use event_store::{Answer, CommandContext};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Commands,
    problem::Problem,
    refused::CommandError,
    request::{Call, Check, CommandHeaders, Valid},
    response::{Created, Problems},
};

/// A new warehouse.
#[derive(Debug, Clone)]
pub struct OpenWarehouse {
    /// What receipts and transfers call it.
    pub code: WarehouseCode,
    /// What people call it.
    pub name: Text<200>,
    /// Where it is.
    pub location: Option<Text<300>>,
}

/// A new warehouse.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OpenWarehouse)]
pub(crate) struct OpenWarehouseBody {
    /// What receipts and transfers call it: 1 to 40 small letters, digits and inner dashes. It never changes.
    #[schema(min_length = 1, max_length = 40, example = "leipzig")]
    code: String,
    /// What people call it.
    #[schema(min_length = 1, max_length = 200, example = "Leipzig")]
    name: String,
    /// Where it is.
    #[schema(min_length = 1, max_length = 300, example = "Torgauer Straße 1, Leipzig")]
    location: Option<String>,
}

impl Valid for OpenWarehouse {
    type Raw = OpenWarehouseBody;
    fn check(raw: OpenWarehouseBody, check: &mut Check) -> Option<Self> {
        let code = check.field("code", raw.code);
        let name = check.field("name", raw.name);
        let location = check.field("location", raw.location);
        Some(Self {
            code: code?,
            name: name?,
            location: location?,
        })
    }
}

/// Opens a warehouse, which then takes goods in.
///
/// # Errors
///
/// When a warehouse with this code was opened before, or nothing could be written.
pub async fn open(
    commands: &Commands,
    request: OpenWarehouse,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let OpenWarehouse { code, name, location } = request;
    let command = WarehouseCommand::Open { name, location };
    commands.execute::<Warehouse>(code, command, context).await
}

/// Open a warehouse
///
/// Goods are received only into a warehouse that was opened. A code names one warehouse for ever.
#[utoipa::path(
    post,
    path = "/v1/warehouses",
    operation_id = "open_warehouse",
    tag = "warehouses",
    params(CommandHeaders),
    request_body = OpenWarehouseBody,
    responses(Created, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    call: Call<OpenWarehouse>,
) -> Result<Created, Problem> {
    Ok(open(&commands, call.request, call.context).await?.into())
}
