//! Goods that come back.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Disposal, EndedReturn, MAX_LINES, MAX_OPEN_RETURNS, MAX_RETURNS, OrderError, OrderEvent, OrderStatus,
    PlacedOrder, ReturnLine, TakenBack,
};
use crate::{
    payment::gateway_amount::smallest_charge,
    value::{Money, OrderId, Reason, ReturnId, Sku, shares},
};

type Decision = Result<Vec<OrderEvent>, OrderError>;

/// A return that is known.
enum Found<'a> {
    /// It waits for its goods.
    Open(&'a [ReturnLine]),
    /// It ended.
    Ended(&'a EndedReturn),
}

impl PlacedOrder {
    /// A return that was requested already stays as it is.
    pub(super) fn request_return(
        &self,
        return_id: ReturnId,
        lines: Vec<ReturnLine>,
        reason: Reason,
        exchange_order_id: Option<OrderId>,
    ) -> Decision {
        if self.find(return_id).is_ok() {
            return Ok(Vec::new());
        }
        match &self.status {
            OrderStatus::Shipped | OrderStatus::Delivered => {}
            OrderStatus::Cancelled(_) => return Err(OrderError::AlreadyCancelled),
            OrderStatus::Returned => return Err(OrderError::AlreadyReturned),
            OrderStatus::Placed | OrderStatus::Confirmed | OrderStatus::Paid => {
                return Err(OrderError::NotShipped);
            }
        }
        if self.returns.len().saturating_add(self.ended_returns.len()) >= MAX_RETURNS {
            return Err(OrderError::TooManyReturnsInAll);
        }
        if self.returns.len() >= MAX_OPEN_RETURNS {
            return Err(OrderError::TooManyReturns);
        }
        let skus: BTreeSet<&Sku> = lines.iter().map(|line| &line.sku).collect();
        if lines.is_empty() || skus.len() < lines.len() {
            return Err(OrderError::ReturnLines);
        }
        for line in &lines {
            let returnable = self.sold.get(&line.sku).map_or(0, super::Sold::returnable);
            if line.quantity.units() > returnable {
                let sku = line.sku.clone();
                return Err(OrderError::MoreThanSold { sku, returnable });
            }
        }
        Ok(vec![OrderEvent::ReturnRequested {
            return_id,
            lines,
            reason,
            exchange_order_id,
        }])
    }

    /// What does not come back stays with the customer; what comes back was asked for.
    pub(super) fn accept_return(
        &self,
        return_id: ReturnId,
        lines: Vec<TakenBack>,
        refund: Option<Money>,
        left: Option<Money>,
    ) -> Decision {
        let awaited = match self.find(return_id)? {
            Found::Open(awaited) => awaited,
            Found::Ended(EndedReturn::Accepted {
                lines: before,
                decided,
                ..
            }) if *before == lines && refund.is_none_or(|refund| refund == *decided) => {
                return Ok(Vec::new());
            }
            Found::Ended(_) => return Err(OrderError::ReturnDecided),
        };
        if lines.is_empty() || lines.len() > MAX_LINES {
            return Err(OrderError::ReturnLines);
        }
        let mut back: BTreeMap<&Sku, u32> = BTreeMap::new();
        let mut paid: Vec<i64> = Vec::with_capacity(lines.len());
        for line in &lines {
            let earlier = back.entry(&line.sku).or_default();
            let units = line.quantity.units();
            let returnable = awaited.iter().find(|awaited| awaited.sku == line.sku);
            let returnable = returnable.map_or(0, |awaited| awaited.quantity.units());
            if earlier.saturating_add(units) > returnable {
                let sku = line.sku.clone();
                return Err(OrderError::MoreThanSold { sku, returnable });
            }
            let value = self
                .sold
                .get(&line.sku)
                .map_or(0, |sold| sold.paid_for(*earlier, units));
            *earlier = earlier.saturating_add(units);
            paid.push(value);
        }
        let refund = self.refund_for(&paid, refund, left)?;
        // What is less than was paid is spread over the lines by their price.
        let lost = shares(refund.amount, &paid)
            .into_iter()
            .zip(&lines)
            .filter(|(_, line)| line.disposal == Disposal::WriteOff)
            .fold(0_i64, |sum, (share, _)| sum.saturating_add(share));
        // Each of both parts is a refund of its own.
        let written_off = self.chargeable_part(Money {
            amount: lost,
            ..refund
        });
        let is_back = |(sku, sold): (&Sku, &super::Sold)| sold.is_back(back.get(sku).copied().unwrap_or(0));
        let all = self.sold.iter().all(is_back).then_some(OrderEvent::Returned {});
        let mut events = vec![OrderEvent::ReturnAccepted {
            return_id,
            lines,
            refund,
            written_off,
        }];
        events.extend(all);
        Ok(events)
    }

    /// The same rejection twice is one; another decision than the first is refused.
    pub(super) fn reject_return(&self, return_id: ReturnId, reason: Reason) -> Decision {
        match self.find(return_id)? {
            Found::Open(_) => Ok(vec![OrderEvent::ReturnRejected { return_id, reason }]),
            Found::Ended(EndedReturn::Rejected { reason: before }) if *before == reason => Ok(Vec::new()),
            Found::Ended(_) => Err(OrderError::ReturnDecided),
        }
    }

    /// The refund of an accepted return only ever becomes less: the payment had no more to give.
    pub(super) fn reduce_refund(
        &self,
        return_id: ReturnId,
        refund: Money,
        written_off: Money,
    ) -> Vec<OrderEvent> {
        match self.ended_returns.get(&return_id) {
            Some(EndedReturn::Accepted { refund: before, .. }) if refund.amount < before.amount => {
                vec![OrderEvent::RefundReduced {
                    return_id,
                    refund,
                    written_off,
                }]
            }
            _ => Vec::new(),
        }
    }

    fn find(&self, return_id: ReturnId) -> Result<Found<'_>, OrderError> {
        if let Some(awaited) = self.returns.get(&return_id) {
            return Ok(Found::Open(awaited));
        }
        let ended = self.ended_returns.get(&return_id);
        ended.map(Found::Ended).ok_or(OrderError::NoSuchReturn)
    }

    /// The money that goes back: at most what was paid for the goods, and at most what the payment can still give
    /// for goods after the returns before this one.
    fn refund_for(
        &self,
        paid: &[i64],
        asked: Option<Money>,
        left: Option<Money>,
    ) -> Result<Money, OrderError> {
        let currency = self.total.currency;
        let paid = paid.iter().copied().fold(0, i64::saturating_add);
        let left = left
            .map_or(self.total.amount, |left| left.amount)
            .saturating_sub(self.promised());
        let most = self.chargeable_part(Money {
            amount: paid.min(left).max(0),
            currency,
        });
        let refund = asked.unwrap_or(most);
        if refund.currency != currency || !(0..=most.amount).contains(&refund.amount) {
            return Err(OrderError::RefundTooLarge { most });
        }
        if self.chargeable_part(refund) != refund {
            let step = smallest_charge(currency);
            return Err(OrderError::RefundStep { step });
        }
        Ok(refund)
    }

    /// An amount without what the gateway cannot give back to a card; see [`smallest_charge`].
    fn chargeable_part(&self, money: Money) -> Money {
        if !self.by_card {
            return money;
        }
        let step = smallest_charge(money.currency).amount;
        Money {
            amount: money.amount - money.amount % step,
            ..money
        }
    }

    /// What went back or goes back for accepted returns, in minor units.
    fn promised(&self) -> i64 {
        let refunds = self.ended_returns.values().map(|end| match end {
            EndedReturn::Accepted { refund, .. } => refund.amount,
            EndedReturn::Rejected { .. } => 0,
        });
        refunds.fold(0, i64::saturating_add)
    }
}
