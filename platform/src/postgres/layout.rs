//! What lies where inside the data folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{EmbeddedError, private_dir};

/// How many lines of a log go into an error message.
const LINES_SHOWN: usize = 12;

/// How many lines are looked through for the reason why a server ended: what its processes say of the end
/// comes after it.
const LAST_WORDS: usize = 60;

/// The paths of one cluster.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    /// The data folder, absolute and without links.
    pub(crate) data_dir: PathBuf,
    /// Our folder inside it; it is ours and not the server's, so that the server's user
    /// can never make root write where root did not mean to.
    pub(crate) home: PathBuf,
    pub(crate) cluster: PathBuf,
    pub(crate) cluster_in_the_making: PathBuf,
    pub(crate) run: PathBuf,
    pub(crate) log: PathBuf,
    pub(crate) settings: PathBuf,
    pub(crate) local_settings: PathBuf,
    pub(crate) host_rules: PathBuf,
    pub(crate) start_log: PathBuf,
}

impl Layout {
    /// The layout of a data folder, which is made if it is not there.
    pub(crate) fn new(data_dir: &Path) -> Result<Self, EmbeddedError> {
        private_dir::make_data_folder(data_dir)?;
        let data_dir = data_dir
            .canonicalize()
            .map_err(EmbeddedError::file("find", data_dir))?;
        if data_dir.to_str().is_none() {
            return Err(EmbeddedError::NotText { path: data_dir });
        }
        let home = data_dir.join("postgres");
        Ok(Self {
            cluster: home.join("data"),
            cluster_in_the_making: home.join("data.new"),
            run: home.join("run"),
            log: home.join("log"),
            settings: home.join("postgresql.conf"),
            local_settings: home.join("local.conf"),
            host_rules: home.join("pg_hba.conf"),
            start_log: home.join("start.log"),
            home,
            data_dir,
        })
    }

    /// The last lines of what the server said: while it started, and since.
    pub(crate) fn end_of_log(&self) -> String {
        self.last_lines(LINES_SHOWN)
    }

    /// As many of them as the end of a server takes, with the reason that stands before its last words.
    pub(crate) fn last_words(&self) -> String {
        self.last_lines(LAST_WORDS)
    }

    fn last_lines(&self, count: usize) -> String {
        let newest = fs::read_dir(&self.log).ok().and_then(|entries| {
            entries
                .filter_map(Result::ok)
                .max_by_key(|entry| entry.metadata().and_then(|metadata| metadata.modified()).ok())
                .map(|entry| entry.path())
        });
        let text: String = [Some(self.start_log.clone()), newest]
            .into_iter()
            .flatten()
            .filter_map(|file| fs::read(file).ok())
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .collect();
        last_lines(&text, count)
    }
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines
        .get(lines.len().saturating_sub(count)..)
        .unwrap_or_default()
        .join("\n")
}
