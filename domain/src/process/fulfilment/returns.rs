//! Goods that come back: the units go to the shelf or to the write-offs, the money to the customer.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    Action, REFUND_RETRIES, Running, TimerName, after,
    refund::{Owed, Promised, RefundPart},
};
use crate::{
    account::LedgerAccount,
    order::{Disposal, OrderCommand, TakenBack},
    payment::{GOODS_CAME_BACK, PaymentCommand},
    stock::StockCommand,
    value::{Money, Reason, RefundId, ReturnId},
};

impl Running {
    /// The return was accepted. What is refunded for goods that are lost is borne by the write-offs.
    pub(super) fn take_back(
        &mut self,
        return_id: ReturnId,
        lines: &[TakenBack],
        refund: Money,
        written_off: Money,
    ) -> Vec<Action> {
        let mut actions: Vec<Action> = lines.iter().map(|line| self.shelve(return_id, line)).collect();
        let promised = Promised {
            refund: refund.amount,
            written_off: written_off.amount,
        };
        self.refunds.promise(return_id, promised);
        let parts = [
            (
                "goods",
                refund.amount.saturating_sub(written_off.amount),
                LedgerAccount::Revenue,
            ),
            ("write-offs", written_off.amount, LedgerAccount::WriteOffs),
        ];
        for (name, amount, borne_by) in parts.into_iter().filter(|(_, amount, _)| *amount > 0) {
            let refund_id = returned_refund_id(return_id, name);
            let owed = Owed::new(amount, borne_by, Some(return_id));
            self.refunds.owe(refund_id, owed);
            actions.extend(self.pay_back(RefundPart { refund_id, owed }));
        }
        actions.extend(self.settle_returns());
        actions
    }

    fn shelve(&self, return_id: ReturnId, line: &TakenBack) -> Action {
        let (order_id, quantity) = (self.order_id, line.quantity);
        let command = match &line.disposal {
            Disposal::Restock { warehouse, lot } => StockCommand::Restock {
                order_id,
                return_id,
                warehouse: warehouse.clone(),
                quantity,
                lot: lot.clone(),
            },
            Disposal::WriteOff => StockCommand::WriteOff {
                order_id,
                return_id,
                quantity,
            },
        };
        (line.sku.clone(), command).into()
    }

    fn pay_back(&self, RefundPart { refund_id, owed }: RefundPart) -> Option<Action> {
        Some(self.to_payment(PaymentCommand::RefundAtMost {
            refund_id,
            amount: Money {
                amount: owed.amount,
                ..self.total
            },
            reason: Reason::try_from(GOODS_CAME_BACK.to_owned()).ok()?,
            borne_by: owed.borne_by,
            return_id: owed.return_id,
        }))
    }

    /// Tells the order about returns that can be paid only in part, because other refunds were faster.
    pub(super) fn settle_returns(&mut self) -> Vec<Action> {
        let reduced = self.refunds.give_up_unpayable(self.captured_amount());
        let money = |amount| Money { amount, ..self.total };
        let commands = reduced
            .into_iter()
            .map(|(return_id, promised)| OrderCommand::ReduceRefund {
                return_id,
                refund: money(promised.refund),
                written_off: money(promised.written_off),
            });
        commands.map(|command| self.to_order(command)).collect()
    }

    /// A refund that we owe failed: it is asked for again later, a few times.
    pub(super) fn retry_refund(&mut self, at: DateTime<Utc>) -> Vec<Action> {
        let wait = REFUND_RETRIES.get(self.refunds.next_retry());
        wait.map(|wait| Action::SetTimer {
            name: TimerName::RefundRetry,
            due_at: after(at, *wait),
        })
        .into_iter()
        .collect()
    }

    /// The time has come to ask for failed refunds again.
    pub(super) fn refund_again(&mut self) -> Vec<Action> {
        let mut parts = self.refunds.not_taken_up();
        parts.extend(self.refunds.take_failed());
        let mut actions: Vec<Action> = parts.into_iter().filter_map(|part| self.pay_back(part)).collect();
        actions.extend(self.claim_back());
        actions
    }
}

/// Derived and not random, so that asking twice refunds once.
pub(super) fn returned_refund_id(return_id: ReturnId, part: &str) -> RefundId {
    RefundId::new(Uuid::new_v5(&return_id.uuid(), part.as_bytes()))
}
