//! Tells a person at a terminal how far the demo shop is.

use std::borrow::Cow;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Bars on the standard error, one for each stage. Nothing is drawn when that is no terminal.
pub(crate) struct Progress(MultiProgress);

impl Progress {
    /// Bars on the standard error.
    pub(crate) fn on_stderr() -> Self {
        Self(MultiProgress::with_draw_target(ProgressDrawTarget::stderr()))
    }

    /// No bars.
    #[cfg(test)]
    pub(super) fn hidden() -> Self {
        Self(MultiProgress::with_draw_target(ProgressDrawTarget::hidden()))
    }

    /// A bar for so many things.
    pub(super) fn stage(&self, name: impl Into<Cow<'static, str>>, count: usize) -> ProgressBar {
        let bar = self
            .0
            .add(ProgressBar::new(u64::try_from(count).unwrap_or_default()));
        if let Ok(style) =
            ProgressStyle::with_template("{msg:>10} {bar:40} {human_pos:>6} of {human_len} {elapsed:>4}")
        {
            bar.set_style(style);
        }
        bar.with_message(name)
    }
}
