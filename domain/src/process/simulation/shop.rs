//! The shop: its log, its aggregates, its process managers, and what is on its way between them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    books::Books,
    fault::Fault,
    gateway::Gateway,
    people::People,
    random::Random,
    runner::{Key, Runner},
};
use crate::{
    Command, Event,
    account::Account,
    order::Order,
    payment::{Payment, PaymentCommand, PaymentError},
    process::{Action, Fulfilment, GatewayCall, Recurring, Settlement},
    stock::{Stock, StockCommand, StockError},
    subscription::Subscription,
    testing::value::{noon, refund_id, units},
    value::{AccountId, OrderId, PaymentId, Sku, SubscriptionId},
};

/// Nothing, or what was found to be wrong.
pub(super) type Found = Result<(), String>;

pub(super) fn ensure(holds: bool, wrong: impl FnOnce() -> String) -> Found {
    if holds { Ok(()) } else { Err(wrong()) }
}

/// More turns than any shop of this size needs; whoever needs more never ends.
const MOST_TURNS: usize = 60_000;

/// How much trouble there is: once in so many times.
const DUPLICATES: usize = 12;
const LOST_ACKNOWLEDGEMENTS: usize = 20;
const CRASHES: usize = 300;
const CRASHES_BEFORE_COMMIT: usize = 50;
const PARKED_CALLS: usize = 2;
const LONG_WAITS: usize = 2_500;
const MEDDLING: usize = 400;
const PATIENCE: usize = 6;

/// The refunds that are made on the gateway's own pages are numbered from here.
const MEDDLED_REFUNDS: u128 = 1 << 40;

/// An event in the log.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Recorded {
    pub(super) id: String,
    pub(super) event: Event,
    pub(super) at: DateTime<Utc>,
}

/// What was sent and did not arrive yet.
#[derive(Debug, Clone)]
enum Delivery {
    /// From a process manager: a refusal would stop its process.
    Decided(Key, Box<Command>),
    /// The gateway's answer to a call.
    Answered(Key, Box<Command>),
    /// From people or from the gateway on its own: a refusal is their answer.
    Asked(Box<Command>),
    ToGateway(Key, GatewayCall),
}

#[derive(Debug)]
pub(super) struct Shop {
    pub(super) log: Vec<Recorded>,
    pub(super) now: DateTime<Utc>,
    pub(super) accounts: BTreeMap<AccountId, Account>,
    pub(super) stocks: BTreeMap<Sku, Stock>,
    pub(super) orders: BTreeMap<OrderId, Order>,
    pub(super) payments: BTreeMap<PaymentId, Payment>,
    pub(super) subscriptions: BTreeMap<SubscriptionId, Subscription>,
    pub(super) fulfilment: Runner<Fulfilment>,
    settlement: Runner<Settlement>,
    pub(super) recurring: Runner<Recurring>,
    pub(super) gateway: Gateway,
    pub(super) books: Books,
    /// The keys of the commands that were carried out.
    done: BTreeSet<Key>,
    network: Vec<Delivery>,
    calls: u128,
    pub(super) fault: Fault,
    /// Each step takes a millisecond, and no long time passes between two of them.
    is_rushed: bool,
    random: Random,
}

#[derive(Clone, Copy)]
enum Turn {
    Deliver,
    Read(Manager),
    Send(Manager),
    Ring(Manager),
    Wish,
}

#[derive(Clone, Copy)]
enum Manager {
    Fulfilment,
    Settlement,
    Recurring,
}

/// The same for each process manager.
macro_rules! with {
    ($shop:ident, $manager:expr, $runner:ident => $do:expr) => {
        match $manager {
            Manager::Fulfilment => {
                let $runner = &mut $shop.fulfilment;
                $do
            }
            Manager::Settlement => {
                let $runner = &mut $shop.settlement;
                $do
            }
            Manager::Recurring => {
                let $runner = &mut $shop.recurring;
                $do
            }
        }
    };
}

impl Shop {
    /// A shop in which nothing happened yet.
    pub(super) fn open(seed: u64, fault: Fault) -> Self {
        Self {
            log: Vec::new(),
            now: noon(),
            accounts: BTreeMap::new(),
            stocks: BTreeMap::new(),
            orders: BTreeMap::new(),
            payments: BTreeMap::new(),
            subscriptions: BTreeMap::new(),
            fulfilment: Runner::new(),
            settlement: Runner::new(),
            recurring: Runner::new(),
            gateway: Gateway::default(),
            books: Books::default(),
            done: BTreeSet::new(),
            network: Vec::new(),
            calls: 0,
            fault,
            is_rushed: false,
            random: Random::new(seed),
        }
    }

    /// A shop in which everything happens at once.
    pub(super) fn rush(seed: u64) -> Self {
        Self {
            is_rushed: true,
            ..Self::open(seed, Fault::Sound)
        }
    }

    /// Lets people, process managers and deliveries take turns until there is nothing left to do.
    pub(super) fn live(&mut self, people: &mut People) -> Found {
        for command in people.prepare() {
            self.deliver(Delivery::Asked(Box::new(command)))?;
        }
        let mut turns = Vec::new();
        for _ in 0..MOST_TURNS {
            self.pass_time();
            self.possible(&mut turns, people);
            if turns.is_empty() && !self.wait_for_timer() {
                return Ok(());
            }
            if !turns.is_empty() {
                let turn = self.random.choose(&turns);
                self.take(turn, people)?;
            }
        }
        Err(format!(
            "the shop never comes to rest: {} on their way",
            self.network.len()
        ))
    }

    /// Whether nothing is on its way.
    pub(super) const fn is_quiet(&self) -> bool {
        self.network.is_empty()
    }

    fn pass_time(&mut self) {
        if self.is_rushed {
            self.now += TimeDelta::milliseconds(1);
            return;
        }
        let millis = self.random.up_to(100);
        let wait = if self.random.one_in(LONG_WAITS) {
            TimeDelta::minutes(self.random.up_to(25))
        } else {
            TimeDelta::milliseconds(millis)
        };
        self.now += wait;
    }

    fn possible(&mut self, turns: &mut Vec<Turn>, people: &People) {
        turns.clear();
        turns.extend((!self.network.is_empty()).then_some(Turn::Deliver));
        for manager in [Manager::Fulfilment, Manager::Settlement, Manager::Recurring] {
            let (written, now) = (self.log.len(), self.now);
            with!(self, manager, runner => {
                turns.extend((runner.checkpoint < written).then_some(Turn::Read(manager)));
                turns.extend(runner.has_unsent().then_some(Turn::Send(manager)));
                turns.extend(runner.next_timer().is_some_and(|due| due <= now).then_some(Turn::Ring(manager)));
            });
        }
        // People take their time: most of what they want meets an order that is far on its way.
        if people.has_wishes() && (turns.is_empty() || self.random.one_in(PATIENCE)) {
            turns.push(Turn::Wish);
        }
    }

    /// Nothing happens until the next timer rings.
    fn wait_for_timer(&mut self) -> bool {
        let timers = [
            self.fulfilment.next_timer(),
            self.settlement.next_timer(),
            self.recurring.next_timer(),
        ];
        let next = timers.into_iter().flatten().min();
        self.now = next.map_or(self.now, |due| due.max(self.now));
        next.is_some()
    }

    fn take(&mut self, turn: Turn, people: &mut People) -> Found {
        let fault = self.fault;
        let keep = |action: &Action| fault.keeps(action);
        match turn {
            Turn::Deliver => {
                let delivery = self.random.take(&mut self.network);
                delivery.map_or(Ok(()), |delivery| self.deliver(delivery))?;
            }
            Turn::Read(manager) => {
                let crashes = self.random.one_in(CRASHES_BEFORE_COMMIT);
                with!(self, manager, runner => runner.read(&self.log, crashes, keep));
            }
            Turn::Ring(manager) => {
                let (now, random) = (self.now, &mut self.random);
                with!(self, manager, runner => runner.ring(now, random, keep));
            }
            Turn::Send(manager) => {
                let random = &mut self.random;
                let sent = with!(self, manager, runner => runner.send(random));
                self.network
                    .extend(sent.and_then(|(key, action)| Delivery::of(key, action)));
            }
            Turn::Wish => {
                let wish = people.wish(self);
                self.network
                    .extend(wish.map(|command| Delivery::Asked(Box::new(command))));
            }
        }
        if self.random.one_in(CRASHES) {
            let managers = [Manager::Fulfilment, Manager::Settlement, Manager::Recurring];
            let manager = self.random.choose(&managers);
            with!(self, manager, runner => runner.crash());
        }
        if self.random.one_in(MEDDLING) {
            self.calls += 1;
            let refund_id = refund_id(MEDDLED_REFUNDS + self.calls);
            let facts = self.gateway.meddle(&mut self.random, refund_id).into_iter();
            self.network
                .extend(facts.map(|command| Delivery::Asked(Box::new(command))));
        }
        Ok(())
    }

    fn deliver(&mut self, delivery: Delivery) -> Found {
        if self.random.one_in(DUPLICATES) {
            self.network.push(delivery.clone());
        }
        match delivery {
            Delivery::Asked(command) => match self.decide(&command)? {
                // The gateway repeats what it was not allowed to say; a refund of ours was in its way.
                Err(error) if is_full(error.as_ref()) && is_fact(&command) => {
                    self.network.push(Delivery::Asked(command));
                    Ok(())
                }
                // People may ask for what the rules forbid.
                _ => Ok(()),
            },
            Delivery::Decided(key, command) => {
                self.carry_out_once(&key, &command)?;
                let is_done = !self.random.one_in(LOST_ACKNOWLEDGEMENTS);
                self.acknowledge(&key, is_done);
                Ok(())
            }
            Delivery::Answered(key, command) => {
                self.carry_out_once(&key.of_answer(), &command)?;
                self.acknowledge(&key, true);
                Ok(())
            }
            Delivery::ToGateway(key, call) => {
                self.ask_gateway(key, &call);
                Ok(())
            }
        }
    }

    fn carry_out_once(&mut self, key: &Key, command: &Command) -> Found {
        if self.done.contains(key) && self.fault != Fault::KeysForgotten {
            return Ok(());
        }
        self.done.insert(key.clone());
        match self.decide(command)? {
            Ok(()) => Ok(()),
            // Counted away: the command is parked, people find goods and have it tried again.
            Err(error) if let Some(goods) = missing_goods(error.as_ref(), command) => {
                self.done.remove(key);
                self.network.push(Delivery::Asked(Box::new(goods)));
                self.network
                    .push(Delivery::Decided(key.clone(), Box::new(command.clone())));
                Ok(())
            }
            // Without keys a second command is refused by most aggregates: that is not what is looked for.
            Err(_) if self.fault == Fault::KeysForgotten => Ok(()),
            Err(error) => Err(format!("{command:?} was refused: {error}")),
        }
    }

    fn ask_gateway(&mut self, key: Key, call: &GatewayCall) {
        self.calls += 1;
        let call_key = if self.fault == Fault::NewCallEachTime {
            Uuid::from_u128(self.calls)
        } else {
            call.idempotency_key()
        };
        let heard = self.gateway.hear(call, call_key, &mut self.random);
        let facts = heard.facts.into_iter();
        self.network
            .extend(facts.map(|fact| Delivery::Asked(Box::new(fact))));
        match heard.answer {
            Some(answer) => self.network.push(Delivery::Answered(key, Box::new(answer))),
            // The runner tries again by itself, or gives up and leaves it to the timer.
            None => {
                let is_parked = self.random.one_in(PARKED_CALLS);
                self.acknowledge(&key, is_parked);
            }
        }
    }

    fn acknowledge(&mut self, key: &Key, is_done: bool) {
        self.fulfilment.acknowledge(key, is_done);
        self.settlement.acknowledge(key, is_done);
        self.recurring.acknowledge(key, is_done);
    }
}

impl Delivery {
    fn of(key: Key, action: Action) -> Option<Self> {
        match action {
            Action::Command(command) => Some(Self::Decided(key, command)),
            Action::Gateway(call) => Some(Self::ToGateway(key, call)),
            Action::SetTimer { .. } | Action::CancelTimer { .. } => None,
        }
    }
}

fn is_fact(command: &Command) -> bool {
    matches!(command, Command::Payment(to) if matches!(to.command, PaymentCommand::RecordGatewayFact { .. }))
}

/// The goods that an order needs which shipped although some of its units had been counted away.
fn missing_goods(error: &(dyn std::error::Error + 'static), command: &Command) -> Option<Command> {
    let Command::Stock(to) = command else {
        return None;
    };
    let Some(StockError::Short {
        warehouse, missing, ..
    }) = error.downcast_ref()
    else {
        return None;
    };
    let receive = StockCommand::Receive {
        warehouse: warehouse.clone(),
        quantity: units(i64::try_from(*missing).unwrap()),
        lot: None,
        expires_on: None,
    };
    Some((to.id.clone(), receive).into())
}

fn is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    matches!(
        error.downcast_ref::<PaymentError>(),
        Some(error) if error.may_pass_later()
    )
}
