//! An index that is open for reading.

use std::{
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tantivy::{IndexReader, ReloadPolicy, TantivyError};

use super::{
    index::{self, Fields},
    language::SearchLanguages,
    snapshot::Snapshot,
};

/// The file that every commit writes anew.
const META: &str = "meta.json";

/// The index of one generation.
pub(super) struct OpenIndex {
    meta: PathBuf,
    fields: Fields,
    languages: SearchLanguages,
    reader: IndexReader,
    current: Mutex<Current>,
}

struct Current {
    commit: Commit,
    snapshot: Arc<Snapshot>,
}

/// Tells one commit from the next. The file is replaced as a whole, so each has its own, and asking for
/// these costs a microsecond where reading it would cost fifty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Commit {
    inode: u64,
    seconds: i64,
    nanoseconds: i64,
    size: u64,
}

impl OpenIndex {
    pub(super) fn open(folder: &Path) -> Result<Self, TantivyError> {
        let meta = folder.join(META);
        // Looked at first: what is committed meanwhile is then seen the next time.
        let commit = Commit::of(&meta)?;
        let (index, fields, languages) = index::open(folder)?;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let snapshot = Arc::new(Snapshot::new(reader.searcher(), fields, languages.clone(), None)?);
        Ok(Self {
            meta,
            fields,
            languages,
            reader,
            current: Mutex::new(Current { commit, snapshot }),
        })
    }

    /// The index with everything that was committed before now: whoever waited for a position finds what
    /// was written at it.
    ///
    /// An index that is gone from the disk is answered from as long as it was left open: its worker finds
    /// out and builds another one.
    pub(super) fn snapshot(&self) -> Result<Arc<Snapshot>, TantivyError> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let commit = match Commit::of(&self.meta) {
            Ok(commit) => commit,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Arc::clone(&current.snapshot));
            }
            Err(error) => return Err(error.into()),
        };
        if commit != current.commit {
            self.reader.reload()?;
            let (searcher, languages) = (self.reader.searcher(), self.languages.clone());
            let snapshot = Snapshot::new(searcher, self.fields, languages, Some(&current.snapshot))?;
            *current = Current {
                commit,
                snapshot: Arc::new(snapshot),
            };
        }
        Ok(Arc::clone(&current.snapshot))
    }

    /// The newest snapshot that somebody has asked for.
    pub(super) fn last_snapshot(&self) -> Arc<Snapshot> {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current.snapshot)
    }
}

impl Commit {
    fn of(meta: &Path) -> io::Result<Self> {
        let meta = fs::metadata(meta)?;
        Ok(Self {
            inode: meta.ino(),
            seconds: meta.mtime(),
            nanoseconds: meta.mtime_nsec(),
            size: meta.size(),
        })
    }
}
