//! What of an order's money went back, or is on its way back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::value::{OrderId, RefundId};

/// The refunds of one payment, whoever asked for them: the shop's people or the process itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Refunds {
    /// Every refund that was asked for and did not fail.
    standing: BTreeMap<RefundId, Refund>,
    /// Those that the process itself asked for, oldest first.
    own: Vec<RefundId>,
    /// Whether the payment has not yet taken up the newest of them.
    awaited: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Refund {
    /// In minor units.
    amount: i64,
    done: bool,
}

impl Refunds {
    pub(super) fn requested(&mut self, refund_id: RefundId, amount: i64) {
        self.standing.insert(refund_id, Refund { amount, done: false });
        if self.own.last() == Some(&refund_id) {
            self.awaited = false;
        }
    }

    pub(super) fn done(&mut self, refund_id: RefundId) {
        if let Some(refund) = self.standing.get_mut(&refund_id) {
            refund.done = true;
        }
    }

    pub(super) fn failed(&mut self, refund_id: RefundId) {
        self.standing.remove(&refund_id);
    }

    /// Whether the process itself asked for a refund.
    pub(super) fn is_own(&self, refund_id: RefundId) -> bool {
        self.own.contains(&refund_id)
    }

    /// What came back, in minor units.
    pub(super) fn returned(&self) -> i64 {
        sum(self.standing.values().filter(|refund| refund.done))
    }

    /// The refund of all that nobody asked for yet; nothing when that is nothing.
    ///
    /// Until the payment takes it up, the same refund is asked for again with another amount: a
    /// refund that somebody else asked for in between makes the payment refuse the first amount.
    pub(super) fn ask_for_rest(&mut self, order_id: OrderId, total: i64) -> Option<(RefundId, i64)> {
        let rest = total.saturating_sub(sum(self.standing.values()));
        if rest <= 0 {
            return None;
        }
        let refund_id = match self.own.last() {
            Some(newest) if self.awaited => *newest,
            _ => {
                let next = own_refund_id(order_id, self.own.len());
                self.own.push(next);
                next
            }
        };
        self.awaited = true;
        Some((refund_id, rest))
    }
}

fn sum<'a>(refunds: impl Iterator<Item = &'a Refund>) -> i64 {
    refunds.map(|refund| refund.amount).fold(0, i64::saturating_add)
}

/// Derived and not random, so that asking twice refunds once.
pub(super) fn own_refund_id(order_id: OrderId, earlier: usize) -> RefundId {
    let name = format!("cancelled {earlier}");
    RefundId::new(Uuid::new_v5(&order_id.uuid(), name.as_bytes()))
}
