//! Which events are wanted.

use chrono::{DateTime, Utc};
use clap::Args;
use domain::Event;
use event_store::{Filter, Position};

use crate::{
    console::Console,
    context::Context,
    coverage::Coverage,
    error::Error,
    kind::AggregateKind,
    moment::{first_since, time},
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
    /// Only what this actor caused
    #[arg(long)]
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
    /// The selected events of a stretch of the log.
    pub(crate) fn pages(self, context: &Context, covered: Coverage) -> Pages {
        let aggregate_types = self
            .aggregates
            .iter()
            .map(|kind| kind.name().to_owned())
            .collect();
        let filter = Filter {
            aggregate_types,
            aggregate_id: self.id,
            event_types: self.event_types,
            correlation_id: self.correlation,
            ..Filter::default()
        };
        Pages::new(context.log.clone(), filter, self.actor, covered)
    }

    /// Says which of the wanted names no event of today has. It may be an old one, or a slip.
    pub(crate) fn warn_of_unknown_types(&self, console: &mut Console<'_>) -> Result<(), Error> {
        for name in &self.event_types {
            if !Event::stored().any(|(_, known, _)| known == name) {
                console.note(&format!("no event that is written today is called {name:?}"))?;
            }
        }
        Ok(())
    }
}

impl Range {
    /// The positions that are meant, as of now: what is written later is not part of a report.
    pub(crate) async fn resolve(&self, context: &Context) -> Result<Coverage, Error> {
        let (log, head) = (&context.log, context.log.head().await?);
        let mut after = self.after.unwrap_or(0);
        let mut up_to = self.up_to.map_or(head, |up_to| up_to.min(head));
        if let Some(since) = self.since {
            after = after.max(first_since(log, since, head).await? - 1);
        }
        if let Some(until) = self.until {
            up_to = up_to.min(first_since(log, until, head).await? - 1);
        }
        Ok(Coverage { after, up_to })
    }
}
