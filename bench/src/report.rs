//! What was measured, for people and for programs.

use std::{collections::BTreeMap, io::Write};

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::checkout::Usage;

/// All measures of a run.
#[derive(Default)]
pub(crate) struct Report {
    measures: Vec<Measure>,
}

/// One measure beside its floor and its peers. What does not apply is absent.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Measure {
    pub(crate) measure: String,
    pub(crate) unit: &'static str,
    pub(crate) ours: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) floor: Option<f64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) peers: BTreeMap<&'static str, f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) p50_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) p95_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) p99_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rss_mib: Option<f64>,
    /// Milliseconds of CPU for each unit, by who used them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) cpu_ms: BTreeMap<&'static str, f64>,
}

impl Measure {
    pub(crate) fn new(measure: impl Into<String>, unit: &'static str, ours: f64) -> Self {
        Self {
            measure: measure.into(),
            unit,
            ours,
            ..Self::default()
        }
    }

    pub(crate) fn floor(mut self, floor: f64) -> Self {
        self.floor = Some(floor);
        self
    }

    pub(crate) fn peer(mut self, name: &'static str, value: f64) -> Self {
        self.peers.insert(name, value);
        self
    }

    pub(crate) fn latency(mut self, latency: &Latency) -> Self {
        self.p50_ms = Some(latency.ms(0.50));
        self.p95_ms = Some(latency.ms(0.95));
        self.p99_ms = Some(latency.ms(0.99));
        self
    }

    /// Of some few that each count, the longest.
    pub(crate) fn max(mut self, latency: &Latency) -> Self {
        self.max_ms = Some(latency.ms(1.0));
        self
    }

    /// CPU seconds that so many units took.
    pub(crate) fn cpu(mut self, used: &Usage, units: usize) -> Self {
        let units = f64::from(u32::try_from(units).unwrap_or(u32::MAX).max(1));
        self.cpu_ms = used
            .0
            .iter()
            .map(|(who, seconds)| (*who, seconds * 1_000.0 / units))
            .collect();
        self
    }

    pub(crate) fn resident(mut self) -> Self {
        self.rss_mib = resident_mib();
        self
    }
}

impl Report {
    /// Prints the measure as JSON at once, so that a run that is broken off has told what it had.
    pub(crate) fn add(&mut self, measure: Measure) -> anyhow::Result<()> {
        let mut stdout = std::io::stdout().lock();
        serde_json::to_writer(&mut stdout, &measure)?;
        writeln!(stdout)?;
        self.measures.push(measure);
        Ok(())
    }

    #[expect(clippy::print_stderr, reason = "this is what a person at a terminal reads")]
    pub(crate) fn print_table(&self) {
        eprintln!(
            "\n{:<22} {:>12} {:<14} {:>9} {:>9} {:>9}  beside",
            "measure", "ours", "unit", "p50 ms", "p95 ms", "p99 ms"
        );
        for measure in &self.measures {
            let ms = |value: Option<f64>| value.map_or(String::new(), |value| format!("{value:.2}"));
            let mut beside = Vec::new();
            if let Some(floor) = measure.floor {
                beside.push(format!(
                    "{:.0} % of the floor ({floor:.0})",
                    measure.ours / floor * 100.0
                ));
            }
            for (peer, value) in &measure.peers {
                beside.push(format!("{:.1} × {peer} ({value:.0})", measure.ours / value));
            }
            for (who, ms) in &measure.cpu_ms {
                beside.push(format!("{ms:.2} ms CPU of {who}"));
            }
            beside.extend(measure.max_ms.map(|ms| format!("{ms:.0} ms at most")));
            beside.extend(measure.rss_mib.map(|mib| format!("{mib:.0} MiB resident")));
            eprintln!(
                "{:<22} {:>12.1} {:<14} {:>9} {:>9} {:>9}  {}",
                measure.measure,
                measure.ours,
                measure.unit,
                ms(measure.p50_ms),
                ms(measure.p95_ms),
                ms(measure.p99_ms),
                beside.join(", ")
            );
        }
    }
}

/// How long things took.
pub(crate) struct Latency(Histogram<u64>);

impl Latency {
    /// Up to a minute, with three digits.
    pub(crate) fn new() -> anyhow::Result<Self> {
        Ok(Self(Histogram::new_with_bounds(1, 60_000_000, 3)?))
    }

    pub(crate) fn record(&mut self, took: std::time::Duration) {
        self.0
            .saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    pub(crate) fn merge(&mut self, other: &Self) -> anyhow::Result<()> {
        Ok(self.0.add(&other.0)?)
    }

    /// How many there were.
    pub(crate) fn count(&self) -> u64 {
        self.0.len()
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "microseconds of a minute fit into a float"
    )]
    fn ms(&self, quantile: f64) -> f64 {
        self.0.value_at_quantile(quantile) as f64 / 1_000.0
    }
}

/// A rate per second.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of a benchmark fit into a float"
)]
pub(crate) fn rate(count: usize, took: std::time::Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

/// The memory of this process that is in use, as Linux tells it.
pub(crate) fn resident_mib() -> Option<f64> {
    resident_mib_of("self")
}

/// The same of another process, by its number.
pub(crate) fn resident_mib_of(process: &str) -> Option<f64> {
    memory_mib(process, "VmRSS:")
}

/// The most memory that this process had in use since [`forget_peak`].
pub(crate) fn peak_mib() -> Option<f64> {
    memory_mib("self", "VmHWM:")
}

/// Begins to look for the most memory that is in use anew. (proc(5), `/proc/pid/clear_refs`)
pub(crate) fn forget_peak() -> std::io::Result<()> {
    std::fs::write("/proc/self/clear_refs", "5")
}

#[expect(
    clippy::cast_precision_loss,
    reason = "kibibytes of a machine fit into a float"
)]
fn memory_mib(process: &str, field: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with(field))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib as f64 / 1_024.0)
}
