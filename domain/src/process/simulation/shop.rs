//! The shop: its log, its aggregates, its process managers, and what is on its way between them.

use std::collections::BTreeMap;

use cqrs_es::Aggregate;

use super::{gateway, people::People, random::Random};
use crate::{
    Command, Decide, Event,
    account::Account,
    order::{Order, OrderEvent},
    payment::{Payment, PaymentError, PaymentEvent},
    process::{Action, Fulfilment, GatewayCall, ProcessManager, Settlement},
    product::Product,
    stock::Stock,
    testing::value::noon,
    value::{AccountId, OrderId, PaymentId, ProductId, Sku},
};

/// What was sent and did not arrive yet.
#[derive(Debug)]
enum Delivery {
    /// From a process manager: a refusal would stop its process.
    Decided(Command),
    /// From people or the gateway: a refusal is their answer.
    Asked(Command),
    ToGateway(GatewayCall),
}

/// One process manager, and how far it has read.
#[derive(Debug)]
struct Runner<P> {
    checkpoint: usize,
    processes: BTreeMap<String, P>,
}

#[derive(Debug)]
pub(super) struct Shop {
    pub(super) log: Vec<(String, Event)>,
    pub(super) accounts: BTreeMap<AccountId, Account>,
    pub(super) products: BTreeMap<ProductId, Product>,
    pub(super) stocks: BTreeMap<Sku, Stock>,
    pub(super) orders: BTreeMap<OrderId, Order>,
    pub(super) payments: BTreeMap<PaymentId, Payment>,
    fulfilment: Runner<Fulfilment>,
    settlement: Runner<Settlement>,
    deliveries: Vec<Delivery>,
    random: Random,
}

impl Shop {
    /// A shop in which nothing happened yet.
    pub(super) fn open(random: Random) -> Self {
        Self {
            log: Vec::new(),
            accounts: BTreeMap::new(),
            products: BTreeMap::new(),
            stocks: BTreeMap::new(),
            orders: BTreeMap::new(),
            payments: BTreeMap::new(),
            fulfilment: Runner::new(),
            settlement: Runner::new(),
            deliveries: Vec::new(),
            random,
        }
    }

    /// Lets people, process managers and deliveries take turns until there is nothing left to do.
    pub(super) fn live(&mut self, people: &mut People) {
        for command in people.prepare() {
            self.deliver(Delivery::Asked(command));
        }
        loop {
            let mut turns = Vec::new();
            turns.extend((!self.deliveries.is_empty()).then_some(Turn::Deliver));
            turns.extend((self.fulfilment.checkpoint < self.log.len()).then_some(Turn::Fulfil));
            turns.extend((self.settlement.checkpoint < self.log.len()).then_some(Turn::Settle));
            turns.extend(people.has_wishes().then_some(Turn::Wish));
            if turns.is_empty() {
                return;
            }
            match self.random.choose(&turns) {
                Turn::Deliver => {
                    let delivery = self.random.take(&mut self.deliveries);
                    delivery.into_iter().for_each(|delivery| self.deliver(delivery));
                }
                Turn::Fulfil => self.deliveries.extend(self.fulfilment.turn(&self.log)),
                Turn::Settle => self.deliveries.extend(self.settlement.turn(&self.log)),
                Turn::Wish => {
                    let wish = people.wish(&self.orders);
                    self.deliveries.extend(wish.map(Delivery::Asked));
                }
            }
        }
    }

    fn deliver(&mut self, delivery: Delivery) {
        match delivery {
            Delivery::Asked(command) => {
                // People and gateways may ask for what the rules forbid.
                let _refused = self.decide(command);
            }
            Delivery::Decided(command) => {
                let shown = format!("{command:?}");
                if let Err(error) = self.decide(command) {
                    assert!(is_a_lost_race(error.as_ref()), "{shown} was refused: {error}");
                }
            }
            Delivery::ToGateway(call) => {
                let answer = gateway::answer(call, &mut self.random);
                self.deliveries.push(Delivery::Asked(answer));
            }
        }
    }

    fn decide(&mut self, command: Command) -> Result<(), Box<dyn std::error::Error>> {
        match command {
            Command::Account(to) => send(
                &mut self.accounts,
                &mut self.log,
                to.id,
                to.command,
                Event::Account,
            ),
            Command::Product(to) => send(
                &mut self.products,
                &mut self.log,
                to.id,
                to.command,
                Event::Product,
            ),
            Command::Stock(to) => send(&mut self.stocks, &mut self.log, to.id, to.command, Event::Stock),
            Command::Order(to) => send(&mut self.orders, &mut self.log, to.id, to.command, Event::Order),
            Command::Payment(to) => send(
                &mut self.payments,
                &mut self.log,
                to.id,
                to.command,
                Event::Payment,
            ),
        }
    }

    pub(super) fn fulfilment_of(&self, order_id: OrderId) -> &Fulfilment {
        &self.fulfilment.processes[&order_id.to_string()]
    }

    /// What a payment still holds on any account.
    pub(super) fn hold(&self, payment_id: PaymentId) -> i64 {
        let open = self.accounts.values().filter_map(|account| account.opened().ok());
        open.filter_map(|account| account.holds.get(&payment_id))
            .map(|hold| hold.remaining)
            .sum()
    }

    /// The units that any stock keeps for an order.
    pub(super) fn reservations(&self, order_id: OrderId) -> i64 {
        let reservations = self
            .stocks
            .values()
            .filter_map(|stock| stock.reservations.get(&order_id));
        reservations
            .map(|reservation| i64::from(reservation.quantity))
            .sum()
    }

    /// The units that an order asked for.
    pub(super) fn wanted(&self, order_id: OrderId) -> i64 {
        let lines = self.log.iter().find_map(|(id, event)| match event {
            Event::Order(OrderEvent::Placed { lines, .. }) if *id == order_id.to_string() => Some(lines),
            _ => None,
        });
        lines
            .into_iter()
            .flatten()
            .map(|line| i64::from(line.quantity))
            .sum()
    }

    /// What was captured for an order and did not come back.
    pub(super) fn kept(&self, order_id: OrderId) -> i64 {
        let payments = self.log.iter().filter_map(|(_, event)| match event {
            Event::Payment(event) if event.order_id() == order_id => Some(event),
            _ => None,
        });
        payments
            .map(|event| match event {
                PaymentEvent::Captured { amount, .. } => amount.amount,
                PaymentEvent::Refunded { amount, .. } => -amount.amount,
                _ => 0,
            })
            .sum()
    }
}

#[derive(Clone, Copy)]
enum Turn {
    Deliver,
    Fulfil,
    Settle,
    Wish,
}

/// Our own refund may meet one that people asked for in the same moment; it is asked for again.
fn is_a_lost_race(error: &(dyn std::error::Error + 'static)) -> bool {
    matches!(
        error.downcast_ref::<PaymentError>(),
        Some(PaymentError::MoreThanCaptured { .. })
    )
}

fn send<I, A>(
    aggregates: &mut BTreeMap<I, A>,
    log: &mut Vec<(String, Event)>,
    id: I,
    command: A::Command,
    wrap: fn(A::Event) -> Event,
) -> Result<(), Box<dyn std::error::Error>>
where
    I: Ord + std::fmt::Display,
    A: Aggregate + Decide<Error: 'static>,
{
    let name = id.to_string();
    let aggregate = aggregates.entry(id).or_default();
    for event in aggregate.decide(command)? {
        aggregate.apply(event.clone());
        log.push((name.clone(), wrap(event)));
    }
    Ok(())
}

impl<P: ProcessManager> Runner<P> {
    const fn new() -> Self {
        Self {
            checkpoint: 0,
            processes: BTreeMap::new(),
        }
    }

    /// Reads the next event, as every process manager does at its own pace.
    fn turn(&mut self, log: &[(String, Event)]) -> Vec<Delivery> {
        let (aggregate_id, event) = &log[self.checkpoint];
        self.checkpoint += 1;
        let Some(id) = P::route(aggregate_id, event) else {
            return Vec::new();
        };
        let process = self.processes.entry(id).or_default();
        let actions = process.react(aggregate_id, event, noon());
        let delivery = |action| match action {
            Action::Command(command) => Delivery::Decided(*command),
            Action::Gateway(call) => Delivery::ToGateway(call),
        };
        actions.into_iter().map(delivery).collect()
    }
}
