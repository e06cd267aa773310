//! Command in, events or a refusal out.

use std::collections::BTreeMap;

use super::{
    CancelReason, Line, MAX_LINES, Order, OrderCommand, OrderError, OrderEvent, OrderStatus, PaymentMethod,
    PlacedOrder, Placement,
};
use crate::{
    Decide,
    payment::gateway_amount::check_chargeable,
    value::{Money, Quantity, Sku},
};

type Decision = Result<Vec<OrderEvent>, OrderError>;

impl Decide for Order {
    fn decide(&self, command: OrderCommand) -> Decision {
        match command {
            OrderCommand::Place(placement) => match self {
                Self::Unplaced => place(*placement),
                Self::Placed(_) => Err(OrderError::AlreadyPlaced),
            },
            OrderCommand::Confirm => Ok(self.placed()?.confirm()),
            OrderCommand::MarkPaid => Ok(self.placed()?.mark_paid()),
            OrderCommand::Cancel { reason } => self.placed()?.cancel(reason),
            OrderCommand::Ship {
                carrier,
                tracking_number,
            } => {
                self.placed()?.can_ship()?;
                Ok(vec![OrderEvent::Shipped {
                    carrier,
                    tracking_number,
                }])
            }
            OrderCommand::Deliver => self.placed()?.deliver(),
            OrderCommand::RequestReturn {
                return_id,
                lines,
                reason,
                exchange_order_id,
            } => self
                .placed()?
                .request_return(return_id, lines, reason, exchange_order_id),
            OrderCommand::AcceptReturn {
                return_id,
                lines,
                refund,
                left,
            } => self.placed()?.accept_return(return_id, lines, refund, left),
            OrderCommand::ReduceRefund {
                return_id,
                refund,
                written_off,
            } => Ok(self.placed()?.reduce_refund(return_id, refund, written_off)),
            OrderCommand::RejectReturn { return_id, reason } => {
                self.placed()?.reject_return(return_id, reason)
            }
        }
    }
}

impl Order {
    /// The order, if it was placed.
    ///
    /// # Errors
    ///
    /// [`OrderError::Unknown`] when nobody placed it.
    pub fn placed(&self) -> Result<&PlacedOrder, OrderError> {
        match self {
            Self::Placed(order) => Ok(order),
            Self::Unplaced => Err(OrderError::Unknown),
        }
    }
}

fn place(placement: Placement) -> Decision {
    let Placement {
        customer_id,
        lines,
        payment_id,
        payment,
        shipping_address,
        expected_total,
    } = placement;
    let (total, tax) = sum(&lines)?;
    units_by_sku(&lines)?;
    // Refused before units are set aside and the gateway is asked in vain.
    if let PaymentMethod::Card { .. } = payment {
        check_chargeable(total)?;
    }
    if expected_total.is_some_and(|expected| expected != total) {
        return Err(OrderError::TotalChanged { total });
    }
    Ok(vec![OrderEvent::Placed {
        customer_id,
        lines,
        total,
        tax,
        payment_id,
        payment,
        shipping_address,
    }])
}

/// The sum of the lines and the tax within it, rounded line by line as on an invoice.
fn sum(lines: &[Line]) -> Result<(Money, Money), OrderError> {
    let first = lines
        .first()
        .filter(|_| lines.len() <= MAX_LINES)
        .ok_or(OrderError::LineCount)?;
    let currency = first.unit_price.currency;
    let (mut total, mut tax) = (Money::zero(currency), Money::zero(currency));
    for line in lines {
        if line.unit_price.currency != currency {
            return Err(OrderError::MixedCurrencies);
        }
        if line.unit_price.amount <= 0 {
            return Err(OrderError::PriceNotPositive);
        }
        let gross = line
            .unit_price
            .times(line.quantity.units())
            .ok_or(OrderError::TotalTooLarge)?;
        total.amount += gross.amount;
        tax.amount += gross.contained_tax(line.tax_rate_bp).amount;
        if total.amount > Money::MAX_AMOUNT {
            return Err(OrderError::TotalTooLarge);
        }
    }
    Ok((total, tax))
}

/// How many units of each SKU an order asks for, the same SKU on several lines taken together.
///
/// # Errors
///
/// [`OrderError::TooManyUnits`] when no stock could set as many aside at once.
pub fn units_by_sku(lines: &[Line]) -> Result<BTreeMap<Sku, Quantity>, OrderError> {
    let mut units = BTreeMap::new();
    for line in lines {
        let sum = match units.get(&line.sku) {
            None => Some(line.quantity),
            Some(sum) => line.quantity.plus(*sum),
        };
        let sum = sum.ok_or_else(|| OrderError::TooManyUnits(line.sku.clone()))?;
        units.insert(line.sku.clone(), sum);
    }
    Ok(units)
}

impl PlacedOrder {
    /// An order that was cancelled in the meantime stays cancelled: whoever confirms it learns so
    /// from the log and undoes what was done.
    fn confirm(&self) -> Vec<OrderEvent> {
        if self.status == OrderStatus::Placed {
            vec![OrderEvent::Confirmed {}]
        } else {
            Vec::new()
        }
    }

    fn mark_paid(&self) -> Vec<OrderEvent> {
        if self.status == OrderStatus::Confirmed {
            vec![OrderEvent::Paid {}]
        } else {
            Vec::new()
        }
    }

    /// An order already cancelled stays as it is: the command is answered with no event.
    fn cancel(&self, reason: CancelReason) -> Decision {
        match self.status {
            OrderStatus::Placed | OrderStatus::Confirmed | OrderStatus::Paid => {
                Ok(vec![OrderEvent::Cancelled { reason }])
            }
            OrderStatus::Cancelled(_) => Ok(Vec::new()),
            OrderStatus::Shipped | OrderStatus::Delivered | OrderStatus::Returned => {
                Err(OrderError::AlreadyShipped)
            }
        }
    }

    fn can_ship(&self) -> Result<(), OrderError> {
        match self.status {
            OrderStatus::Paid => Ok(()),
            OrderStatus::Placed | OrderStatus::Confirmed => Err(OrderError::NotPaid),
            OrderStatus::Shipped | OrderStatus::Delivered | OrderStatus::Returned => {
                Err(OrderError::AlreadyShipped)
            }
            OrderStatus::Cancelled(_) => Err(OrderError::AlreadyCancelled),
        }
    }

    fn deliver(&self) -> Decision {
        match self.status {
            OrderStatus::Shipped => Ok(vec![OrderEvent::Delivered {}]),
            OrderStatus::Delivered | OrderStatus::Returned => Ok(Vec::new()),
            OrderStatus::Cancelled(_) => Err(OrderError::AlreadyCancelled),
            OrderStatus::Placed | OrderStatus::Confirmed | OrderStatus::Paid => Err(OrderError::NotShipped),
        }
    }
}
