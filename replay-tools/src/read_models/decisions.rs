//! `souk projections decisions`

use std::io::{self, Write};

use clap::Args;
use event_store::Position;
use projections::{Decision, Projections};
use serde::Serialize;

use super::names;
use crate::{
    console::Console,
    context::{Context, Outcome},
    coverage::count,
    error::Error,
    events::row::exact,
    report::{Column, Format, Record, Report, Table},
};

/// Arguments of `souk projections decisions`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DecisionsArgs {
    /// The read model [default: all]
    #[arg(value_parser = names())]
    pub name: Option<String>,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

const EXAMPLES: &str = "\
Newest first, at most 1000. The login is the one that the database saw; the name is what was said.

Examples:
  souk projections decisions
  souk projections decisions orders --format csv";

/// A decision as it is printed.
#[derive(Debug, Serialize)]
struct DecisionRow {
    decided_at: String,
    projection: String,
    action: &'static str,
    generation: Option<i32>,
    position: Option<Position>,
    by: String,
    reason: String,
    login: String,
}

pub(super) async fn run(
    args: DecisionsArgs,
    projections: &Projections,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    let decisions = context
        .unless_stopped(projections.decisions(args.name.as_deref()))
        .await??;
    let rows: Vec<DecisionRow> = decisions.into_iter().map(DecisionRow::new).collect();
    let mut report = Report::on(console, args.format);
    report.page(console.out, &rows)?;
    report.finish::<DecisionRow>(console, &format!("covers {}", count(rows.len(), "decision")))?;
    Ok(Outcome::Fine)
}

impl DecisionRow {
    fn new(decision: Decision) -> Self {
        Self {
            decided_at: exact(decision.at),
            projection: decision.projection,
            action: decision.action.name(),
            generation: decision.generation,
            position: decision.position,
            by: decision.operator.actor,
            reason: decision.operator.reason,
            login: decision.login,
        }
    }

    /// What it was about.
    fn about(&self) -> String {
        match (self.generation, self.position) {
            (Some(generation), _) => format!("generation {generation}"),
            (None, Some(position)) => format!("position {position}"),
            (None, None) => "-".to_owned(),
        }
    }
}

impl Record for DecisionRow {
    const FIELDS: &'static [&'static str] = &[
        "decided_at",
        "projection",
        "action",
        "generation",
        "position",
        "by",
        "reason",
        "login",
    ];

    fn fields(&self) -> Vec<String> {
        vec![
            self.decided_at.clone(),
            self.projection.clone(),
            self.action.to_owned(),
            self.generation
                .map(|generation| generation.to_string())
                .unwrap_or_default(),
            self.position
                .map(|position| position.to_string())
                .unwrap_or_default(),
            self.by.clone(),
            self.reason.clone(),
            self.login.clone(),
        ]
    }

    fn draw(page: &[Self], table: &mut Table, out: &mut dyn Write) -> io::Result<()> {
        let headings = [
            Column::whole("TIME", 0),
            Column::whole("PROJECTION", 0),
            Column::whole("DECISION", 0),
            Column::whole("ABOUT", 0),
            Column::text("BY", 0),
            Column::text("LOGIN", 0),
            Column::text("REASON", 0),
        ];
        let cells = |row: &Self| {
            vec![
                row.decided_at.clone(),
                row.projection.clone(),
                row.action.to_owned(),
                row.about(),
                row.by.clone(),
                row.login.clone(),
                row.reason.clone(),
            ]
        };
        let rows: Vec<_> = page.iter().map(cells).collect();
        table.rows(&headings, &rows, out)
    }
}
