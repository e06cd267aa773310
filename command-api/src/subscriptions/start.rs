//! `POST /v1/subscriptions`

use axum::extract::State;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    account::Account,
    order::PaymentMethod,
    payment::gateway_amount::NotChargeable,
    subscription::{Period, Subscription, SubscriptionCommand, SubscriptionError},
    value::{CustomerId, Money, SubscriptionId},
};
use event_store::{Answer, BusError, CommandContext};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Commands,
    orders::PaymentBody,
    problem::Problem,
    refused::{CommandError, Refused},
    request::{Call, Check, CommandHeaders, MoneyBody, Valid},
    response::{Created, Problems},
};

/// How long ago the first charge may have been due: as long as a request may be on its way. Every period
/// since then is charged at once, so an old date would empty an account.
const MAX_PAST: TimeDelta = TimeDelta::days(1);
/// How far ahead it may be: beyond it somebody slipped on the keyboard.
const MAX_FUTURE: TimeDelta = TimeDelta::days(5 * 366);

/// Asks for a subscription.
#[derive(Debug, Clone)]
pub struct StartSubscription {
    /// Who pays.
    pub customer_id: CustomerId,
    /// How much each time.
    pub amount: Money,
    /// From where; a card by a token that may be charged again.
    pub payment: PaymentMethod,
    /// How often.
    pub period: Period,
    /// When for the first time; at once unless a time is said.
    pub first_charge_at: Option<DateTime<Utc>>,
}

/// A new subscription.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StartSubscription)]
pub(crate) struct StartSubscriptionBody {
    /// Who pays.
    #[schema(format = Uuid)]
    customer_id: String,
    /// How much each time; from an account, in its currency.
    amount: MoneyBody,
    /// From where. A card needs a token that the gateway charges more than once.
    payment: PaymentBody,
    /// How often.
    period: PeriodBody,
    /// When for the first time, at most five years ahead. Without it: at once.
    #[schema(format = DateTime, example = "2027-01-31T09:00:00Z")]
    first_charge_at: Option<String>,
}

/// The time between two charges: so many days, or so many months of the calendar.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Period, example = json!({"months": 1}))]
pub(crate) enum PeriodBody {
    /// So many days, 1 to 366.
    Days(i64),
    /// So many months, 1 to 366. What began on the 31st is charged on the last day of shorter months.
    Months(i64),
}

impl Valid for StartSubscription {
    type Raw = StartSubscriptionBody;
    fn check(raw: StartSubscriptionBody, check: &mut Check) -> Option<Self> {
        let customer_id = check.field("customer_id", raw.customer_id);
        let amount = check.field("amount", raw.amount);
        let payment = check.field("payment", raw.payment);
        let period = check.field("period", raw.period);
        let first_charge_at = check.field("first_charge_at", raw.first_charge_at);
        Some(Self {
            customer_id: customer_id?,
            amount: amount?,
            payment: payment?,
            period: period?,
            first_charge_at: first_charge_at?,
        })
    }
}

impl Valid for Period {
    type Raw = PeriodBody;
    fn check(raw: PeriodBody, check: &mut Check) -> Option<Self> {
        let (unit, count, period): (_, _, fn(u16) -> Self) = match raw {
            PeriodBody::Days(count) => ("days", count, Self::Days),
            PeriodBody::Months(count) => ("months", count, Self::Months),
        };
        let period = u16::try_from(count).ok().map(period);
        let period = period.filter(|period| period.is_sound());
        if period.is_none() {
            let rule = format!("must be between 1 and {}", Self::MAX);
            check.within(unit, |check| check.refuse("invalid_period", rule));
        }
        period
    }
}

/// Starts a subscription under a new identifier. A process manager then charges it every period.
///
/// # Errors
///
/// When the account is unknown or in another currency, the first charge is too long ago or too far ahead, or
/// nothing could be written.
pub async fn start(
    commands: &Commands,
    request: StartSubscription,
    context: CommandContext,
) -> Result<Answer, CommandError> {
    match check(commands, &request).await {
        Ok(()) => {}
        Err(BusError::Refused(refused)) => return commands.refuse(refused, &context).await,
        Err(error) => return Err(error),
    }
    let id = SubscriptionId::new(commands.new_id());
    let command = SubscriptionCommand::Start {
        customer_id: request.customer_id,
        amount: request.amount,
        method: request.payment,
        period: request.period,
        first_charge_at: request.first_charge_at.unwrap_or_else(|| commands.now()),
    };
    let (id, context) = (id.to_string(), context.on_new_aggregate());
    let answer = commands
        .bus()
        .execute::<Subscription>(&id, command, context)
        .await;
    answer.map_err(|error| error.map_refusal(|refusal| refused(&refusal)))
}

/// Adds the step of amounts that a card can be charged.
fn refused(refusal: &SubscriptionError) -> Refused {
    let refused = Refused::by(refusal);
    match refusal {
        SubscriptionError::NotChargeable(NotChargeable { step }) => refused.with("step", step),
        SubscriptionError::Unknown
        | SubscriptionError::AlreadyStarted
        | SubscriptionError::NotPositive
        | SubscriptionError::Period
        | SubscriptionError::AlreadyCancelled => refused,
    }
}

/// What rests on more than the subscription itself.
async fn check(commands: &Commands, request: &StartSubscription) -> Result<(), CommandError> {
    let mut check = Check::default();
    let ahead = request.first_charge_at.map(|first| first - commands.now());
    if ahead.is_some_and(|ahead| !(-MAX_PAST..=MAX_FUTURE).contains(&ahead)) {
        check.within("first_charge_at", |check| {
            check.refuse(
                "invalid_first_charge",
                "must be at most a day ago and at most five years ahead",
            );
        });
    }
    if let PaymentMethod::Account { account_id } = request.payment {
        let account = commands.fetch::<Account>(account_id).await?;
        let account = account
            .opened()
            .map_err(|refusal| BusError::Refused(Refused::by(&refusal).of_field("payment.account_id")))?;
        if account.currency != request.amount.currency {
            let rule = format!("must be {}, as the account is in it", account.currency);
            check.within("amount.currency", |check| check.refuse("other_currency", rule));
        }
    }
    check.finish().map_err(BusError::Refused)
}

/// Start a subscription
///
/// An amount that is paid every period. A charge that fails is tried again after 1, 3 and 7 days; then the
/// subscription pauses.
#[utoipa::path(
    post,
    path = "/v1/subscriptions",
    operation_id = "start_subscription",
    tag = "subscriptions",
    params(CommandHeaders),
    request_body = StartSubscriptionBody,
    responses(Created, Problems),
)]
pub(super) async fn endpoint(
    State(commands): State<Commands>,
    call: Call<StartSubscription>,
) -> Result<Created, Problem> {
    Ok(start(&commands, call.request, call.context).await?.into())
}
