//! `POST /v1/warehouses/{code}/close`

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

/// Closes a warehouse: it takes no more goods in. What lies there can still be sold, corrected downwards and moved
/// away.
///
/// # Errors
///
/// When there is no such warehouse, or nothing could be written.
pub async fn close(
    commands: &Commands,
    code: WarehouseCode,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let command = WarehouseCommand::Close;
    commands.execute::<Warehouse>(code, command, context).await
}

/// Close a warehouse
///
/// It takes no more goods in. What lies there can still be sold, corrected downwards and moved to another
/// warehouse, so a warehouse may be closed before it is empty.
#[utoipa::path(
    post,
    path = "/v1/warehouses/{code}/close",
    operation_id = "close_warehouse",
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
    Ok(close(&commands, code, context).await?.into())
}
