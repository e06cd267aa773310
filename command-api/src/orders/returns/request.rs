//! `POST /v1/orders/{id}/returns`

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    order::{MAX_LINES, Order, OrderCommand, OrderError, ReturnLine},
    value::{OrderId, Reason, ReturnId},
};
use event_store::{Answer, BusError, CommandContext};
use serde::{Deserialize, Serialize};
use utoipa::{IntoResponses, ToSchema};
use uuid::Uuid;

use crate::{
    Commands,
    problem::Problem,
    refused::{CommandError, Refused},
    request::{Call, Check, CommandHeaders, Id, Valid},
    response::{AnswerBody, Problems, respond},
};

/// Asks for goods to be taken back.
#[derive(Debug, Clone)]
pub struct RequestReturn {
    /// What, each SKU once.
    pub lines: Vec<ReturnLine>,
    /// Why.
    pub reason: Reason,
    /// The new order that the goods are exchanged for, if they are.
    pub exchange_order_id: Option<OrderId>,
}

/// A return that waits for its goods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedReturn {
    /// Names it.
    pub return_id: ReturnId,
    /// What became of the command.
    pub answer: Answer,
}

/// Goods that a customer wants to send back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RequestReturn)]
pub(crate) struct RequestReturnBody {
    /// What, in 1 to 200 lines, each SKU once.
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<ReturnLineBody>,
    /// Why.
    #[schema(example = "too small")]
    reason: String,
    /// For an exchange: the new order, placed before.
    #[schema(format = Uuid)]
    exchange_order_id: Option<String>,
}

/// Some units of one SKU that come back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReturnLine)]
pub(crate) struct ReturnLineBody {
    /// What.
    #[schema(example = "WALNUT-1")]
    sku: String,
    /// How many, at most what was sold and has not come back.
    #[schema(minimum = 1, maximum = 10_000_000, example = 1)]
    quantity: i64,
}

/// The return is known now.
#[derive(IntoResponses)]
#[response(
    status = 201,
    headers(
        ("Souk-Position" = i64, description = "The position, as in the body"),
        ("Idempotent-Replayed" = bool, description = "Present and true when the key was known: the answer is that of the first time"),
    )
)]
pub(crate) struct ReturnRequested(ReturnRequestedBody);

/// What became of the request; `id` is the order.
#[derive(Serialize, ToSchema)]
#[schema(as = ReturnRequested)]
pub(crate) struct ReturnRequestedBody {
    /// Names the return, for those who accept or reject it.
    return_id: Uuid,
    #[serde(flatten)]
    answer: AnswerBody,
}

impl Valid for RequestReturn {
    type Raw = RequestReturnBody;
    fn check(raw: RequestReturnBody, check: &mut Check) -> Option<Self> {
        let lines = check.within("lines", |check| lines(raw.lines, check));
        let reason = check.field("reason", raw.reason);
        let exchange_order_id = check.field("exchange_order_id", raw.exchange_order_id);
        Some(Self {
            lines: lines?,
            reason: reason?,
            exchange_order_id: exchange_order_id?,
        })
    }
}

/// Counted before they are looked at.
pub(super) fn lines<T: Valid>(raw: Vec<T::Raw>, check: &mut Check) -> Option<Vec<T>> {
    if !(1..=MAX_LINES).contains(&raw.len()) {
        check.refuse("line_count", format!("must have 1 to {MAX_LINES} lines"));
        return None;
    }
    Valid::check(raw, check)
}

impl Valid for ReturnLine {
    type Raw = ReturnLineBody;
    fn check(raw: ReturnLineBody, check: &mut Check) -> Option<Self> {
        let sku = check.field("sku", raw.sku);
        let quantity = check.field("quantity", raw.quantity);
        Some(Self {
            sku: sku?,
            quantity: quantity?,
        })
    }
}

impl IntoResponse for ReturnRequested {
    fn into_response(self) -> Response {
        let (position, replayed) = (self.0.answer.position, self.0.answer.replayed);
        respond(StatusCode::CREATED, self.0, position, replayed)
    }
}

/// Asks for goods to be taken back. They are awaited until the return is accepted or rejected.
///
/// # Errors
///
/// When there is no such order, it has not shipped, more would come back than was sold, the order of the
/// exchange is unknown, or nothing could be written.
pub async fn request(
    commands: &Commands,
    order_id: OrderId,
    request: RequestReturn,
    context: CommandContext,
) -> Result<RequestedReturn, CommandError> {
    let RequestReturn {
        lines,
        reason,
        exchange_order_id,
    } = request;
    let return_id = return_id(commands, order_id, &context);
    let command = OrderCommand::RequestReturn {
        return_id,
        lines,
        reason,
        exchange_order_id,
    };
    let answer = match check_exchange(commands, order_id, exchange_order_id).await {
        Ok(()) => {
            let id = order_id.to_string();
            let answer = commands.bus().execute::<Order>(&id, command, context).await;
            answer.map_err(|error| error.map_refusal(|refusal| refused(&refusal)))?
        }
        Err(BusError::Refused(refused)) => commands.refuse(refused, &context).await?,
        Err(error) => return Err(error),
    };
    Ok(RequestedReturn { return_id, answer })
}

/// A request with a key that is sent again must name the return of the first time, so the name is derived
/// from the key.
fn return_id(commands: &Commands, order_id: OrderId, context: &CommandContext) -> ReturnId {
    ReturnId::new(match context.keys.first() {
        Some(key) => Uuid::new_v5(&order_id.uuid(), key.key.as_bytes()),
        None => commands.new_id(),
    })
}

async fn check_exchange(
    commands: &Commands,
    order_id: OrderId,
    exchange_order_id: Option<OrderId>,
) -> Result<(), CommandError> {
    const FIELD: &str = "exchange_order_id";
    let Some(exchange) = exchange_order_id else {
        return Ok(());
    };
    if exchange == order_id {
        let mut check = Check::default();
        check.within(FIELD, |check| check.refuse("same_order", "must be another order"));
        return check.finish().map_err(BusError::Refused);
    }
    let order = commands.fetch::<Order>(exchange).await?;
    match order.placed() {
        Ok(_) => Ok(()),
        Err(refusal) => Err(BusError::Refused(Refused::by(&refusal).of_field(FIELD))),
    }
}

/// Whoever asked for too much wants to know for how much they can ask.
pub(super) fn refused(refusal: &OrderError) -> Refused {
    let refused = Refused::by(refusal);
    match refusal {
        OrderError::MoreThanSold { sku, returnable } => {
            refused.with("sku", sku).with("returnable", returnable)
        }
        OrderError::RefundTooLarge { most } => refused.with("most", most),
        OrderError::RefundStep { step } => refused.with("step", step),
        _ => refused,
    }
}

/// Ask for goods to be taken back
///
/// Nothing moves yet: the staff accepts the return when the goods are there, or rejects it.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/returns",
    operation_id = "request_return",
    tag = "orders",
    params(("id" = Uuid, Path, description = "The order"), CommandHeaders),
    request_body = RequestReturnBody,
    responses(ReturnRequested, Problems),
)]
pub(in crate::orders) async fn endpoint(
    State(commands): State<Commands>,
    Id(order_id): Id<OrderId>,
    call: Call<RequestReturn>,
) -> Result<ReturnRequested, Problem> {
    let requested = request(&commands, order_id, call.request, call.context).await?;
    Ok(ReturnRequested(ReturnRequestedBody {
        return_id: requested.return_id.uuid(),
        answer: requested.answer.into(),
    }))
}
