//! Lets the past of the shop happen: places the orders, and takes each as far as its plan says.
//!
//! What the process managers did is learned from the log, never by asking again and again: an order is
//! shipped, delivered or cancelled in answer to the event that makes it possible.

use std::{
    collections::{HashMap, hash_map::Entry},
    time::Duration,
};

use command_api::orders;
use domain::{
    order::PaymentMethod,
    value::{InvalidValue, Reason},
};
use event_store::{BusError, Filter, Position, RecordedEvent, Subscription};

use super::{
    error::DemoError,
    loader::{Loader, each},
    order::{Fate, OrderLine, OrderPlan, Payment},
    plan::Plan,
    product::text,
    progress::Progress,
};

/// How many events are read at once.
const PAGE: usize = 500;
/// How long no order may move before the load gives up.
const PATIENCE: Duration = Duration::from_secs(60);
/// Who carries the parcels.
const CARRIERS: &[&str] = &["DHL", "GLS", "Post NL", "DPD"];

/// How the orders ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Outcomes {
    /// The customer has it.
    pub(crate) delivered: usize,
    /// It is on its way.
    pub(crate) shipped: usize,
    /// It waits for the warehouse.
    pub(crate) paid: usize,
    /// By the customer, for want of stock, or for want of money.
    pub(crate) cancelled: usize,
}

/// What an event of an order means to its plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Ship,
    Deliver,
    Cancel,
    /// The plan ends here.
    Done,
}

/// An order that has not ended, with its number in the plan.
type Open<'plan> = HashMap<String, (usize, &'plan OrderPlan)>;

impl Outcomes {
    /// All orders.
    pub(crate) const fn total(&self) -> usize {
        self.delivered + self.shipped + self.paid + self.cancelled
    }

    fn count(&mut self, event_type: &str) {
        match event_type {
            "OrderDelivered" => self.delivered += 1,
            "OrderShipped" => self.shipped += 1,
            "OrderPaid" => self.paid += 1,
            _ => self.cancelled += 1,
        }
    }
}

impl Fate {
    /// What is to be done after an event. Whatever the plan did not foresee ends it: customers of the
    /// running shop may have been faster.
    fn step_after(self, event_type: &str) -> Step {
        match (event_type, self) {
            ("OrderPaid", Self::Delivered | Self::Shipped) => Step::Ship,
            ("OrderPaid", Self::Cancelled) => Step::Cancel,
            ("OrderShipped", Self::Delivered) => Step::Deliver,
            _ => Step::Done,
        }
    }
}

impl Loader<'_> {
    /// Places all orders and stays with them until each has come as far as its plan says.
    ///
    /// Everything that happened to them stands after the position: those of an earlier, unfinished load
    /// included.
    pub(super) async fn orders(
        &self,
        plan: &Plan,
        after: Position,
        progress: &Progress,
    ) -> Result<Outcomes, DemoError> {
        let placed = progress.stage("placed", plan.orders.len());
        let ended = progress.stage("orders", plan.orders.len());
        let ((), outcomes) = tokio::try_join!(
            each(&plan.orders, &placed, |number, order| self.place(number, order)),
            self.follow(plan, after, &ended),
        )?;
        ended.finish();
        Ok(outcomes)
    }

    async fn place(&self, number: usize, order: &OrderPlan) -> Result<(), DemoError> {
        let line = |line: &OrderLine| orders::RequestedLine {
            sku: line.sku.clone(),
            quantity: line.quantity,
        };
        let request = orders::PlaceOrder {
            customer_id: order.customer_id,
            lines: order.lines.iter().map(line).collect(),
            payment: method(order.payment)?,
            shipping_address: order.shipping_address.clone(),
            // Prices may have changed since an earlier, unfinished load; the orders are placed all the same.
            expected_total: None,
            currency: None,
        };
        self.send(format!("order:{number}"), async |context| {
            let commands = self.commands_with_ids([order.payment_id.uuid(), order.id.uuid()]);
            orders::place(&commands, request.clone(), context).await
        })
        .await?;
        Ok(())
    }

    async fn follow(
        &self,
        plan: &Plan,
        after: Position,
        bar: &indicatif::ProgressBar,
    ) -> Result<Outcomes, DemoError> {
        let orders = plan.orders.iter().enumerate();
        let mut open: Open<'_> = orders
            .map(|(number, order)| (order.id.to_string(), (number, order)))
            .collect();
        let mut events = Subscription::new(self.commands.bus().log().clone(), after, milestones());
        let mut outcomes = Outcomes::default();
        while !open.is_empty() {
            let page = tokio::time::timeout(PATIENCE, events.next_page(PAGE)).await;
            let page = page.map_err(|_elapsed| DemoError::Stalled {
                waiting: open.len(),
                patience: PATIENCE,
            })??;
            let mut steps = Vec::new();
            for event in page {
                let Some((number, order, step)) = take_step(&mut open, &event) else {
                    continue;
                };
                if step == Step::Done {
                    outcomes.count(&event.event_type);
                    bar.inc(1);
                } else {
                    steps.push((number, order, step));
                }
            }
            let hidden = indicatif::ProgressBar::hidden();
            each(&steps, &hidden, |_, (number, order, step)| {
                self.take(*number, order, *step)
            })
            .await?;
        }
        Ok(outcomes)
    }

    async fn take(&self, number: usize, order: &OrderPlan, step: Step) -> Result<(), DemoError> {
        let sent = match step {
            Step::Ship => self.ship(number, order).await,
            Step::Deliver => {
                let deliver = async |context| orders::deliver(self.commands, order.id, context).await;
                self.send(format!("deliver:{number}"), deliver).await.map(drop)
            }
            Step::Cancel => self.cancel(number, order).await,
            Step::Done => Ok(()),
        };
        match sent {
            // Somebody else moved the order in the meantime: their event tells how it goes on.
            Err(DemoError::Command {
                source: BusError::Refused(_),
                ..
            }) => Ok(()),
            sent => sent,
        }
    }

    async fn ship(&self, number: usize, order: &OrderPlan) -> Result<(), DemoError> {
        let carrier = CARRIERS[number % CARRIERS.len()];
        let shipment = orders::Shipment {
            carrier: Some(text(carrier)?),
            tracking_number: text(&format!("0034{:014}", 43_416_100_000 + number))?,
        };
        self.send(format!("ship:{number}"), async |context| {
            orders::ship(self.commands, order.id, shipment.clone(), context).await
        })
        .await
        .map(drop)
    }

    async fn cancel(&self, number: usize, order: &OrderPlan) -> Result<(), DemoError> {
        const NOTES: &[&str] = &[
            "changed my mind",
            "ordered twice by mistake",
            "found it in another colour",
        ];
        let note: Option<Reason> = NOTES
            .get(number % (NOTES.len() + 1))
            .map(|note| text(note))
            .transpose()?;
        self.send(format!("cancel:{number}"), async |context| {
            orders::cancel(self.commands, order.id, note.clone(), context).await
        })
        .await
        .map(drop)
    }
}

/// The events that move a plan on.
fn milestones() -> Filter {
    let names = ["OrderPaid", "OrderShipped", "OrderDelivered", "OrderCancelled"];
    Filter {
        aggregate_types: vec!["order".to_owned()],
        event_types: names.map(str::to_owned).to_vec(),
        ..Filter::default()
    }
}

/// What an event asks for, if its order is one of the plan that has not ended. It ends with its last step.
fn take_step<'plan>(
    open: &mut Open<'plan>,
    event: &RecordedEvent,
) -> Option<(usize, &'plan OrderPlan, Step)> {
    let Entry::Occupied(entry) = open.entry(event.aggregate_id.clone()) else {
        return None;
    };
    let (number, order) = *entry.get();
    let step = order.fate.step_after(&event.event_type);
    if step == Step::Done {
        entry.remove();
    }
    Some((number, order, step))
}

fn method(payment: Payment) -> Result<PaymentMethod, InvalidValue> {
    Ok(match payment {
        Payment::Account { account_id } => PaymentMethod::Account { account_id },
        Payment::Card { token } => PaymentMethod::Card {
            token: token.to_owned().try_into()?,
        },
    })
}
