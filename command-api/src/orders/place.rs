//! `POST /v1/orders`

use axum::extract::State;
use domain::order::{MAX_LINES, PaymentMethod};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    address::AddressBody,
    placement::{PlaceOrder, RequestedLine, place},
};
use crate::{
    Commands,
    problem::Problem,
    request::{Call, Check, CommandHeaders, MoneyBody, Valid},
    response::{Created, Problems},
};

/// A new order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlaceOrder)]
pub(crate) struct PlaceOrderBody {
    /// Who buys.
    #[schema(format = Uuid)]
    customer_id: String,
    /// What, in 1 to 200 lines.
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<LineBody>,
    /// How it is paid.
    payment: PaymentBody,
    /// Where the parcel goes.
    shipping_address: AddressBody,
    /// The total that the customer was shown; the order is refused when it is another one by now.
    expected_total: Option<MoneyBody>,
    /// The currency of the prices. Without it: that of the account, else that of the expected total, else EUR.
    #[schema(example = "EUR")]
    currency: Option<String>,
}

/// Some units of one SKU.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrderLine)]
pub(crate) struct LineBody {
    /// What.
    #[schema(example = "WALNUT-1")]
    sku: String,
    /// How many.
    #[schema(minimum = 1, maximum = 10_000_000, example = 2)]
    quantity: i64,
}

/// How an order is paid.
#[derive(Deserialize, ToSchema)]
#[serde(
    tag = "method",
    rename_all = "snake_case",
    deny_unknown_fields,
    try_from = "PaymentFields"
)]
#[schema(as = PaymentMethod)]
pub(crate) enum PaymentBody {
    /// From an account of the shop.
    Account {
        /// Which.
        #[schema(format = Uuid)]
        account_id: String,
    },
    /// By card, through the payment gateway.
    Card {
        /// The gateway's token for the card, never the number of the card itself.
        #[schema(example = "tok_approved")]
        token: String,
    },
}

/// The fields of every way to pay, so that those of another shape are named one by one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PaymentFields {
    method: String,
    account_id: Option<String>,
    token: Option<String>,
}

impl TryFrom<PaymentFields> for PaymentBody {
    type Error = &'static str;

    fn try_from(fields: PaymentFields) -> Result<Self, &'static str> {
        match (fields.method.as_str(), fields.account_id, fields.token) {
            ("account", Some(account_id), None) => Ok(Self::Account { account_id }),
            ("account", _, _) => Err("must have the field account_id and no other beside method"),
            ("card", None, Some(token)) => Ok(Self::Card { token }),
            ("card", _, _) => Err("must have the field token and no other beside method"),
            // In place of a method that is missing. No token is empty, so this is refused in any case.
            ("", _, _) => Ok(Self::Card { token: String::new() }),
            _ => Err("must have a method, either account or card"),
        }
    }
}

impl Valid for PlaceOrder {
    type Raw = PlaceOrderBody;
    fn check(raw: PlaceOrderBody, check: &mut Check) -> Option<Self> {
        let customer_id = check.field("customer_id", raw.customer_id);
        let lines = check.within("lines", |check| lines(raw.lines, check));
        let payment = check.field("payment", raw.payment);
        let shipping_address = check.field("shipping_address", raw.shipping_address);
        let expected_total = check.field("expected_total", raw.expected_total);
        let currency = check.field("currency", raw.currency);
        Some(Self {
            customer_id: customer_id?,
            lines: lines?,
            payment: payment?,
            shipping_address: shipping_address?,
            expected_total: expected_total?,
            currency: currency?,
        })
    }
}

/// Counted before they are looked at: nobody needs to hear what is wrong with ten thousand lines.
fn lines(raw: Vec<LineBody>, check: &mut Check) -> Option<Vec<RequestedLine>> {
    if !(1..=MAX_LINES).contains(&raw.len()) {
        check.refuse("line_count", format!("must have 1 to {MAX_LINES} lines"));
        return None;
    }
    Valid::check(raw, check)
}

impl Valid for RequestedLine {
    type Raw = LineBody;
    fn check(raw: LineBody, check: &mut Check) -> Option<Self> {
        let sku = check.field("sku", raw.sku);
        let quantity = check.field("quantity", raw.quantity);
        Some(Self {
            sku: sku?,
            quantity: quantity?,
        })
    }
}

impl Valid for PaymentMethod {
    type Raw = PaymentBody;
    fn check(raw: PaymentBody, check: &mut Check) -> Option<Self> {
        Some(match raw {
            PaymentBody::Account { account_id } => Self::Account {
                account_id: check.field("account_id", account_id)?,
            },
            PaymentBody::Card { token } => Self::Card {
                token: check.field("token", token)?,
            },
        })
    }
}

/// Place an order
///
/// Names, prices and tax are those of the moment. What follows (stock, payment, confirmation) has begun when
/// the answer is there, and is seen in the queries.
#[utoipa::path(
    post,
    path = "/v1/orders",
    operation_id = "place_order",
    tag = "orders",
    params(CommandHeaders),
    request_body = PlaceOrderBody,
    responses(Created, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    call: Call<PlaceOrder>,
) -> Result<Created, Problem> {
    Ok(place(&commands, call.request, call.context).await?.into())
}
