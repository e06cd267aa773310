//! The command bus: a command is decided, its events are written, and each of them is checked.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;

use super::{
    fault::Fault,
    shop::{Recorded, Shop},
};
use crate::{Command, Decide, Event, account::AccountCommand, stock::StockCommand};

pub(super) type Refused = Box<dyn std::error::Error>;

impl Shop {
    /// Decides a command, writes its events, and checks each of them. The outer error is one of the shop.
    pub(super) fn decide(&mut self, command: &Command) -> Result<Result<(), Refused>, String> {
        let mut written = self.log.len();
        self.plant(command);
        let (log, now) = (&mut self.log, self.now);
        let decided = match command.clone() {
            Command::Account(to) => send(&mut self.accounts, log, now, to.id, to.command, Event::Account),
            Command::Stock(to) => send(&mut self.stocks, log, now, to.id, to.command, Event::Stock),
            Command::Order(to) => send(&mut self.orders, log, now, to.id, to.command, Event::Order),
            Command::Payment(to) => send(&mut self.payments, log, now, to.id, to.command, Event::Payment),
            Command::Subscription(to) => send(
                &mut self.subscriptions,
                log,
                now,
                to.id,
                to.command,
                Event::Subscription,
            ),
            Command::Product(_) | Command::Warehouse(_) => Ok(()),
        };
        let first = written;
        while written < self.log.len() {
            let Recorded { id, event, .. } = &self.log[written];
            self.books.enter(id, event)?;
            written += 1;
        }
        if let Some(Recorded { id, event, .. }) = self.log.get(first) {
            self.check(id, event)?;
        }
        Ok(decided)
    }

    /// Faults inside of an aggregate.
    fn plant(&mut self, command: &Command) {
        match (self.fault, command) {
            (Fault::Oversold, Command::Stock(to)) if matches!(to.command, StockCommand::Reserve { .. }) => {
                let stock = self.stocks.entry(to.id.clone()).or_default();
                stock.buckets.iter_mut().for_each(|bucket| bucket.reserved = 0);
            }
            (Fault::RefundDoubled, Command::Account(to))
                if matches!(to.command, AccountCommand::Refund { .. }) =>
            {
                let (log, now) = (&mut self.log, self.now);
                let command = to.command.clone();
                let _refused = send(&mut self.accounts, log, now, to.id, command, Event::Account);
            }
            _ => {}
        }
    }
}

fn send<I, A>(
    aggregates: &mut BTreeMap<I, A>,
    log: &mut Vec<Recorded>,
    at: DateTime<Utc>,
    id: I,
    command: A::Command,
    wrap: fn(A::Event) -> Event,
) -> Result<(), Refused>
where
    I: Ord + std::fmt::Display,
    A: Aggregate + Decide<Error: 'static>,
{
    let name = id.to_string();
    let aggregate = aggregates.entry(id).or_default();
    for event in aggregate.decide(command)? {
        aggregate.apply(event.clone());
        log.push(Recorded {
            id: name.clone(),
            event: wrap(event),
            at,
        });
    }
    Ok(())
}
