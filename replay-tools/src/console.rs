//! Where a command prints.

use std::{
    fmt,
    io::{self, Write},
};

use indicatif::{HumanFloatCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::report::Look;

/// How often a progress bar is drawn in a second. More would only flicker.
const DRAWS_PER_SECOND: u8 = 10;

/// Where a command prints.
pub struct Console<'io> {
    /// Takes results and nothing else.
    pub out: &'io mut (dyn Write + Send),
    /// Whether results are read by a person as they appear: then a watched table is drawn in place.
    pub out_is_terminal: bool,
    /// How results look there.
    pub look: Look,
    /// Takes everything that is said about the results.
    pub notes: &'io mut (dyn Write + Send),
    /// Whether progress bars may be drawn on standard error.
    pub notes_are_terminal: bool,
}

impl Console<'_> {
    /// Says something about the results.
    pub(crate) fn note(&mut self, note: &str) -> io::Result<()> {
        writeln!(self.notes, "{note}")?;
        self.notes.flush()
    }

    /// A progress bar over positions, which is drawn only for people.
    pub(crate) fn progress_bar(&self) -> ProgressBar {
        let target = if self.notes_are_terminal {
            ProgressDrawTarget::stderr_with_hz(DRAWS_PER_SECOND)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        let template = "{msg} {wide_bar} {human_pos} of {human_len}, {rate}, {eta} left";
        let rate = |state: &ProgressState, out: &mut dyn fmt::Write| {
            // What cannot be written to a string is not shown.
            let _ = write!(out, "{:.0}/s", HumanFloatCount(state.per_sec()));
        };
        match ProgressStyle::with_template(template) {
            Ok(style) => bar.with_style(style.with_key("rate", rate)),
            Err(_) => bar,
        }
    }
}
