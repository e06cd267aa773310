//! `souk processes list`, in the formats of all tools.

use std::io::{self, Write};

use chrono::{DateTime, SecondsFormat, Utc};
use process_managers::inspect::ProcessSummary;
use replay_tools::{Column, Record, Table};
use serde::Serialize;

/// A process as it is printed.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct ProcessRow(pub(super) ProcessSummary);

impl Record for ProcessRow {
    const FIELDS: &'static [&'static str] = &[
        "manager",
        "process_id",
        "status",
        "step",
        "position",
        "updated_at",
        "pending",
        "parked",
        "next_timer_at",
    ];

    fn fields(&self) -> Vec<String> {
        let process = &self.0;
        vec![
            process.manager.clone(),
            process.process_id.clone(),
            process.status.clone(),
            process.step.clone(),
            process.position.to_string(),
            exact(process.updated_at),
            process.pending.to_string(),
            process.parked.to_string(),
            process.next_timer_at.map(exact).unwrap_or_default(),
        ]
    }

    fn draw(page: &[Self], table: &mut Table, out: &mut dyn Write) -> io::Result<()> {
        let columns = [
            Column::whole("MANAGER", 0),
            Column::identifier("PROCESS", 36),
            Column::text("STATUS", 16),
            Column::text("STEP", 21),
            Column::whole("POSITION", 0),
            Column::whole("PENDING", 0),
            Column::whole("PARKED", 0),
            Column::text("NEXT TIMER", 0),
        ];
        let cells = |row: &Self| {
            let process = &row.0;
            let timer = process.next_timer_at;
            let timer = timer.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
            vec![
                process.manager.clone(),
                process.process_id.clone(),
                process.status.clone(),
                process.step.clone(),
                process.position.to_string(),
                process.pending.to_string(),
                process.parked.to_string(),
                timer.unwrap_or_default(),
            ]
        };
        let rows: Vec<_> = page.iter().map(cells).collect();
        table.rows(&columns, &rows, out)
    }
}

fn exact(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}
