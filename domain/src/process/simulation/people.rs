//! The people of the shop: who buys, who changes their mind, who ships, who refunds.

use std::collections::BTreeMap;

use super::{
    gateway::{APPROVED, CAPTURE_FAILS, DECLINED},
    random::Random,
};
use crate::{
    Command,
    account::AccountCommand,
    order::{CancelReason, Line, Order, OrderCommand, OrderStatus, PaymentMethod, Placement},
    payment::PaymentCommand,
    stock::StockCommand,
    testing::value::{
        account_id, address, customer_id, eur, line, order_id, payment_id, refund_id, sku, text, units,
    },
    value::{Currency, OrderId},
};

pub(super) const SKUS: [&str; 3] = ["BED", "CHAIR", "LAMP"];
const ACCOUNTS: u128 = 3;
const ORDERS: u128 = 12;
/// How often people want something after the orders are placed.
const WISHES: usize = 240;

pub(super) struct People {
    random: Random,
    orders_to_place: Vec<u128>,
    wishes: usize,
    refunds: u128,
}

impl People {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            random: Random::new(!seed),
            orders_to_place: (1..=ORDERS).collect(),
            wishes: WISHES,
            refunds: 0,
        }
    }

    /// Accounts with some money and stocks with some units: enough for most orders, not for all.
    pub(super) fn prepare(&mut self) -> Vec<Command> {
        let mut commands: Vec<Command> = Vec::new();
        for number in 1..=ACCOUNTS {
            let open = AccountCommand::Open {
                owner_id: customer_id(number),
                currency: Currency::EUR,
            };
            let deposit = AccountCommand::Deposit {
                amount: eur(self.random.up_to(8_000)),
                reference: text("savings"),
            };
            commands.extend([open, deposit].map(|command| (account_id(number), command).into()));
        }
        for name in SKUS {
            for warehouse in ["north", "south"] {
                let receive = StockCommand::Receive {
                    warehouse: text(warehouse),
                    quantity: units(self.random.up_to(12)),
                    lot: None,
                    expires_on: None,
                };
                commands.push((sku(name), receive).into());
            }
        }
        commands
    }

    pub(super) const fn has_wishes(&self) -> bool {
        self.wishes > 0 || !self.orders_to_place.is_empty()
    }

    /// What somebody wants now; orders are placed before and between everything else.
    pub(super) fn wish(&mut self, orders: &BTreeMap<OrderId, Order>) -> Option<Command> {
        let places = self.wishes == 0 || self.random.one_in(3);
        if places && let Some(number) = self.random.take(&mut self.orders_to_place) {
            return Some((order_id(number), self.place(number)).into());
        }
        self.wishes = self.wishes.saturating_sub(1);
        let number = self.random.up_to(12);
        let number = u128::try_from(number).unwrap();
        let Some(Order::Placed(order)) = orders.get(&order_id(number)) else {
            return None;
        };
        self.wish_for(number, &order.status)
    }

    fn wish_for(&mut self, number: u128, status: &OrderStatus) -> Option<Command> {
        let to_order = |command| Some((order_id(number), command).into());
        match self.random.below(20) {
            0 => to_order(OrderCommand::Cancel {
                reason: CancelReason::ByCustomer { note: None },
            }),
            1 | 2 => {
                self.refunds += 1;
                let refund = PaymentCommand::RequestRefund {
                    refund_id: refund_id(self.refunds),
                    amount: eur(self.random.up_to(400)),
                    reason: text("broken"),
                };
                Some((payment_id(number), refund).into())
            }
            10..=14 if *status == OrderStatus::Shipped => to_order(OrderCommand::Deliver),
            3..=6 => to_order(OrderCommand::Ship {
                carrier: None,
                tracking_number: text("SW-1"),
            }),
            7 => {
                let receive = StockCommand::Receive {
                    warehouse: text("north"),
                    quantity: units(self.random.up_to(3)),
                    lot: None,
                    expires_on: None,
                };
                Some((sku(self.random.choose(&SKUS)), receive).into())
            }
            8 => {
                let adjust = StockCommand::Adjust {
                    warehouse: text("south"),
                    difference: -self.random.up_to(2),
                    lot: None,
                    reason: text("counted"),
                };
                Some((sku(self.random.choose(&SKUS)), adjust).into())
            }
            9 => {
                let number = 1 + self.random.below(3);
                let withdraw = AccountCommand::Withdraw {
                    amount: eur(self.random.up_to(300)),
                    reference: text(&format!("w{}", self.wishes)),
                };
                Some((account_id(u128::try_from(number).unwrap()), withdraw).into())
            }
            _ => None,
        }
    }

    fn place(&mut self, number: u128) -> OrderCommand {
        let count = 1 + self.random.below(3);
        let lines = (0..count).map(|_| self.line()).collect();
        OrderCommand::Place(Box::new(Placement {
            customer_id: customer_id(number),
            lines,
            payment_id: payment_id(number),
            payment: self.method(),
            shipping_address: address(),
            expected_total: None,
        }))
    }

    /// The same SKU may be on two lines of an order.
    fn line(&mut self) -> Line {
        let name = self.random.choose(&SKUS);
        line(name, self.random.up_to(4), eur(self.random.up_to(500)))
    }

    fn method(&mut self) -> PaymentMethod {
        let tokens = [APPROVED, APPROVED, DECLINED, CAPTURE_FAILS];
        if self.random.one_in(2) {
            // One account more than there are: it is unknown.
            let account = 1 + self.random.below(4);
            return PaymentMethod::Account {
                account_id: account_id(u128::try_from(account).unwrap()),
            };
        }
        PaymentMethod::Card {
            token: text(self.random.choose(&tokens)),
        }
    }
}
