//! What of an order's money went back, or is on its way back.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::REFUND_RETRIES;
use crate::{
    account::LedgerAccount,
    value::{OrderId, RefundId, ReturnId},
};

/// The refunds of one payment, whoever asked for them: the shop's people or the process itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Refunds {
    /// Every refund that was asked for and did not fail.
    standing: BTreeMap<RefundId, Refund>,
    /// Those that the process itself asked for, oldest first.
    own: Vec<RefundId>,
    /// Whether the payment has not yet taken up the newest of them.
    awaited: bool,
    /// What is owed for goods that came back and did not arrive yet.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    owed: BTreeMap<RefundId, Owed>,
    /// What is owed and failed, until it is asked for again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    failed: Vec<RefundPart>,
    /// What each accepted return was promised, as far as it is not settled.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    promised: BTreeMap<ReturnId, Promised>,
    /// How often refunds of the process failed since the last one that arrived.
    #[serde(default)]
    failures: usize,
}

/// Money that is owed for goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Owed {
    /// In minor units.
    pub(super) amount: i64,
    /// Which account of the shop bears it.
    pub(super) borne_by: LedgerAccount,
    /// The return whose goods it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) return_id: Option<ReturnId>,
    /// Whether the payment knows of it.
    #[serde(default)]
    is_taken_up: bool,
}

/// The money of one return, as the order has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Promised {
    /// In minor units.
    pub(super) refund: i64,
    /// The part of it that is for goods which are lost.
    pub(super) written_off: i64,
}

impl Owed {
    pub(super) const fn new(amount: i64, borne_by: LedgerAccount, return_id: Option<ReturnId>) -> Self {
        Self {
            amount,
            borne_by,
            return_id,
            is_taken_up: false,
        }
    }
}

/// Money that is owed, and the refund that brings it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RefundPart {
    pub(super) refund_id: RefundId,
    pub(super) owed: Owed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Refund {
    /// In minor units.
    amount: i64,
    done: bool,
}

impl Refunds {
    /// The payment took a refund up, perhaps with less than was asked for: somebody else's refund was in the way.
    pub(super) fn requested(&mut self, refund_id: RefundId, amount: i64) {
        self.standing.insert(refund_id, Refund { amount, done: false });
        if self.own.last() == Some(&refund_id) {
            self.awaited = false;
        }
        if let Some(owed) = self.owed.get_mut(&refund_id) {
            owed.is_taken_up = true;
            let rest = owed.amount.saturating_sub(amount);
            owed.amount = amount;
            if rest > 0 {
                let owed = Owed::new(rest, owed.borne_by, owed.return_id);
                let refund_id = derived(refund_id, "rest");
                self.failed.push(RefundPart { refund_id, owed });
            }
        }
    }

    /// What is owed and the payment did not take up: there was nothing left to give back then.
    pub(super) fn not_taken_up(&self) -> Vec<RefundPart> {
        let waiting = self.owed.iter().filter(|(_, owed)| !owed.is_taken_up);
        waiting
            .map(|(refund_id, owed)| RefundPart {
                refund_id: *refund_id,
                owed: *owed,
            })
            .collect()
    }

    /// The money came back; a refund that was made at the gateway itself is heard of only now.
    pub(super) fn done(&mut self, refund_id: RefundId, amount: i64) {
        let heard = Refund { amount, done: true };
        self.standing.entry(refund_id).or_insert(heard).done = true;
        if self.owed.remove(&refund_id).is_some() || self.own.contains(&refund_id) {
            self.failures = 0;
        }
    }

    /// Notes a failure; says whether the process itself had asked for the refund.
    pub(super) fn failed(&mut self, refund_id: RefundId) -> bool {
        self.standing.remove(&refund_id);
        if let Some(owed) = self.owed.remove(&refund_id) {
            self.failed.push(RefundPart { refund_id, owed });
            return true;
        }
        self.own.contains(&refund_id)
    }

    pub(super) fn owe(&mut self, refund_id: RefundId, owed: Owed) {
        self.owed.insert(refund_id, owed);
    }

    /// What a return was promised when it was accepted.
    pub(super) fn promise(&mut self, return_id: ReturnId, promised: Promised) {
        self.promised.insert(return_id, promised);
    }

    /// Gives up what is owed and can never be paid: all that was captured is back with the customer, and no refund
    /// is under way whose failure could leave something. Returns what is left of each promise that became less.
    pub(super) fn give_up_unpayable(&mut self, captured: i64) -> Vec<(ReturnId, Promised)> {
        let is_open = self.standing.values().any(|refund| !refund.done);
        if is_open || sum(self.standing.values()) < captured {
            return Vec::new();
        }
        let unpaid = std::mem::take(&mut self.owed).into_values();
        let failed = std::mem::take(&mut self.failed).into_iter();
        let mut changed = BTreeSet::new();
        for owed in unpaid.chain(failed.map(|part| part.owed)) {
            let Some(return_id) = owed.return_id else { continue };
            let Some(promised) = self.promised.get_mut(&return_id) else {
                continue;
            };
            promised.refund = promised.refund.saturating_sub(owed.amount);
            if owed.borne_by == LedgerAccount::WriteOffs {
                promised.written_off = promised.written_off.saturating_sub(owed.amount);
            }
            changed.insert(return_id);
        }
        let reduced = changed.into_iter().filter_map(|return_id| {
            let promised = self.promised.get(&return_id)?;
            Some((return_id, *promised))
        });
        reduced.collect()
    }

    /// Which retry the next one is, counted from zero.
    pub(super) fn next_retry(&mut self) -> usize {
        let retry = self.failures;
        self.failures = retry.saturating_add(1);
        retry
    }

    /// Whether no refund is asked for any more: people must look.
    pub(super) fn gave_up(&self) -> bool {
        self.failures > REFUND_RETRIES.len()
    }

    /// What failed, each under a new name, because the old refund has ended.
    pub(super) fn take_failed(&mut self) -> Vec<RefundPart> {
        let failed = std::mem::take(&mut self.failed);
        let renamed = failed
            .into_iter()
            .map(|RefundPart { refund_id, owed }| RefundPart {
                refund_id: derived(refund_id, "again"),
                owed: Owed::new(owed.amount, owed.borne_by, owed.return_id),
            });
        let renamed: Vec<RefundPart> = renamed.collect();
        self.owed
            .extend(renamed.iter().map(|part| (part.refund_id, part.owed)));
        renamed
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

fn derived(refund_id: RefundId, name: &str) -> RefundId {
    RefundId::new(Uuid::new_v5(&refund_id.uuid(), name.as_bytes()))
}
