//! `souk events show`

use std::io::{self, Write};

use clap::Args;
use event_store::Position;
use serde::Serialize;

use super::row::{EventRow, readable};
use crate::{
    console::Console,
    context::{Context, Outcome},
    coverage::Coverage,
    error::Error,
    moment::find,
    report::{Format, Record, Report, Table, indented, printable},
};

/// Arguments of `souk events show`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  souk events show 57\n  souk events show 57 --format json | jq .[0].metadata"
)]
pub struct ShowArgs {
    /// The position of the event
    #[arg(value_parser = clap::value_parser!(i64).range(1..))]
    pub position: Position,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// How far the values stand to the right.
const MARGIN: usize = 11;

/// One event with everything that there is to know of it.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct WholeEvent(EventRow);

impl Record for WholeEvent {
    const FIELDS: &'static [&'static str] = EventRow::FIELDS;

    fn fields(&self) -> Vec<String> {
        self.0.fields()
    }

    fn draw(page: &[Self], _: &mut Table, out: &mut dyn Write) -> io::Result<()> {
        page.iter().try_for_each(|whole| whole.draw_one(out))
    }
}

impl WholeEvent {
    fn draw_one(&self, out: &mut dyn Write) -> io::Result<()> {
        let event = &self.0.0;
        let aggregate = format!("{} {}", event.aggregate_type, event.aggregate_id);
        writeln!(out, "position   {}", event.position)?;
        writeln!(out, "time       {}", readable(event.recorded_at))?;
        writeln!(out, "aggregate  {}", printable(&aggregate))?;
        writeln!(out, "sequence   {}", event.sequence)?;
        writeln!(
            out,
            "event      {} v{}",
            printable(&event.event_type),
            printable(&event.event_version)
        )?;
        writeln!(out, "payload    {}", indented(&event.payload, MARGIN))?;
        writeln!(out, "metadata   {}", indented(&event.metadata, MARGIN))
    }
}

pub(super) async fn run(
    args: ShowArgs,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    let position = args.position;
    let Some(event) = context.unless_stopped(find(&context.log, position)).await?? else {
        let head = context.log.head().await?;
        return Err(Error::UnknownPosition { position, head });
    };
    let mut report = Report::on(console, args.format);
    report.page(console.out, &[WholeEvent(EventRow(event))])?;
    let coverage = Coverage {
        after: position - 1,
        up_to: position,
    };
    report.finish::<WholeEvent>(console, &format!("covers {coverage}"))?;
    Ok(Outcome::Fine)
}
