//! Which events are wanted.

use chrono::{DateTime, Utc};
use clap::{Args, builder::NonEmptyStringValueParser};
use domain::Event;
use event_store::{Filter, Position};

use crate::{
    console::Console,
    context::Context,
    coverage::Coverage,
    error::Error,
    kind::AggregateKind,
    moment::{first_since, not_in_the_future, time},
    pages::Pages,
};

/// Narrows events down by what they are.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Filters")]
pub struct Selection {
    /// Only these aggregate types, separated by commas
    #[arg(
        long = "aggregate",
        visible_alias = "aggregate-type",
        value_name = "TYPE",
        value_delimiter = ','
    )]
    pub aggregates: Vec<AggregateKind>,
    /// Only the aggregate with this identifier
    #[arg(long)]
    pub id: Option<String>,
    /// Only events of these names, such as OrderPlaced, separated by commas
    #[arg(long = "type", value_name = "EVENT", value_delimiter = ',')]
    pub event_types: Vec<String>,
    /// Only events of this stock, and those that name its SKU: lines of orders, variants, returns. The text is looked for
    /// in every field, so a note that consists of it is found, too
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    pub sku: Option<String>,
    /// Only what this actor caused
    #[arg(long, value_name = "NAME")]
    pub actor: Option<String>,
    /// Only what follows from the request with this correlation id
    #[arg(long, value_name = "ID")]
    pub correlation: Option<String>,
}

/// Narrows events down by where and when they were written.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Range")]
pub struct Range {
    /// Only events after this position
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(i64).range(0..))]
    pub after: Option<Position>,
    /// Only events up to and with this position
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(i64).range(0..))]
    pub up_to: Option<Position>,
    /// Only events of this time or later: RFC 3339, or a date for its beginning in UTC
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub since: Option<DateTime<Utc>>,
    /// Only events before this time: RFC 3339, or a date for its beginning in UTC
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub until: Option<DateTime<Utc>>,
}

impl Selection {
    /// What passes.
    pub(crate) fn filter(&self) -> Filter {
        let aggregate_types = self
            .aggregates
            .iter()
            .map(|kind| kind.name().to_owned())
            .collect();
        Filter {
            aggregate_types,
            aggregate_id: self.id.clone(),
            mentions: self.sku.clone(),
            event_types: self.event_types.clone(),
            actor: self.actor.clone(),
            correlation_id: self.correlation.clone(),
            ..Filter::default()
        }
    }

    /// The selected events of a stretch of the log, oldest first.
    pub(crate) fn pages(&self, context: &Context, covered: Coverage) -> Pages {
        Pages::new(context.log.clone(), self.filter(), covered)
    }

    /// Says which of the wanted names no event of today has. It may be an old one, or a slip.
    pub(crate) fn warn_of_unknown_types(&self, console: &mut Console<'_>) -> Result<(), Error> {
        for name in &self.event_types {
            if Event::stored().any(|(_, known, _)| known == name) {
                continue;
            }
            let mut note = format!("no event that is written today is called {name:?}");
            if let Some(known) = closest(name) {
                note.push_str(&format!("; did you mean {known}?"));
            }
            console.note(&note)?;
        }
        Ok(())
    }

    /// The options that narrow down, as they are given on the command line.
    pub(crate) fn said(&self) -> String {
        let aggregates: Vec<&str> = self.aggregates.iter().map(|kind| kind.name()).collect();
        let options = [
            ("--aggregate", Some(aggregates.join(","))),
            ("--id", self.id.clone()),
            ("--type", Some(self.event_types.join(","))),
            ("--sku", self.sku.clone()),
            ("--actor", self.actor.clone()),
            ("--correlation", self.correlation.clone()),
        ];
        let given = options.into_iter().filter_map(|(option, value)| {
            let value = value.filter(|value| !value.is_empty())?;
            Some(format!("{option} {value}"))
        });
        given.collect::<Vec<_>>().join(" ")
    }

    /// Says that nothing passed the filters, if there are any: a slip in a name looks like an empty log.
    pub(crate) fn warn_of_no_match(&self, console: &mut Console<'_>) -> Result<(), Error> {
        let given = self.said();
        if !given.is_empty() {
            console.note(&format!("nothing matches {given}"))?;
        }
        Ok(())
    }
}

/// How alike two names have to be to take one for a slip of the other, from 0 to 1.
const ALIKE: f64 = 0.8;

/// The name of an event that somebody may have meant.
fn closest(name: &str) -> Option<&'static str> {
    let wanted = name.to_lowercase();
    let likeness = |known: &str| strsim::jaro_winkler(&wanted, &known.to_lowercase());
    Event::stored()
        .map(|(_, known, _)| (likeness(known), known))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}

impl Range {
    /// The positions that are meant, as of now: what is written later is not part of a report.
    pub(crate) async fn resolve(&self, context: &Context) -> Result<Coverage, Error> {
        let (log, head) = (&context.log, context.log.head().await?);
        let mut after = self.after.unwrap_or(0);
        let mut up_to = self.up_to.map_or(head, |up_to| up_to.min(head));
        if let Some(since) = self.since {
            not_in_the_future("--since", since)?;
            after = after.max(first_since(log, since, head).await? - 1);
        }
        if let Some(until) = self.until {
            up_to = up_to.min(first_since(log, until, head).await? - 1);
        }
        Ok(Coverage { after, up_to })
    }
}
