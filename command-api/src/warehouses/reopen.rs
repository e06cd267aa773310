//! `POST /v1/warehouses/{code}/reopen`

use axum::extract::State;
use domain::{
    value::WarehouseCode,
    warehouse::{Warehouse, WarehouseCommand},
};
use event_store::{Answer, CommandContext};

use crate::{
    Commands,
    problem::Problem,
    refused::CommandError,
    request::{Call, CommandHeaders, Id, Nothing, NothingBody},
    response::{Accepted, Problems},
};

/// Reopens a warehouse that was closed: it takes goods in again.
///
/// # Errors
///
/// When there is no such warehouse, or nothing could be written.
pub async fn reopen(
    commands: &Commands,
    code: WarehouseCode,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let command = WarehouseCommand::Reopen;
    commands.execute::<Warehouse>(code, command, context).await
}

/// Reopen a warehouse
///
/// A warehouse that was closed takes goods in again.
#[utoipa::path(
    post,
    path = "/v1/warehouses/{code}/reopen",
    operation_id = "reopen_warehouse",
    tag = "warehouses",
    params(("code" = String, Path, description = "The code of the warehouse", example = "berlin"), CommandHeaders),
    request_body = NothingBody,
    responses(Accepted, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    Id(code): Id<WarehouseCode>,
    Call {
        request: Nothing,
        context,
    }: Call<Nothing>,
) -> Result<Accepted, Problem> {
    Ok(reopen(&commands, code, context).await?.into())
}
