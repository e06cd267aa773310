//! The file in which a process says what it knows.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write as _},
    marker::PhantomData,
    path::Path,
};

use anyhow::{Context, Result};

/// A line of a journal.
pub trait Line: Sized {
    /// As it is written, without its end.
    fn write(&self) -> String;

    /// Reads it back.
    fn read(line: &str) -> Option<Self>;
}

/// A command was acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acknowledged {
    /// The lane of the command.
    pub lane: usize,
    /// Its number on the lane.
    pub number: u64,
    /// The sequence that was answered.
    pub sequence: i64,
    /// The position that was answered.
    pub position: i64,
    /// Whether the answer was that of an earlier try.
    pub replayed: bool,
}

/// A reader was handed an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Where it stands in the log.
    pub position: i64,
    /// The aggregate.
    pub aggregate_id: String,
    /// Where it stands in the aggregate.
    pub sequence: i64,
    /// The command that wrote it.
    pub command: String,
}

/// An append-only file of lines.
#[derive(Debug)]
pub struct Journal<L> {
    file: File,
    lines: PhantomData<L>,
}

impl<L: Line> Journal<L> {
    /// Opens the file of a process that may have been killed, and gives the lines that are whole.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or holds something else.
    pub fn open(path: &Path) -> Result<(Self, Vec<L>)> {
        let lines = Self::read(path)?;
        let file = File::options().create(true).append(true).open(path)?;
        // What was cut short must not become the beginning of the next line.
        let text = fs::read(path)?;
        let whole = text
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1);
        file.set_len(u64::try_from(whole)?)?;
        let lines_of = PhantomData;
        Ok((
            Self {
                file,
                lines: lines_of,
            },
            lines,
        ))
    }

    /// The whole lines of a file, none when there is no file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or holds something else.
    pub fn read(path: &Path) -> Result<Vec<L>> {
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            read => read?,
        };
        let whole = text
            .split_inclusive('\n')
            .filter_map(|line| line.strip_suffix('\n'));
        whole
            .map(|line| L::read(line).with_context(|| format!("{}: {line:?}", path.display())))
            .collect()
    }

    /// Adds lines with one write, which a kill of this process cannot take back.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn add<'l>(&mut self, lines: impl IntoIterator<Item = &'l L>) -> Result<()>
    where
        L: 'l,
    {
        let mut text = String::new();
        for line in lines {
            text.push_str(&line.write());
            text.push('\n');
        }
        self.file.write_all(text.as_bytes())?;
        Ok(self.file.flush()?)
    }
}

impl Line for Acknowledged {
    fn write(&self) -> String {
        let Self {
            lane,
            number,
            sequence,
            position,
            replayed,
        } = self;
        format!("{lane} {number} {sequence} {position} {replayed}")
    }

    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        Some(Self {
            lane: words.next()?.parse().ok()?,
            number: words.next()?.parse().ok()?,
            sequence: words.next()?.parse().ok()?,
            position: words.next()?.parse().ok()?,
            replayed: words.next()?.parse().ok()?,
        })
    }
}

impl Line for Seen {
    fn write(&self) -> String {
        let Self {
            position,
            aggregate_id,
            sequence,
            command,
        } = self;
        format!("{position} {aggregate_id} {sequence} {command}")
    }

    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        Some(Self {
            position: words.next()?.parse().ok()?,
            aggregate_id: words.next()?.to_owned(),
            sequence: words.next()?.parse().ok()?,
            command: words.next()?.to_owned(),
        })
    }
}
