//! `PATCH /v1/warehouses/{code}`

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
    request::{Call, Check, CommandHeaders, Id, Valid},
    response::{Accepted, Problems},
};

/// What changes; what is absent stays as it is.
#[derive(Debug, Clone)]
pub struct WarehouseChange {
    /// What people call it.
    pub name: Option<Text<200>>,
    /// Where it is.
    pub location: Option<Text<300>>,
}

/// What changes; a field that is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WarehouseChange)]
pub(crate) struct WarehouseChangeBody {
    /// What people call it.
    #[schema(min_length = 1, max_length = 200, example = "Berlin West")]
    name: Option<String>,
    /// Where it is.
    #[schema(min_length = 1, max_length = 300, example = "Am Borsigturm 2, Berlin")]
    location: Option<String>,
}

impl Valid for WarehouseChange {
    type Raw = WarehouseChangeBody;
    fn check(raw: WarehouseChangeBody, check: &mut Check) -> Option<Self> {
        let name = check.field("name", raw.name);
        let location = check.field("location", raw.location);
        Some(Self {
            name: name?,
            location: location?,
        })
    }
}

/// Renames or relocates a warehouse.
///
/// # Errors
///
/// When there is no such warehouse, the change names no field, or nothing could be written.
pub async fn update(
    commands: &Commands,
    code: WarehouseCode,
    change: WarehouseChange,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let WarehouseChange { name, location } = change;
    let command = WarehouseCommand::Change { name, location };
    commands.execute::<Warehouse>(code, command, context).await
}

/// Rename or relocate a warehouse
#[utoipa::path(
    patch,
    path = "/v1/warehouses/{code}",
    operation_id = "update_warehouse",
    tag = "warehouses",
    params(("code" = String, Path, description = "The code of the warehouse", example = "berlin"), CommandHeaders),
    request_body = WarehouseChangeBody,
    responses(Accepted, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    Id(code): Id<WarehouseCode>,
    call: Call<WarehouseChange>,
) -> Result<Accepted, Problem> {
    Ok(update(&commands, code, call.request, call.context).await?.into())
}
