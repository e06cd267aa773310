//! What happens beside the sale: returns, subscriptions, thresholds and warehouses.

use chrono::TimeDelta;
use domain::{
    order::{Disposal, OrderCommand, PaymentMethod, ReturnLine, TakenBack},
    payment::PaymentCommand,
    stock::StockCommand,
    subscription::{Period, SubscriptionCommand},
    value::{PaymentId, Quantity},
    warehouse::WarehouseCommand,
};

use super::{
    Chance, Shop, account_id, customer_id, money, noon, payment_id, refund_id, return_id, sku,
    subscription_id, text,
};

impl Shop {
    /// Sends random commands; those that are refused do nothing.
    pub(crate) async fn after_sales(&mut self, seed: u64, commands: usize) {
        let mut chance = Chance::new(seed ^ 0x5eed);
        for step in 0..commands {
            match chance.below(8) {
                0..4 => self.any_return(&mut chance).await,
                4..6 => self.any_subscription(&mut chance, step).await,
                6 => self.any_threshold(&mut chance).await,
                _ => self.any_warehouse(&mut chance).await,
            }
        }
    }

    async fn any_return(&mut self, chance: &mut Chance) {
        let number = u128::from(chance.below(12));
        let return_id = return_id(number * 4 + u128::from(chance.below(4)));
        // An order of a shop in the tests is of one SKU.
        let sku = sku(number % 8);
        let units: Quantity = (1 + i64::try_from(chance.below(3)).unwrap()).try_into().unwrap();
        let command = match chance.below(9) {
            0 => OrderCommand::Confirm,
            1 => OrderCommand::MarkPaid,
            2 => OrderCommand::Ship {
                carrier: None,
                tracking_number: text("TN 2"),
            },
            3..6 => OrderCommand::RequestReturn {
                return_id,
                lines: vec![ReturnLine { sku, quantity: units }],
                reason: text("too small"),
                exchange_order_id: None,
            },
            6..8 => OrderCommand::AcceptReturn {
                return_id,
                lines: vec![TakenBack {
                    sku,
                    quantity: 1.try_into().unwrap(),
                    disposal: match chance.below(2) {
                        0 => Disposal::WriteOff,
                        _ => Disposal::Restock {
                            warehouse: text("north"),
                            lot: None,
                        },
                    },
                }],
                refund: None,
                left: None,
            },
            _ => OrderCommand::RejectReturn {
                return_id,
                reason: text("worn"),
            },
        };
        self.order(number, command).await;
        if i64::from(units) > 1 {
            // Less than the price of a unit, so that what was refunded for the return may become less twice.
            let refund = money(200 * i64::from(units), "EUR");
            let reduce = OrderCommand::ReduceRefund {
                return_id,
                refund,
                written_off: refund,
            };
            self.order(number, reduce).await;
        }
        let failed = PaymentCommand::RecordRefundFailed {
            refund_id: refund_id(u128::from(chance.below(3))),
            code: text("account_closed"),
        };
        self.payment(number, failed).await;
    }

    async fn any_subscription(&mut self, chance: &mut Chance, step: usize) {
        let number = u128::from(chance.below(4));
        let at = noon() + TimeDelta::days(i64::try_from(step).unwrap());
        // A charge has a payment of its own; an answer names the charge that is under way.
        let fresh = payment_id(1_000 + u128::try_from(self.head().await).unwrap());
        let payment_id = self.charge_under_way(number).unwrap_or(fresh);
        let command = match chance.below(9) {
            0 => SubscriptionCommand::Start {
                customer_id: customer_id(number % 3),
                amount: money(990, "EUR"),
                method: match number % 2 {
                    0 => PaymentMethod::Card {
                        token: text("tok_approved"),
                    },
                    _ => PaymentMethod::Account {
                        account_id: account_id(number),
                    },
                },
                period: Period::Days(1),
                first_charge_at: noon(),
            },
            1..4 => SubscriptionCommand::Charge {
                at,
                payment_id: fresh,
            },
            4 => SubscriptionCommand::RecordCharged { payment_id },
            5 => SubscriptionCommand::RecordChargeFailed {
                payment_id,
                code: text("no_funds"),
                at,
            },
            6 => SubscriptionCommand::Pause,
            7 => SubscriptionCommand::Resume { at },
            _ if chance.below(8) == 0 => SubscriptionCommand::Cancel {
                note: Some(text("moved away")),
            },
            _ => SubscriptionCommand::Charge {
                at,
                payment_id: fresh,
            },
        };
        self.subscription(number, command).await;
    }

    fn charge_under_way(&self, number: u128) -> Option<PaymentId> {
        let id = subscription_id(number);
        let (_, subscription) = self.subscriptions().find(|(found, _)| *found == id)?;
        subscription.open().ok()?.charge.map(|charge| charge.payment_id)
    }

    async fn any_threshold(&mut self, chance: &mut Chance) {
        let number = u128::from(chance.below(8));
        let threshold = match chance.below(4) {
            0 => None,
            _ => Some(chance.below(60)),
        };
        self.stock(number, StockCommand::SetLowStockThreshold { threshold })
            .await;
    }

    async fn any_warehouse(&mut self, chance: &mut Chance) {
        let code = chance.pick(&["north", "south", "west"]);
        let command = match chance.below(5) {
            0..2 => WarehouseCommand::Open {
                name: text(chance.pick(&["North", "South"])),
                location: None,
            },
            2 => WarehouseCommand::Change {
                name: Some(text(chance.pick(&["North", "South", "West"]))),
                location: Some(text(chance.pick(&["Harbour 1", "Harbour 2"]))),
            },
            3 => WarehouseCommand::Close,
            _ => WarehouseCommand::Reopen,
        };
        self.warehouse(code, command).await;
    }
}
