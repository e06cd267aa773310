//! The people of the shop: who buys, who changes their mind, who ships, who refunds, who subscribes.

use super::{
    gateway::{APPROVED, CAPTURE_FAILS, DECLINED, TIMEOUT_THEN_APPROVED, TIMEOUT_THEN_DECLINED},
    random::Random,
    shop::Shop,
};
use crate::{
    Command,
    account::AccountCommand,
    order::{
        CancelReason, Disposal, Line, Order, OrderCommand, OrderStatus, PaymentMethod, Placement, ReturnLine,
        TakenBack,
    },
    payment::PaymentCommand,
    stock::StockCommand,
    subscription::{Period, Subscription, SubscriptionCommand, SubscriptionStatus},
    testing::value::{
        account_id, address, customer_id, eur, line, order_id, payment_id, refund_id, return_id, sku,
        subscription_id, text, units,
    },
    value::Currency,
};

const SKUS: [&str; 3] = ["BED", "CHAIR", "LAMP"];
const ACCOUNTS: u128 = 3;
/// Orders of one shop: enough to compete for the same units.
pub(super) const ORDERS: u128 = 24;
/// How often people want something after the orders are placed.
const WISHES: usize = 150;
const SUBSCRIPTIONS: u128 = 2;

/// People who come all at once, and what they are after: a few of everything, and not enough for all.
const RIVALS: u128 = 120;
const SOUGHT: [&str; 6] = ["ASH", "BIRCH", "CEDAR", "ELM", "FIR", "OAK"];
const SOUGHT_UNITS: i64 = 20;

pub(super) struct People {
    random: Random,
    are_rivals: bool,
    orders_to_place: Vec<u128>,
    wishes: usize,
    subscriptions_to_end: u128,
    refunds: u128,
    returns: u128,
}

impl People {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            random: Random::new(!seed),
            are_rivals: false,
            orders_to_place: (1..=ORDERS).collect(),
            wishes: WISHES,
            subscriptions_to_end: SUBSCRIPTIONS,
            refunds: 0,
            returns: 0,
        }
    }

    /// Rich people who want the last units of several things, and nothing else.
    pub(super) fn rivals(seed: u64) -> Self {
        Self {
            are_rivals: true,
            orders_to_place: (1..=RIVALS).collect(),
            wishes: 0,
            subscriptions_to_end: 0,
            ..Self::new(seed)
        }
    }

    fn prepare_for_rivals() -> Vec<Command> {
        let open = AccountCommand::Open {
            owner_id: customer_id(1),
            currency: Currency::EUR,
        };
        let deposit = AccountCommand::Deposit {
            amount: eur(1_000_000),
            reference: text("savings"),
        };
        let mut commands: Vec<Command> = [open, deposit]
            .map(|command| (account_id(1), command).into())
            .into();
        let receive = StockCommand::Receive {
            warehouse: text("north"),
            quantity: units(SOUGHT_UNITS),
            lot: None,
            expires_on: None,
        };
        commands.extend(SOUGHT.map(|name| (sku(name), receive.clone()).into()));
        commands
    }

    /// One unit each of two or three things.
    fn compete(&mut self, number: u128) -> OrderCommand {
        let mut things = SOUGHT.to_vec();
        let count = 2 + self.random.below(2);
        let lines = (0..count).filter_map(|_| self.random.take(&mut things));
        OrderCommand::Place(Box::new(Placement {
            customer_id: customer_id(number),
            lines: lines.map(|name| line(name, 1, eur(100))).collect(),
            payment_id: payment_id(number),
            payment: PaymentMethod::Account {
                account_id: account_id(1),
            },
            shipping_address: address(),
            expected_total: None,
        }))
    }

    /// Accounts with some money and stocks with some units: enough for most orders, not for all.
    pub(super) fn prepare(&mut self) -> Vec<Command> {
        if self.are_rivals {
            return Self::prepare_for_rivals();
        }
        let mut commands: Vec<Command> = Vec::new();
        for number in 1..=ACCOUNTS {
            let open = AccountCommand::Open {
                owner_id: customer_id(number),
                currency: Currency::EUR,
            };
            let deposit = AccountCommand::Deposit {
                amount: eur(self.random.up_to(16_000)),
                reference: text("savings"),
            };
            commands.extend([open, deposit].map(|command| (account_id(number), command).into()));
        }
        for name in SKUS {
            for warehouse in ["north", "south"] {
                let receive = StockCommand::Receive {
                    warehouse: text(warehouse),
                    quantity: units(self.random.up_to(24)),
                    lot: None,
                    expires_on: None,
                };
                commands.push((sku(name), receive).into());
            }
        }
        commands
    }

    pub(super) const fn has_wishes(&self) -> bool {
        self.wishes > 0 || !self.orders_to_place.is_empty() || self.subscriptions_to_end > 0
    }

    /// What somebody wants now; orders are placed before and between everything else.
    pub(super) fn wish(&mut self, shop: &Shop) -> Option<Command> {
        let places = self.wishes == 0 || self.random.one_in(3);
        if places && let Some(number) = self.random.take(&mut self.orders_to_place) {
            return Some((order_id(number), self.place(number)).into());
        }
        if self.wishes == 0 {
            return self.end_subscriptions(shop);
        }
        self.wishes -= 1;
        let number = self.number(ORDERS);
        match self.random.below(24) {
            0..=2 => self.subscribe(shop),
            3 => self.stock(),
            4 => self.money(number),
            _ => match shop.orders.get(&order_id(number)) {
                Some(Order::Placed(order)) => self.wish_for(number, &order.status, shop),
                _ => None,
            },
        }
    }

    /// A subscription would go on for ever: in the end somebody cancels it.
    fn end_subscriptions(&mut self, shop: &Shop) -> Option<Command> {
        let id = subscription_id(self.subscriptions_to_end);
        let is_open = matches!(
            shop.subscriptions.get(&id),
            Some(Subscription::Open(open)) if open.status != SubscriptionStatus::Cancelled
        );
        if is_open {
            return Some((id, SubscriptionCommand::Cancel { note: None }).into());
        }
        // What is on its way may still start it.
        if shop.is_quiet() {
            self.subscriptions_to_end -= 1;
        }
        None
    }

    fn number(&mut self, limit: u128) -> u128 {
        1 + u128::try_from(self.random.below(usize::try_from(limit).unwrap())).unwrap()
    }

    fn wish_for(&mut self, number: u128, status: &OrderStatus, shop: &Shop) -> Option<Command> {
        let to_order = |command| Some((order_id(number), command).into());
        let left = matches!(status, OrderStatus::Shipped | OrderStatus::Delivered);
        match self.random.below(8) {
            0 => to_order(OrderCommand::Cancel {
                reason: CancelReason::ByCustomer { note: None },
            }),
            1 if self.random.one_in(3) => to_order(OrderCommand::Cancel {
                reason: CancelReason::ShippingRefused {
                    note: text("not on the shelf"),
                },
            }),
            2 if *status == OrderStatus::Shipped => to_order(OrderCommand::Deliver),
            2..=4 if left => to_order(self.send_back(number, shop)?),
            _ if !left => to_order(OrderCommand::Ship {
                carrier: None,
                tracking_number: text("SW-1"),
            }),
            _ => None,
        }
    }

    /// Requests a return, or ends one that was requested.
    fn send_back(&mut self, number: u128, shop: &Shop) -> Option<OrderCommand> {
        let Some(Order::Placed(order)) = shop.orders.get(&order_id(number)) else {
            return None;
        };
        if let Some((id, lines)) = order.returns.iter().next() {
            if self.random.one_in(5) {
                return Some(OrderCommand::RejectReturn {
                    return_id: *id,
                    reason: text("used"),
                });
            }
            let lines = lines.iter().map(|line| self.take_back(line)).collect();
            let refund = self.random.one_in(4).then(|| eur(1));
            return Some(OrderCommand::AcceptReturn {
                return_id: *id,
                lines,
                refund,
                left: shop.left_for_goods(order.payment_id),
            });
        }
        self.returns += 1;
        let lines = order.sold.iter().filter(|(_, sold)| sold.returnable() > 0);
        let lines = lines.map(|(sku, sold)| ReturnLine {
            sku: sku.clone(),
            quantity: units(self.random.up_to(sold.returnable())),
        });
        Some(OrderCommand::RequestReturn {
            return_id: return_id(number * 1000 + self.returns),
            lines: lines.collect(),
            reason: text("too bright"),
            exchange_order_id: None,
        })
    }

    fn take_back(&mut self, line: &ReturnLine) -> TakenBack {
        let restock = Disposal::Restock {
            warehouse: text("north"),
            lot: None,
        };
        TakenBack {
            sku: line.sku.clone(),
            quantity: line.quantity,
            disposal: if self.random.one_in(2) {
                restock
            } else {
                Disposal::WriteOff
            },
        }
    }

    fn subscribe(&mut self, shop: &Shop) -> Option<Command> {
        let number = self.number(SUBSCRIPTIONS);
        let command = match self.random.below(6) {
            0..=2 => SubscriptionCommand::Start {
                customer_id: customer_id(number),
                amount: eur(self.random.up_to(200)),
                method: self.method(),
                period: Period::Days(1),
                first_charge_at: shop.now,
            },
            3 => SubscriptionCommand::Pause,
            4 => SubscriptionCommand::Resume { at: shop.now },
            _ if self.random.one_in(4) => SubscriptionCommand::Cancel { note: None },
            _ => return None,
        };
        Some((subscription_id(number), command).into())
    }

    fn stock(&mut self) -> Option<Command> {
        let warehouse = text("north");
        let quantity = units(self.random.up_to(4));
        let command = match self.random.below(3) {
            0 => StockCommand::Receive {
                warehouse,
                quantity,
                lot: None,
                expires_on: None,
            },
            1 => StockCommand::Transfer {
                from: warehouse,
                to: text("south"),
                quantity,
                lot: None,
            },
            _ => StockCommand::Adjust {
                warehouse: text("south"),
                difference: -self.random.up_to(2),
                lot: None,
                reason: text("counted"),
            },
        };
        Some((sku(self.random.choose(&SKUS)), command).into())
    }

    fn money(&mut self, number: u128) -> Option<Command> {
        if self.random.one_in(2) {
            self.refunds += 1;
            let refund = PaymentCommand::RequestRefund {
                refund_id: refund_id(self.refunds),
                amount: eur(self.random.up_to(400)),
                reason: text("broken"),
            };
            return Some((payment_id(number), refund).into());
        }
        let withdraw = AccountCommand::Withdraw {
            amount: eur(self.random.up_to(300)),
            reference: text(&format!("w{}", self.wishes)),
        };
        Some((account_id(self.number(ACCOUNTS)), withdraw).into())
    }

    fn place(&mut self, number: u128) -> OrderCommand {
        if self.are_rivals {
            return self.compete(number);
        }
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
        let tokens = [
            APPROVED,
            APPROVED,
            APPROVED,
            DECLINED,
            CAPTURE_FAILS,
            TIMEOUT_THEN_APPROVED,
            TIMEOUT_THEN_DECLINED,
        ];
        if self.random.one_in(2) {
            // One account more than there are: it is unknown.
            let account_id = account_id(self.number(ACCOUNTS + 1));
            return PaymentMethod::Account { account_id };
        }
        PaymentMethod::Card {
            token: text(self.random.choose(&tokens)),
        }
    }
}
