//! The data folder, and the lock that gives it to one process at a time.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use crate::config::{self, ConfigError};

/// The name of the lock file inside the data folder.
const LOCK_FILE: &str = "souk.lock";

/// Where data is kept when nobody says otherwise.
///
/// `SOUK_DATA`; else `/var/lib/souk` for root, because PostgreSQL then runs as another
/// user who may not look into root's home; else `$XDG_DATA_HOME/souk`, else
/// `~/.local/share/souk`.
///
/// # Errors
///
/// When the environment names no home.
pub fn default_data_dir() -> Result<PathBuf, ConfigError> {
    if let Some(folder) = config::folder("SOUK_DATA") {
        return Ok(folder);
    }
    if rustix::process::geteuid().is_root() {
        return Ok(PathBuf::from("/var/lib/souk"));
    }
    if let Some(folder) = config::folder("XDG_DATA_HOME") {
        return Ok(folder.join("souk"));
    }
    config::folder("HOME")
        .map(|home| home.join(".local/share/souk"))
        .ok_or(ConfigError::NoDataFolder)
}

/// Why a data folder could not be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process works on it.
    #[error(
        "the data folder {} is in use by {}; stop that one, or choose another folder",
        folder.display(),
        match owner { Some(pid) => format!("process {pid}"), None => "another process".to_owned() }
    )]
    InUse {
        /// The folder.
        folder: PathBuf,
        /// The process that holds it, as far as it is known.
        owner: Option<u32>,
    },
    /// The lock file cannot be used.
    #[error("the lock file {} cannot be used", file.display())]
    File {
        /// The lock file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// The sole right to work on a data folder, held until it is dropped.
///
/// The operating system holds the lock, so it is gone with the process, however that
/// ends. The number inside the file is only there for the message to the second one.
#[derive(Debug)]
pub struct DataDirLock {
    file: File,
}

impl DataDirLock {
    /// Takes the lock of a folder that exists.
    ///
    /// # Errors
    ///
    /// [`LockError::InUse`] when another process, or another lock of this one, has it.
    pub fn acquire(folder: &Path) -> Result<Self, LockError> {
        let path = folder.join(LOCK_FILE);
        let failed = |source| LockError::File {
            file: path.clone(),
            source,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::InUse {
                    folder: folder.to_owned(),
                    owner: read_pid(&mut file),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        file.set_len(0)
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(failed)?;
        Ok(Self { file })
    }
}

impl Drop for DataDirLock {
    /// Closing the file is not enough: a program that another thread is starting right now
    /// shares it until it has replaced itself.
    fn drop(&mut self) {
        if let Err(error) = self.file.unlock() {
            tracing::debug!(%error, "the lock of the data folder goes when its file is closed");
        }
    }
}

fn read_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_owner_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataDirLock::acquire(folder.path()).unwrap();
        let refused = DataDirLock::acquire(folder.path()).unwrap_err();
        assert_eq!(
            refused.to_string(),
            format!(
                "the data folder {} is in use by process {}; stop that one, or choose another folder",
                folder.path().display(),
                std::process::id()
            )
        );
        drop(first);
        DataDirLock::acquire(folder.path()).unwrap();
    }

    #[test]
    fn a_lock_is_free_when_it_is_dropped_although_a_program_being_started_shares_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let lock = DataDirLock::acquire(folder.path()).unwrap();
        let _shared = lock.file.try_clone().unwrap();
        drop(lock);
        DataDirLock::acquire(folder.path()).unwrap();
    }

    #[test]
    fn a_lock_file_that_nobody_holds_does_not_block() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(LOCK_FILE), "4194304999\n").unwrap();
        let _lock = DataDirLock::acquire(folder.path()).unwrap();
        let pid = std::fs::read_to_string(folder.path().join(LOCK_FILE)).unwrap();
        assert_eq!(pid, format!("{}\n", std::process::id()));
    }
}
