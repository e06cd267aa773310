//! `POST /v1/payments/{id}/refunds`

use axum::extract::State;
use domain::{
    payment::{Payment, PaymentCommand, PaymentError, gateway_amount::NotChargeable},
    value::{Money, PaymentId, Reason, RefundId},
};
use event_store::{Answer, CommandContext};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Commands,
    problem::Problem,
    refused::{CommandError, Refused},
    request::{Call, Check, CommandHeaders, Id, MoneyBody, Valid},
    response::{Accepted, Problems},
};

/// Asks for captured money to be given back.
#[derive(Debug, Clone)]
pub struct Refund {
    /// How much, at most what was captured and is not refunded.
    pub amount: Money,
    /// Why.
    pub reason: Reason,
}

/// Captured money to be given back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Refund)]
pub(crate) struct RefundBody {
    /// How much, in the currency of the payment, at most what was captured and is not refunded.
    amount: MoneyBody,
    /// Why.
    #[schema(example = "the box arrived damaged")]
    reason: String,
}

impl Valid for Refund {
    type Raw = RefundBody;
    fn check(raw: RefundBody, check: &mut Check) -> Option<Self> {
        let amount = check.field("amount", raw.amount);
        let reason = check.field("reason", raw.reason);
        Some(Self {
            amount: amount?,
            reason: reason?,
        })
    }
}

/// Asks for a refund. A process manager then moves the money.
///
/// # Errors
///
/// When the payment is unknown, not captured or captured for less, or nothing could be written.
pub async fn refund(
    commands: &Commands,
    payment_id: PaymentId,
    refund: Refund,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let Refund { amount, reason } = refund;
    let refund_id = RefundId::new(commands.new_id());
    let command = PaymentCommand::RequestRefund {
        refund_id,
        amount,
        reason,
    };
    let id = payment_id.to_string();
    let answer = commands.bus().execute::<Payment>(&id, command, context).await;
    answer.map_err(|error| error.map_refusal(|refusal| refused(&refusal)))
}

/// A caller that asked for too much is told how much is left, and in which steps a card can be refunded.
fn refused(refusal: &PaymentError) -> Refused {
    let refused = Refused::by(refusal);
    match refusal {
        PaymentError::MoreThanCaptured { refundable } => refused.with("refundable", refundable),
        PaymentError::NotChargeable(NotChargeable { step }) => refused.with("step", step),
        PaymentError::Unknown
        | PaymentError::AlreadyRequested
        | PaymentError::NotPositive
        | PaymentError::OtherCurrency { .. }
        | PaymentError::NotAuthorised
        | PaymentError::NotCaptured
        | PaymentError::AlreadyCaptured
        | PaymentError::RefundUnderWay
        | PaymentError::OtherCapture { .. }
        | PaymentError::RefundDoneBefore
        | PaymentError::TooManyRefunds
        | PaymentError::NoSuchRefund
        | PaymentError::NotByGateway => refused,
    }
}

/// Refund a payment, in part or whole
#[utoipa::path(
    post,
    path = "/v1/payments/{id}/refunds",
    operation_id = "refund_payment",
    tag = "payments",
    params(("id" = Uuid, Path, description = "The payment"), CommandHeaders),
    request_body = RefundBody,
    responses(Accepted, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    Id(payment_id): Id<PaymentId>,
    call: Call<Refund>,
) -> Result<Accepted, Problem> {
    Ok(refund(&commands, payment_id, call.request, call.context)
        .await?
        .into())
}
