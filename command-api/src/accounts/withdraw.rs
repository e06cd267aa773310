//! `POST /v1/accounts/{id}/withdrawals`

use axum::extract::State;
use domain::value::AccountId;
use event_store::{Answer, CommandContext};

use super::movement::{Direction, Movement, MovementBody, move_money};
use crate::{
    Commands,
    problem::Problem,
    refused::CommandError,
    request::{Call, CommandHeaders, Id},
    response::{Accepted, Problems},
};

/// Takes money out.
///
/// # Errors
///
/// When there is no such account, it holds another currency or too little, or nothing could be written.
pub async fn withdraw(
    commands: &Commands,
    account_id: AccountId,
    movement: Movement,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    move_money(commands, Direction::Withdrawal, account_id, movement, context).await
}

/// Withdraw money
#[utoipa::path(
    post,
    path = "/v1/accounts/{id}/withdrawals",
    operation_id = "withdraw",
    tag = "accounts",
    params(("id" = Uuid, Path, description = "The account"), CommandHeaders),
    request_body = MovementBody,
    responses(Accepted, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    Id(account_id): Id<AccountId>,
    call: Call<Movement>,
) -> Result<Accepted, Problem> {
    Ok(withdraw(&commands, account_id, call.request, call.context)
        .await?
        .into())
}
