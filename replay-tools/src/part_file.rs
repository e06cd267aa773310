//! A file that has its name only once it is complete.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use crate::error::Error;

/// An export holds personal data: nobody else gets to read it by default.
const MODE: u32 = 0o600;

/// Whoever finds a file under its own name can rely on its being whole. An export that ends early
/// leaves nothing, and what was there before stays.
pub(crate) struct PartFile {
    path: PathBuf,
    part: PathBuf,
    file: BufWriter<File>,
    complete: bool,
}

impl PartFile {
    /// Begins a file. One that exists under the name is refused unless it may be replaced.
    pub(crate) fn create(path: PathBuf, replace: bool) -> Result<Self, Error> {
        if !replace && path.symlink_metadata().is_ok() {
            return Err(Error::FileExists(path));
        }
        let mut part = path.clone().into_os_string();
        part.push(format!(".{}.part", std::process::id()));
        let part = PathBuf::from(part);
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).mode(MODE).open(&part);
        let file = BufWriter::new(file.map_err(Error::file(&part))?);
        Ok(Self {
            path,
            part,
            file,
            complete: false,
        })
    }

    /// The name that the file will have.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file its name.
    pub(crate) fn complete(mut self) -> Result<(), Error> {
        let written = self.file.flush().and_then(|()| self.file.get_ref().sync_all());
        written.map_err(Error::file(&self.part))?;
        fs::rename(&self.part, &self.path).map_err(Error::file(&self.path))?;
        self.complete = true;
        Ok(())
    }
}

impl Write for PartFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for PartFile {
    fn drop(&mut self) {
        if !self.complete {
            // Nothing depends on this file; one that stays has a name that says what it is.
            let _ = fs::remove_file(&self.part);
        }
    }
}
