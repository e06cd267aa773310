//! `POST /v1/orders/{id}/returns/{return_id}/accept`

use axum::extract::State;
use domain::{
    order::{Disposal, Order, OrderCommand, OrderError, TakenBack},
    payment::{OpenPayment, Payment},
    value::{Money, OrderId, ReturnId},
};
use event_store::{Answer, BusError, CommandContext};
use serde::Deserialize;
use utoipa::ToSchema;

use super::request::{lines, refused};
use crate::{
    Commands,
    problem::Problem,
    refused::CommandError,
    request::{Call, Check, CommandHeaders, Ids, MoneyOrNone, MoneyOrNoneBody, Valid},
    response::{Accepted, Problems},
    warehouses::{Place, check_places},
};

/// The goods of a return are back.
#[derive(Debug, Clone)]
pub struct Acceptance {
    /// What came back, and what becomes of it.
    pub lines: Vec<TakenBack>,
    /// How much money goes back: what was paid for the goods and is left of the payment, unless less is said.
    pub refund: Option<Money>,
}

/// The goods of a return are back, all of them or a part.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AcceptReturn)]
pub(crate) struct AcceptanceBody {
    /// What came back, in 1 to 200 lines; a SKU may stand on several of them.
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<TakenBackBody>,
    /// How much money goes back, from nothing to what was paid for these goods and is left of the payment after other
    /// refunds. Without it: all of that, spread over the lines by their price.
    refund: Option<MoneyOrNoneBody>,
}

/// Some units of one SKU that came back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TakenBack)]
pub(crate) struct TakenBackBody {
    /// What.
    #[schema(example = "WALNUT-1")]
    sku: String,
    /// How many.
    #[schema(minimum = 1, maximum = 10_000_000, example = 1)]
    quantity: i64,
    /// What becomes of them.
    disposal: DisposalBody,
}

/// What becomes of goods that came back.
#[derive(Deserialize, ToSchema)]
#[serde(
    tag = "as",
    rename_all = "snake_case",
    deny_unknown_fields,
    try_from = "DisposalFields"
)]
#[schema(as = Disposal)]
pub(crate) enum DisposalBody {
    /// They can be sold again.
    Restock {
        /// Where they are now: the code of the warehouse.
        #[schema(example = "berlin")]
        warehouse: String,
        /// Their batch, if it has a number.
        lot: Option<String>,
    },
    /// They cannot be sold again.
    WriteOff {},
}

/// The fields of every disposal, so that those of another shape are named one by one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DisposalFields {
    r#as: String,
    warehouse: Option<String>,
    lot: Option<String>,
}

impl TryFrom<DisposalFields> for DisposalBody {
    type Error = &'static str;

    fn try_from(fields: DisposalFields) -> Result<Self, &'static str> {
        match (fields.r#as.as_str(), fields.warehouse, fields.lot) {
            ("restock", Some(warehouse), lot) => Ok(Self::Restock { warehouse, lot }),
            ("restock", None, _) => Err("must have the field warehouse"),
            ("write_off", None, None) => Ok(Self::WriteOff {}),
            ("write_off", _, _) => Err("must have no field beside as"),
            // In place of one that is missing. No warehouse is empty, so this is refused in any case.
            ("", _, lot) => Ok(Self::Restock {
                warehouse: String::new(),
                lot,
            }),
            _ => Err("must have the field as, either restock or write_off"),
        }
    }
}

impl Valid for Acceptance {
    type Raw = AcceptanceBody;
    fn check(raw: AcceptanceBody, check: &mut Check) -> Option<Self> {
        let lines = check.within("lines", |check| lines(raw.lines, check));
        let refund = check.field::<Option<MoneyOrNone>>("refund", raw.refund);
        Some(Self {
            lines: lines?,
            refund: refund?.map(|MoneyOrNone(money)| money),
        })
    }
}

impl Valid for TakenBack {
    type Raw = TakenBackBody;
    fn check(raw: TakenBackBody, check: &mut Check) -> Option<Self> {
        let sku = check.field("sku", raw.sku);
        let quantity = check.field("quantity", raw.quantity);
        let disposal = check.field("disposal", raw.disposal);
        Some(Self {
            sku: sku?,
            quantity: quantity?,
            disposal: disposal?,
        })
    }
}

impl Valid for Disposal {
    type Raw = DisposalBody;
    fn check(raw: DisposalBody, check: &mut Check) -> Option<Self> {
        Some(match raw {
            DisposalBody::Restock { warehouse, lot } => {
                let warehouse = check.field("warehouse", warehouse);
                let lot = check.field("lot", lot);
                Self::Restock {
                    warehouse: warehouse?,
                    lot: lot?,
                }
            }
            DisposalBody::WriteOff {} => Self::WriteOff,
        })
    }
}

/// Takes the goods of a return back, which ends it. A process manager then shelves the goods and refunds the
/// money.
///
/// # Errors
///
/// When there is no such order, return or warehouse, it was decided in another way before, more came back than was
/// asked for, the refund is more than was paid or is left, or nothing could be written.
pub async fn accept(
    commands: &Commands,
    order_id: OrderId,
    return_id: ReturnId,
    acceptance: Acceptance,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    let Acceptance { lines, refund } = acceptance;
    match check_places(commands, &places(&lines)).await {
        Ok(()) => {}
        // Of an order or a return that does not exist no warehouse is to blame.
        Err(BusError::Refused(blamed)) => {
            let order = commands.fetch::<Order>(order_id).await?;
            let refusal = match order.placed() {
                Err(unknown) => Some(refused(&unknown)),
                Ok(order) if !order.knows_return(return_id) => Some(refused(&OrderError::NoSuchReturn)),
                // The same decision once more is answered as before, though its warehouse was closed since.
                Ok(order) if order.ended_returns.contains_key(&return_id) => None,
                Ok(_) => Some(blamed),
            };
            if let Some(refusal) = refusal {
                return commands.refuse(refusal, &context).await;
            }
        }
        Err(error) => return Err(error),
    }
    let left = left_for_goods(commands, order_id).await?;
    let command = OrderCommand::AcceptReturn {
        return_id,
        lines,
        refund,
        left,
    };
    let id = order_id.to_string();
    let answer = commands.bus().execute::<Order>(&id, command, context).await;
    answer.map_err(|error| error.map_refusal(|refusal| refused(&refusal)))
}

/// What the payment of the order can still give back for goods: other refunds may have taken a part. Nothing when
/// there is no such order, which the order itself refuses.
async fn left_for_goods(commands: &Commands, order_id: OrderId) -> Result<Option<Money>, CommandError> {
    let order = commands.fetch::<Order>(order_id).await?;
    let Ok(order) = order.placed() else {
        return Ok(None);
    };
    let payment = commands.fetch::<Payment>(order.payment_id).await?;
    Ok(payment.open().ok().map(OpenPayment::left_for_goods))
}

/// The warehouses where goods are to be shelved.
fn places(lines: &[TakenBack]) -> Vec<Place> {
    let place = |(number, line): (usize, &TakenBack)| match &line.disposal {
        Disposal::Restock { warehouse, .. } => Some(Place {
            field: format!("lines[{number}].disposal.warehouse"),
            sku: line.sku.clone(),
            warehouse: warehouse.clone(),
            takes_in: true,
        }),
        Disposal::WriteOff => None,
    };
    lines.iter().enumerate().filter_map(place).collect()
}

/// Accept a return
///
/// Each line says what becomes of its goods. What was asked for and did not come back stays with the customer. The
/// return ends with this; shelving the goods and refunding the money have begun. The same acceptance twice is one;
/// another decision about a return that ended is refused.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/returns/{return_id}/accept",
    operation_id = "accept_return",
    tag = "orders",
    params(
        ("id" = Uuid, Path, description = "The order"),
        ("return_id" = Uuid, Path, description = "The return"),
        CommandHeaders
    ),
    request_body = AcceptanceBody,
    responses(Accepted, Problems),
)]
pub(in crate::orders) async fn endpoint(
    State(commands): State<Commands>,
    Ids(order_id, return_id): Ids<OrderId, ReturnId>,
    call: Call<Acceptance>,
) -> Result<Accepted, Problem> {
    let answer = accept(&commands, order_id, return_id, call.request, call.context);
    Ok(answer.await?.into())
}
