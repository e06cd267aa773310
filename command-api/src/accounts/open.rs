//! `POST /v1/accounts`

use axum::extract::State;
use domain::{
    account::{Account, AccountCommand},
    value::{AccountId, Currency, CustomerId},
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

/// Asks for an account.
#[derive(Debug, Clone)]
pub struct OpenAccount {
    /// Who will own the money.
    pub owner_id: CustomerId,
    /// The only currency that it will ever hold.
    pub currency: Currency,
}

/// A new account; one for each owner and currency.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OpenAccount)]
pub(crate) struct OpenAccountBody {
    /// Who owns the money.
    #[schema(format = Uuid)]
    owner_id: String,
    /// The only currency it will ever hold, of ISO 4217.
    #[schema(example = "EUR")]
    currency: String,
}

impl Valid for OpenAccount {
    type Raw = OpenAccountBody;
    fn check(raw: OpenAccountBody, check: &mut Check) -> Option<Self> {
        let owner_id = check.field("owner_id", raw.owner_id);
        let currency = check.field("currency", raw.currency);
        Some(Self {
            owner_id: owner_id?,
            currency: currency?,
        })
    }
}

/// Opens an account.
///
/// # Errors
///
/// When the owner has one in this currency already, or nothing could be written.
pub async fn open(
    commands: &Commands,
    request: OpenAccount,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let OpenAccount { owner_id, currency } = request;
    let id = AccountId::new(commands.new_id());
    let command = AccountCommand::Open { owner_id, currency };
    commands
        .execute::<Account>(id, command, context.on_new_aggregate())
        .await
}

/// Open an account
#[utoipa::path(
    post,
    path = "/v1/accounts",
    operation_id = "open_account",
    tag = "accounts",
    params(CommandHeaders),
    request_body = OpenAccountBody,
    responses(Created, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    call: Call<OpenAccount>,
) -> Result<Created, Problem> {
    Ok(open(&commands, call.request, call.context).await?.into())
}
