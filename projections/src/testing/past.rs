//! The random past of a shop: what customers, the gateway and the staff may do, in any order.
//!
//! The same seed makes the same past. What happens after the sale is in `after_sales`.

use domain::{
    account::{AccountCommand, LedgerAccount},
    order::{CancelReason, OrderCommand, PaymentMethod},
    payment::PaymentCommand,
    product::{ProductChange, ProductCommand},
    stock::{ReleaseReason, StockCommand},
};

use super::{Chance, Shop, account_id, customer_id, money, noon, order_id, payment_id, refund_id, sku, text};

impl Shop {
    /// A shop to which so many random commands were sent.
    pub(crate) async fn with_past(seed: u64, commands: usize) -> Self {
        let mut shop = Self::new();
        shop.go_on(seed, commands).await;
        shop
    }

    /// Sends random commands; those that are refused do nothing.
    pub(crate) async fn go_on(&mut self, seed: u64, commands: usize) {
        let mut chance = Chance::new(seed);
        for _ in 0..commands {
            match chance.below(10) {
                0..2 => self.any_account(&mut chance).await,
                2..4 => self.any_order(&mut chance).await,
                4..6 => self.any_payment(&mut chance).await,
                6..8 => self.any_product(&mut chance).await,
                _ => self.any_stock(&mut chance).await,
            }
        }
        self.after_sales(seed, commands / 2).await;
    }

    async fn any_account(&mut self, chance: &mut Chance) {
        let number = u128::from(chance.below(4));
        let currency = if number == 3 { "USD" } else { "EUR" };
        let amount = money(1 + i64::try_from(chance.below(5_000)).unwrap(), currency);
        let payment = u128::from(chance.below(12));
        let (payment_id, order_id) = (payment_id(payment), order_id(payment));
        let reference = text(&format!("movement {}", chance.next()));
        let command = match chance.below(9) {
            0 => AccountCommand::Open {
                owner_id: customer_id(number),
                currency: amount.currency,
            },
            1..4 => AccountCommand::Deposit { amount, reference },
            4 => AccountCommand::Withdraw { amount, reference },
            5 => AccountCommand::Hold {
                payment_id,
                order_id,
                amount,
            },
            6 => AccountCommand::Capture {
                payment_id,
                amount: money(1 + amount.amount / 8, currency),
            },
            7 => AccountCommand::Release { payment_id },
            _ => {
                let refund_id = refund_id(chance.next().into());
                AccountCommand::Refund {
                    payment_id,
                    order_id,
                    refund_id,
                    amount,
                    borne_by: LedgerAccount::default(),
                }
            }
        };
        self.account(number, command).await;
    }

    async fn any_order(&mut self, chance: &mut Chance) {
        let number = u128::from(chance.below(12));
        let command = match chance.below(8) {
            0..3 => {
                let account_id = account_id(number % 4);
                let token = text("tok_approved");
                let payment = match chance.below(2) {
                    0 => PaymentMethod::Account { account_id },
                    _ => PaymentMethod::Card { token },
                };
                return self
                    .place(number, 1 + i64::try_from(chance.below(9)).unwrap(), payment)
                    .await;
            }
            3 => OrderCommand::Confirm,
            4 => OrderCommand::MarkPaid,
            5 => OrderCommand::Ship {
                carrier: Some(text("Post")),
                tracking_number: text("TN 1"),
            },
            6 => OrderCommand::Deliver,
            _ => OrderCommand::Cancel {
                reason: CancelReason::ByCustomer {
                    note: Some(text("too \"dear\"")),
                },
            },
        };
        self.order(number, command).await;
    }

    async fn any_payment(&mut self, chance: &mut Chance) {
        let number = u128::from(chance.below(12));
        let refund = refund_id(u128::from(chance.below(3)));
        let command = match chance.below(10) {
            0..2 => PaymentCommand::Request {
                order_id: order_id(number),
                customer_id: customer_id(number % 3),
                amount: money(2_500, chance.pick(&["EUR", "USD"])),
                method: match number % 2 {
                    0 => PaymentMethod::Card {
                        token: text("tok_approved"),
                    },
                    _ => PaymentMethod::Account {
                        account_id: account_id(number % 4),
                    },
                },
            },
            2..4 => PaymentCommand::RecordAuthorised {
                gateway_reference: None,
            },
            4 => PaymentCommand::RequestCapture,
            5..7 => PaymentCommand::RecordCaptured,
            7 => PaymentCommand::RequestRefund {
                refund_id: refund,
                amount: money(700, chance.pick(&["EUR", "USD"])),
                reason: text("broken"),
            },
            8 => PaymentCommand::RecordRefunded { refund_id: refund },
            _ => PaymentCommand::RecordDeclined {
                code: text("no_funds"),
            },
        };
        self.payment(number, command).await;
    }

    async fn any_product(&mut self, chance: &mut Chance) {
        let number = u128::from(chance.below(4));
        let names = ["Teapot", "Running shoes", "Wireless headphones", "Desk lamp"];
        match chance.below(5) {
            0 => {
                let (name, category) = (
                    chance.pick(&names),
                    chance.pick(&["home/kitchen", "home/office", "audio"]),
                );
                self.list(number, name, category).await;
            }
            1..3 => {
                let price = money(
                    1 + i64::try_from(chance.below(9_000)).unwrap(),
                    chance.pick(&["EUR", "USD"]),
                );
                let sku = (chance.below(2) == 0).then(|| sku(2 * number));
                self.product(number, ProductCommand::SetPrice { sku, price })
                    .await;
            }
            _ => {
                let change = ProductChange {
                    name: Some(text(chance.pick(&names))),
                    active: Some(chance.below(3) > 0),
                    ..ProductChange::default()
                };
                self.product(number, ProductCommand::Update(change)).await;
            }
        }
    }

    async fn any_stock(&mut self, chance: &mut Chance) {
        let number = u128::from(chance.below(8));
        let quantity = (1 + i64::try_from(chance.below(20)).unwrap()).try_into().unwrap();
        let order_id = order_id(u128::from(chance.below(12)));
        let warehouses = ["north", "south"];
        let lot = chance.pick(&[None, Some("L 1")]);
        let expires_on = lot.map(|_| noon().date_naive());
        let lot = lot.map(text);
        let command = match chance.below(8) {
            0..3 => {
                let warehouse = text(chance.pick(&warehouses));
                StockCommand::Receive {
                    warehouse,
                    quantity,
                    lot,
                    expires_on,
                }
            }
            3 => StockCommand::Adjust {
                warehouse: text(chance.pick(&warehouses)),
                difference: i64::try_from(chance.below(9)).unwrap() - 4,
                lot,
                reason: text("counted"),
            },
            4 => StockCommand::Transfer {
                from: text("north"),
                to: text("south"),
                quantity,
                lot,
            },
            5 => StockCommand::Reserve {
                order_id,
                quantity,
                at: noon(),
                expires_at: noon(),
                provisional: false,
            },
            6 => StockCommand::Release {
                order_id,
                reason: ReleaseReason::OrderCancelled,
            },
            _ => StockCommand::Commit { order_id },
        };
        self.stock(number, command).await;
    }
}
