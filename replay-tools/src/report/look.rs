//! How results look to those who read them.

/// How results look where they are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// How many cells a line of the terminal has; none where results go into a file or a pipe.
    pub columns: Option<usize>,
    /// Whether there are colours.
    pub colours: bool,
}

/// What a text is, for those who see colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// What stands above something.
    Heading,
    /// Something that came.
    Added,
    /// Something that went.
    Removed,
    /// Something that is another one now.
    Changed,
}

/// Ends every style (ECMA-48, SGR 0).
const PLAIN: &str = "\u{1b}[0m";

impl Style {
    /// The beginning of the style (ECMA-48, SGR).
    const fn begin(self) -> &'static str {
        match self {
            Self::Heading => "\u{1b}[1m",
            Self::Added => "\u{1b}[32m",
            Self::Removed => "\u{1b}[31m",
            Self::Changed => "\u{1b}[33m",
        }
    }
}

impl Look {
    /// A text in a style, where there are colours.
    pub(crate) fn styled(self, style: Style, text: &str) -> String {
        if self.colours {
            format!("{}{text}{PLAIN}", style.begin())
        } else {
            text.to_owned()
        }
    }
}
