//! Where an export goes when `--output` names it.
//!
//! A regular file has its name only once it is complete: who finds one can rely on its being whole, and an
//! export that ends early leaves what was there before. A pipe or a device is written into and stays what it
//! is. A link is followed: the file that it leads to is written, and the link stays.

use std::{
    fs::{self, File, FileType, OpenOptions},
    io::{self, BufWriter, Write},
    os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use crate::{context::Context, error::Error};

/// An export holds personal data: others do not get to read it by default.
const MODE: u32 = 0o600;

/// How many links are followed from one to the next. Linux gives up at the same number.
const MAX_LINKS: usize = 40;

/// How often it is looked whether a pipe has a reader.
const READER_POLL: Duration = Duration::from_millis(50);

/// The file that an option names; none for standard output, which is also called `-`.
pub(crate) fn named(output: Option<&PathBuf>) -> Option<&Path> {
    let is_standard_output = |path: &&Path| *path == Path::new("-") || *path == Path::new("/dev/stdout");
    output
        .map(PathBuf::as_path)
        .filter(|path| !is_standard_output(path))
}

/// An output in progress.
pub(crate) struct OutputFile {
    file: BufWriter<File>,
    /// The name that a regular file gets, and the one that it has until then.
    names: Option<Names>,
    path: PathBuf,
}

struct Names {
    last: PathBuf,
    part: PathBuf,
    complete: bool,
}

impl OutputFile {
    /// Opens what a name leads to. A regular file that exists is refused unless it may be replaced.
    pub(crate) async fn create(path: &Path, replace: bool, context: &Context) -> Result<Self, Error> {
        let destination = destination(path)?;
        let (file, names) = match fs::metadata(&destination) {
            Ok(found) if is_stream(found.file_type()) => (into_stream(&destination, context).await?, None),
            // A disk is lost like a file, and worse.
            Ok(_) if !replace => return Err(Error::FileExists(path.to_owned())),
            Ok(found) if found.file_type().is_block_device() => {
                let opened = OpenOptions::new().write(true).open(&destination);
                (opened.map_err(Error::file(path))?, None)
            }
            Ok(found) if found.is_dir() => {
                return Err(Error::file(path)(io::ErrorKind::IsADirectory.into()));
            }
            Ok(_) => part_of(destination)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => part_of(destination)?,
            Err(error) => return Err(Error::file(path)(error)),
        };
        Ok(Self {
            file: BufWriter::new(file),
            names,
            path: path.to_owned(),
        })
    }

    /// The name that was asked for.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is a regular file, which another file can be put beside.
    pub(crate) fn is_regular(&self) -> bool {
        self.names.is_some()
    }

    /// Hands everything over, and gives a regular file its name.
    pub(crate) fn complete(mut self) -> Result<(), Error> {
        self.file.flush().map_err(Error::file(&self.path))?;
        if let Some(names) = &mut self.names {
            self.file.get_ref().sync_all().map_err(Error::file(&names.part))?;
            fs::rename(&names.part, &names.last).map_err(Error::file(&names.last))?;
            names.complete = true;
        }
        Ok(())
    }
}

/// Where a name leads, over links of which the last one may lead to nothing yet.
fn destination(path: &Path) -> Result<PathBuf, Error> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        // Links of the system itself, such as those to open files, have no readable end.
        let is_link = path.symlink_metadata().is_ok_and(|found| found.is_symlink());
        if !is_link || fs::metadata(&path).is_ok_and(|found| is_stream(found.file_type())) {
            return Ok(path);
        }
        let next = fs::read_link(&path).map_err(Error::file(&path))?;
        path = path.parent().unwrap_or(Path::new("")).join(next);
    }
    Err(Error::file(&path)(io::Error::other("too many links")))
}

/// Whether what is written flows on and replaces nothing.
fn is_stream(kind: FileType) -> bool {
    kind.is_fifo() || kind.is_char_device() || kind.is_socket()
}

/// Opens a device or a pipe. A pipe is opened when there is a reader, and waiting for one can be stopped.
async fn into_stream(path: &Path, context: &Context) -> Result<File, Error> {
    let nonblocking = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
    let file = loop {
        let opened = OpenOptions::new()
            .write(true)
            .custom_flags(nonblocking)
            .open(path);
        match opened {
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error()) => {
                context.unless_stopped(tokio::time::sleep(READER_POLL)).await?;
            }
            opened => break opened.map_err(Error::file(path))?,
        }
    };
    // From here on a slow reader slows us down, as it does on standard output.
    let flags = fcntl_getfl(&file).map_err(|error| Error::file(path)(error.into()))?;
    fcntl_setfl(&file, flags - OFlags::NONBLOCK).map_err(|error| Error::file(path)(error.into()))?;
    Ok(file)
}

/// A new file beside the one that it will replace.
fn part_of(last: PathBuf) -> Result<(File, Option<Names>), Error> {
    let mut part = last.clone().into_os_string();
    part.push(format!(".{}.part", std::process::id()));
    let part = PathBuf::from(part);
    let mut options = OpenOptions::new();
    let file = options.write(true).create_new(true).mode(MODE).open(&part);
    let file = file.map_err(Error::file(&part))?;
    let names = Names {
        last,
        part,
        complete: false,
    };
    Ok((file, Some(names)))
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        if !self.complete {
            // Nothing depends on this file; one that stays has a name that says what it is.
            let _ = fs::remove_file(&self.part);
        }
    }
}

#[cfg(test)]
mod tests;
