//! The events of a customer: of all that belongs to them, and not only those that say so.
//!
//! An order names its customer once, when it is placed. So the aggregates that belong to a customer are
//! looked up first, and what is wanted are all the events of these.

use std::collections::BTreeSet;

use clap::{Args, ValueEnum as _};
use event_store::{Filter, RecordedEvent};
use serde_json::Value;

use crate::{
    context::Context,
    coverage::Coverage,
    error::Error,
    kind::AggregateKind,
    pages::{PAGE, Pages},
};

/// How many aggregates a customer may have: their identifiers become part of a statement.
const MAX_AGGREGATES: usize = 20_000;

/// The fields by which an event of a customer names what else belongs to them.
const LINKS: [&str; 3] = ["order_id", "payment_id", "account_id"];

/// Narrows events down to those of one customer.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Filters")]
pub struct OfCustomer {
    /// Only events of the orders, payments, accounts and subscriptions of this customer
    #[arg(long, value_name = "ID", conflicts_with = "id")]
    pub customer: Option<String>,
}

impl OfCustomer {
    /// Narrows a filter down to what belongs to the customer, as far as the log is looked through.
    pub(crate) async fn narrow(
        &self,
        mut filter: Filter,
        context: &Context,
        up_to: i64,
    ) -> Result<Filter, Error> {
        let Some(customer) = &self.customer else {
            return Ok(filter);
        };
        let all = Coverage { after: 0, up_to };
        let mentions = Filter {
            mentions: Some(customer.clone()),
            ..Filter::default()
        };
        let mut found = BTreeSet::new();
        let mut pages = Pages::new(context.log.clone(), mentions, all);
        while let Some(events) = context.unless_stopped(pages.next(PAGE)).await?? {
            events
                .iter()
                .for_each(|event| gather(event, customer, &mut found));
            if found.len() > MAX_AGGREGATES {
                return Err(Error::TooManyAggregates {
                    customer: customer.clone(),
                    limit: MAX_AGGREGATES,
                });
            }
        }
        if found.is_empty() {
            return Err(Error::UnknownCustomer(customer.clone()));
        }
        filter.aggregate_ids = found.into_iter().collect();
        if filter.aggregate_types.is_empty() {
            // With the types the primary key of the log finds the events.
            let kinds = AggregateKind::value_variants().iter();
            filter.aggregate_types = kinds.map(|kind| kind.name().to_owned()).collect();
        }
        Ok(filter)
    }
}

/// Adds the aggregate of an event that names the customer, and what the event links to.
fn gather(event: &RecordedEvent, customer: &str, found: &mut BTreeSet<String>) {
    let Ok(payload) = serde_json::from_str::<Value>(&event.payload) else {
        return;
    };
    if names(&payload, customer) {
        found.insert(event.aggregate_id.clone());
        links(&payload, found);
    }
}

/// Whether a text in a payload is the customer. A text that only contains it is not.
fn names(value: &Value, customer: &str) -> bool {
    match value {
        Value::String(text) => text == customer,
        Value::Array(items) => items.iter().any(|item| names(item, customer)),
        Value::Object(fields) => fields.values().any(|field| names(field, customer)),
        _ => false,
    }
}

fn links(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| links(item, found)),
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(id) if LINKS.contains(&name.as_str()) => {
                        found.insert(id.clone());
                    }
                    other => links(other, found),
                }
            }
        }
        _ => {}
    }
}
