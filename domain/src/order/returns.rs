//! Goods that come back.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Disposal, MAX_LINES, MAX_OPEN_RETURNS, OrderError, OrderEvent, OrderStatus, PlacedOrder, ReturnLine,
    TakenBack,
};
use crate::value::{Money, OrderId, Reason, ReturnId, Sku};

type Decision = Result<Vec<OrderEvent>, OrderError>;

impl PlacedOrder {
    /// A return that was requested already stays as it is.
    pub(super) fn request_return(
        &self,
        return_id: ReturnId,
        lines: Vec<ReturnLine>,
        reason: Reason,
        exchange_order_id: Option<OrderId>,
    ) -> Decision {
        if self.returns.contains_key(&return_id) || self.ended_returns.contains(&return_id) {
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
    ) -> Decision {
        let Some(awaited) = self.find_open(return_id)? else {
            return Ok(Vec::new());
        };
        if lines.is_empty() || lines.len() > MAX_LINES {
            return Err(OrderError::ReturnLines);
        }
        let mut back: BTreeMap<&Sku, u32> = BTreeMap::new();
        let (mut paid, mut lost): (i64, i64) = (0, 0);
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
            paid = paid.saturating_add(value);
            if line.disposal == Disposal::WriteOff {
                lost = lost.saturating_add(value);
            }
        }
        let (refund, written_off) = self.refund_for(paid, lost, refund)?;
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

    /// A return that ended already is not ended again.
    pub(super) fn reject_return(&self, return_id: ReturnId, reason: Reason) -> Decision {
        let open = self.find_open(return_id)?;
        Ok(open
            .map(|_| OrderEvent::ReturnRejected { return_id, reason })
            .into_iter()
            .collect())
    }

    fn find_open(&self, return_id: ReturnId) -> Result<Option<&Vec<ReturnLine>>, OrderError> {
        match self.returns.get(&return_id) {
            None if !self.ended_returns.contains(&return_id) => Err(OrderError::NoSuchReturn),
            open => Ok(open),
        }
    }

    /// The refund, and the part of it that is for goods which are lost.
    fn refund_for(&self, paid: i64, lost: i64, asked: Option<Money>) -> Result<(Money, Money), OrderError> {
        let currency = self.total.currency;
        let most = Money {
            amount: paid,
            currency,
        };
        let refund = asked.unwrap_or(most);
        if refund.currency != currency || !(0..=paid).contains(&refund.amount) {
            return Err(OrderError::RefundTooLarge { most });
        }
        // A smaller refund is spread over the goods by their price.
        let share = match paid {
            0 => 0,
            paid => i128::from(refund.amount) * i128::from(lost) / i128::from(paid),
        };
        let amount = i64::try_from(share).unwrap_or(refund.amount);
        Ok((refund, Money { amount, currency }))
    }
}
