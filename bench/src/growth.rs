//! The cost of an append as the log grows.

use std::time::Duration;

use anyhow::Result;

use crate::{
    Size, append, history,
    report::{Measure, Report},
    server::Server,
};

const CALLERS: usize = 32;

pub(crate) async fn measure(server: &Server, size: Size, report: &mut Report) -> Result<()> {
    let (sizes, time): (&[(&str, i64)], _) = match size {
        Size::Small => (&[("10k", 10_000), ("1m", 1_000_000)], Duration::from_secs(3)),
        Size::Full => (
            &[("10k", 10_000), ("1m", 1_000_000), ("10m", 10_000_000)],
            Duration::from_secs(15),
        ),
    };
    for (name, events) in sizes {
        let database = server.database().await?;
        history::fill(&database, *events).await?;
        let (ours, latency) = append::ours(&database, CALLERS, time).await?;
        report.add(Measure::new(format!("append_at_{name}"), "commands/s", ours).latency(&latency))?;
    }
    Ok(())
}
