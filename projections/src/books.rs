//! Sales, the ledger and the payments say the same of the shop's money, at every position of any history.
//!
//! The histories are random; they are made by the real aggregates, with the real process that carries a payment to
//! its account or to the gateway, and read by the real folds of both read models.

use std::collections::{BTreeMap, VecDeque};

use cqrs_es::{Aggregate, DomainEvent as _};
use domain::{
    Command, Decide, Event,
    account::{Account, AccountCommand, AccountEvent, LedgerAccount},
    order::{Order, OrderCommand, PaymentMethod, Placement},
    payment::{GatewayFact, Payment, PaymentCommand, PaymentEvent, PaymentPhase, PaymentSource},
    process::{Action, GatewayCall, ProcessManager as _, Settlement},
    value::{AccountId, Currency, Money, OrderId, PaymentId, SubscriptionId},
};
use event_store::{Decoder, RecordedEvent};
use proptest::{collection::vec, prelude::*, sample::select};
use uuid::Uuid;

use crate::{
    balances::BalancesBatch,
    recorded::Recorded,
    sales::SalesBatch,
    testing::{
        account_id, address, customer_id, money, noon, order_id, payment_id, product_id, refund_id, sku, text,
    },
};

/// What is asked of the shop.
#[derive(Debug, Clone)]
enum Step {
    Deposit(u128, Money),
    Request(u128, Money, Payer),
    Capture(u128),
    Void(u128),
    Refund(u128, u128, Money),
    RefundAtMost(u128, u128, Money, LedgerAccount),
    Fact(u128, GatewayFact),
}

/// Who pays, and for what.
#[derive(Debug, Clone, Copy)]
enum Payer {
    Account(u128),
    Card,
    CardOfSubscription,
}

/// What the gateway answers to captures and refunds.
#[derive(Debug, Clone, Copy)]
enum Gateway {
    Approves,
    CapturesAPart,
    Declines,
}

#[derive(Default)]
struct Shop {
    accounts: BTreeMap<AccountId, Account>,
    orders: BTreeMap<OrderId, Order>,
    payments: BTreeMap<PaymentId, Payment>,
    settlements: BTreeMap<String, Settlement>,
    log: Vec<(String, Event)>,
}

fn numbers() -> impl Strategy<Value = u128> {
    1..=4_u128
}

fn amounts() -> impl Strategy<Value = Money> {
    let amounts = prop_oneof![6 => 1..=3_000_i64, 1 => Just(Money::MAX_AMOUNT)];
    let currencies = prop_oneof![5 => Just("EUR"), 1 => Just("USD")];
    (amounts, currencies).prop_map(|(amount, currency)| money(amount, currency))
}

fn payers() -> impl Strategy<Value = Payer> {
    prop_oneof![
        numbers().prop_map(Payer::Account),
        Just(Payer::Card),
        Just(Payer::CardOfSubscription),
    ]
}

fn facts() -> impl Strategy<Value = GatewayFact> {
    let refunds = || (1..=6_u128).prop_map(refund_id);
    let reference = || text("pi_1");
    prop_oneof![
        proptest::option::of(amounts()).prop_map(move |amount| GatewayFact::Captured {
            gateway_reference: reference(),
            amount,
        }),
        (refunds(), amounts()).prop_map(|(refund_id, amount)| GatewayFact::Refunded { refund_id, amount }),
        (refunds(), amounts())
            .prop_map(|(refund_id, amount)| GatewayFact::RefundedInAll { refund_id, amount }),
        Just(GatewayFact::Voided),
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    let bearers = || select(vec![LedgerAccount::Revenue, LedgerAccount::WriteOffs]);
    prop_oneof![
        2 => (numbers(), amounts()).prop_map(|(account, amount)| Step::Deposit(account, amount)),
        4 => (1..=6_u128, amounts(), payers()).prop_map(|(id, amount, payer)| Step::Request(id, amount, payer)),
        4 => (1..=6_u128).prop_map(Step::Capture),
        1 => (1..=6_u128).prop_map(Step::Void),
        3 => (1..=6_u128, 1..=6_u128, amounts()).prop_map(|(id, refund, amount)| Step::Refund(id, refund, amount)),
        2 => (1..=6_u128, 1..=6_u128, amounts(), bearers())
            .prop_map(|(id, refund, amount, borne_by)| Step::RefundAtMost(id, refund, amount, borne_by)),
        2 => (1..=6_u128, facts()).prop_map(|(id, fact)| Step::Fact(id, fact)),
    ]
}

fn gateways() -> impl Strategy<Value = Gateway> {
    select(vec![
        Gateway::Approves,
        Gateway::Approves,
        Gateway::CapturesAPart,
        Gateway::Declines,
    ])
}

impl Shop {
    fn take(&mut self, step: Step, gateway: Gateway) {
        let first = match step {
            Step::Deposit(number, amount) => {
                let open = AccountCommand::Open {
                    owner_id: customer_id(number),
                    currency: amount.currency,
                };
                self.settle((account_id(number), open).into(), gateway);
                let reference = text(&format!("deposit {}", self.log.len()));
                (account_id(number), AccountCommand::Deposit { amount, reference }).into()
            }
            Step::Request(number, amount, payer) => self.request(number, amount, payer, gateway),
            Step::Capture(number) => (payment_id(number), PaymentCommand::RequestCapture).into(),
            Step::Void(number) => (payment_id(number), PaymentCommand::RequestVoid).into(),
            Step::Refund(number, refund, amount) => {
                let reason = text("broken");
                let refund_id = refund_id(refund);
                let command = PaymentCommand::RequestRefund {
                    refund_id,
                    amount,
                    reason,
                };
                (payment_id(number), command).into()
            }
            Step::RefundAtMost(number, refund, amount, borne_by) => {
                let command = PaymentCommand::RefundAtMost {
                    refund_id: refund_id(refund),
                    amount,
                    reason: text("goods came back"),
                    borne_by,
                    return_id: None,
                };
                (payment_id(number), command).into()
            }
            Step::Fact(number, fact) => {
                (payment_id(number), PaymentCommand::RecordGatewayFact { fact }).into()
            }
        };
        self.settle(first, gateway);
    }

    /// Places the order first, if the payment is of one.
    fn request(&mut self, number: u128, amount: Money, payer: Payer, gateway: Gateway) -> Command {
        let method = match payer {
            Payer::Account(account) => PaymentMethod::Account {
                account_id: account_id(account),
            },
            Payer::Card | Payer::CardOfSubscription => PaymentMethod::Card {
                token: text("tok_approved"),
            },
        };
        let order_id = match payer {
            Payer::CardOfSubscription => {
                OrderId::of_subscription(SubscriptionId::new(Uuid::from_u128(number)))
            }
            Payer::Account(_) | Payer::Card => order_id(number),
        };
        if !order_id.is_of_subscription() {
            let line = domain::order::Line {
                sku: sku(number),
                product_id: product_id(number),
                name: "Teapot".to_owned(),
                quantity: 1.try_into().unwrap(),
                unit_price: amount,
                tax_rate_bp: 1_900,
            };
            let placement = Placement {
                customer_id: customer_id(1),
                lines: vec![line],
                payment_id: payment_id(number),
                payment: method.clone(),
                shipping_address: address(),
                expected_total: None,
            };
            let place = OrderCommand::Place(Box::new(placement));
            self.settle((order_id, place).into(), gateway);
        }
        let request = PaymentCommand::Request {
            order_id,
            customer_id: customer_id(1),
            amount,
            method,
        };
        (payment_id(number), request).into()
    }

    /// Carries a command out, and everything that the settlement of its payment asks for then.
    fn settle(&mut self, command: Command, gateway: Gateway) {
        let mut queue = VecDeque::from([command]);
        while let Some(command) = queue.pop_front() {
            for (id, event) in self.decide(command) {
                self.log.push((id.clone(), event.clone()));
                let Some(process) = Settlement::route(&id, &event) else {
                    continue;
                };
                let settlement = self.settlements.entry(process).or_default();
                for action in settlement.react(&id, &event, noon()) {
                    match action {
                        Action::Command(command) => queue.push_back(*command),
                        Action::Gateway(call) => queue.push_back(answer(&call, gateway)),
                        Action::SetTimer { .. } | Action::CancelTimer { .. } => {}
                    }
                }
            }
        }
    }

    fn decide(&mut self, command: Command) -> Vec<(String, Event)> {
        match command {
            Command::Account(to) => decide(&mut self.accounts, to.id, to.command, Event::Account),
            Command::Order(to) => decide(&mut self.orders, to.id, to.command, Event::Order),
            Command::Payment(to) => decide(&mut self.payments, to.id, to.command, Event::Payment),
            Command::Product(_) | Command::Stock(_) | Command::Subscription(_) | Command::Warehouse(_) => {
                Vec::new()
            }
        }
    }
}

fn decide<I, A>(
    aggregates: &mut BTreeMap<I, A>,
    id: I,
    command: A::Command,
    wrap: fn(A::Event) -> Event,
) -> Vec<(String, Event)>
where
    I: Ord + std::fmt::Display,
    A: Aggregate + Decide,
{
    let name = id.to_string();
    let aggregate = aggregates.entry(id).or_default();
    let events = aggregate.decide(command).unwrap_or_default();
    let mut written = Vec::new();
    for event in events {
        aggregate.apply(event.clone());
        written.push((name.clone(), wrap(event)));
    }
    written
}

fn answer(call: &GatewayCall, gateway: Gateway) -> Command {
    let code = || text("no");
    let command = match (call, gateway) {
        (GatewayCall::Authorise { payment_id, .. }, _) => PaymentCommand::RecordAuthorised {
            gateway_reference: Some(text(&format!("pi_{payment_id}"))),
        },
        (GatewayCall::Capture { .. }, Gateway::Approves) => PaymentCommand::RecordCaptured,
        (GatewayCall::Capture { amount, .. }, Gateway::CapturesAPart) => PaymentCommand::RecordPartCaptured {
            amount: Money {
                amount: 1 + amount.amount / 2,
                ..*amount
            },
        },
        (GatewayCall::Capture { .. }, Gateway::Declines) => {
            PaymentCommand::RecordCaptureFailed { code: code() }
        }
        (GatewayCall::Void { .. }, _) => PaymentCommand::RecordVoided,
        (GatewayCall::Refund { refund_id, .. }, Gateway::Declines) => PaymentCommand::RecordRefundFailed {
            refund_id: *refund_id,
            code: code(),
        },
        (GatewayCall::Refund { refund_id, .. }, Gateway::Approves | Gateway::CapturesAPart) => {
            PaymentCommand::RecordRefunded {
                refund_id: *refund_id,
            }
        }
    };
    (call.payment_id(), command).into()
}

type Sums = BTreeMap<Currency, i128>;

fn add(sums: &mut Sums, currency: Currency, amount: i128) {
    *sums.entry(currency).or_default() += amount;
    sums.retain(|_, sum| *sum != 0);
}

/// What the payments of the shop have captured and not given back, as their own states say, and what their accounts
/// have moved that they have not recorded yet.
#[derive(Default)]
struct Payments {
    states: BTreeMap<String, Payment>,
    ahead: Sums,
}

impl Payments {
    fn read(&mut self, id: &str, event: &Event) {
        match event {
            Event::Payment(event) => {
                match event {
                    PaymentEvent::Captured {
                        amount,
                        source: PaymentSource::Account,
                        ..
                    } => add(&mut self.ahead, amount.currency, -i128::from(amount.amount)),
                    PaymentEvent::Refunded {
                        amount,
                        source: PaymentSource::Account,
                        ..
                    } => add(&mut self.ahead, amount.currency, amount.amount.into()),
                    _ => {}
                }
                self.states.entry(id.to_owned()).or_default().apply(event.clone());
            }
            Event::Account(AccountEvent::HoldCaptured { amount, .. }) => {
                add(&mut self.ahead, amount.currency, amount.amount.into());
            }
            Event::Account(AccountEvent::Refunded { amount, .. }) => {
                add(&mut self.ahead, amount.currency, -i128::from(amount.amount));
            }
            _ => {}
        }
    }

    fn net(&self) -> Sums {
        let mut sums = self.ahead.clone();
        for payment in self.states.values().filter_map(|payment| payment.open().ok()) {
            if payment.phase != PaymentPhase::Captured {
                continue;
            }
            let done = payment.refunds.values().filter(|refund| refund.done);
            let refunded: i128 = done.map(|refund| i128::from(refund.amount)).sum();
            add(
                &mut sums,
                payment.amount.currency,
                i128::from(payment.captured) - refunded,
            );
        }
        sums
    }
}

fn recorded(position: i64, id: &str, event: &Event) -> Recorded {
    let payload = match event {
        Event::Account(event) => serde_json::to_string(event),
        Event::Order(event) => serde_json::to_string(event),
        Event::Payment(event) => serde_json::to_string(event),
        Event::Product(_) | Event::Stock(_) | Event::Subscription(_) | Event::Warehouse(_) => {
            unreachable!("no such command is sent")
        }
    };
    let version = match event {
        Event::Account(event) => event.event_version(),
        Event::Order(event) => event.event_version(),
        Event::Payment(event) => event.event_version(),
        Event::Product(_) | Event::Stock(_) | Event::Subscription(_) | Event::Warehouse(_) => {
            unreachable!("no such command is sent")
        }
    };
    let envelope = RecordedEvent {
        position,
        aggregate_type: event.aggregate_type().to_owned(),
        aggregate_id: id.to_owned(),
        sequence: position,
        event_type: event.event_type(),
        event_version: version,
        payload: payload.unwrap(),
        metadata: "{}".to_owned(),
        recorded_at: noon(),
    };
    Recorded::decode(&Decoder::new(domain::upcasters()), envelope).unwrap()
}

proptest! {
    #[test]
    fn sales_the_ledger_and_the_payments_agree_at_every_position(
        steps in vec((steps(), gateways()), 0..60),
    ) {
        let mut shop = Shop::default();
        for (step, gateway) in steps {
            shop.take(step, gateway);
        }
        let (mut sales, mut balances) = (SalesBatch::default(), BalancesBatch::default());
        let mut payments = Payments::default();
        for (position, (id, event)) in (1..).zip(&shop.log) {
            let recorded = recorded(position, id, event);
            sales.apply(&recorded).unwrap();
            balances.apply(&recorded).unwrap();
            payments.read(id, event);
            let ledger = balances.sums_of(&[LedgerAccount::Revenue, LedgerAccount::WriteOffs]);
            prop_assert_eq!(&sales.net(), &ledger, "at {} {:?}", position, event);
            prop_assert_eq!(&payments.net(), &ledger, "at {} {:?}", position, event);
        }
        // Nothing is on its way any more, so the payments alone say the same.
        prop_assert!(payments.ahead.is_empty(), "{:?}", payments.ahead);
    }
}

/// A charge of a subscription and its refund, which were in the ledger and not in the sales.
#[test]
fn a_charge_of_a_subscription_and_its_refund_are_in_the_sales() {
    let mut shop = Shop::default();
    for step in [
        Step::Request(1, money(1_500, "EUR"), Payer::CardOfSubscription),
        Step::Capture(1),
        Step::Refund(1, 1, money(500, "EUR")),
    ] {
        shop.take(step, Gateway::Approves);
    }
    let mut sales = SalesBatch::default();
    for (position, (id, event)) in (1..).zip(&shop.log) {
        sales.apply(&recorded(position, id, event)).unwrap();
    }
    assert_eq!(sales.net(), Sums::from([(money(1, "EUR").currency, 1_000)]));
}
