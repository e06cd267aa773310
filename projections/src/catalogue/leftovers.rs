//! Files that a writer left behind when its process was killed.
//!
//! A commit writes its files first and names them in `meta.json` last. Killed in between, it leaves files that
//! no commit names. The log is then read again from the last commit, which leads to the same names; and Tantivy
//! never writes over a file, so every further commit would fail.

use std::{
    collections::HashSet,
    ffi::{OsStr, OsString},
    fs, io,
    path::{Path, PathBuf},
};

use tantivy::{Directory as _, Index, TantivyError, directory::META_LOCK};

/// The list of the files of the last commit.
pub(super) const META: &str = "meta.json";

/// The list of the files that Tantivy may delete.
const MANAGED: &str = ".managed.json";

/// The generation that a folder belongs to, by the number of its row. The name of a folder is used again after its
/// generation was dropped.
const OWNER: &str = ".generation";

/// The files by which processes lock each other out.
const LOCKS: &str = ".tantivy-";

/// Removes a folder that was left by another generation of its name, and marks it for this one. `is_new` says
/// that nothing was committed for this one yet.
///
/// # Errors
///
/// When the folder cannot be read or changed.
pub(super) fn claim(folder: &Path, generation: i64, is_new: bool) -> io::Result<()> {
    let (owner, ours) = (folder.join(OWNER), generation.to_string());
    match fs::read_to_string(&owner) {
        Ok(owner) if owner == ours => return Ok(()),
        // One that was made before folders were marked.
        Err(error) if error.kind() == io::ErrorKind::NotFound && !is_new => {}
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        },
    }
    if is_new {
        fs::create_dir_all(folder)?;
    }
    if folder.try_exists()? {
        // Whole or not there: a mark that was cut off would be that of another generation.
        let draft = folder.join(format!("{OWNER}.new"));
        fs::write(&draft, ours)?;
        fs::rename(draft, owner)?;
    }
    Ok(())
}

/// Removes what the last commit does not name, and says how many files that were. The caller holds the lock
/// of the writer, so nobody else writes files meanwhile.
///
/// # Errors
///
/// When the folder cannot be read or changed.
pub(super) fn remove(index: &Index, folder: &Path) -> Result<usize, TantivyError> {
    // A reader that loads a commit holds it, as for Tantivy's own removal of old files.
    let _reading = index.directory().acquire_lock(&META_LOCK)?;
    let named: HashSet<OsString> = index
        .load_metas()?
        .list_segment_files()
        .into_iter()
        .map(PathBuf::into_os_string)
        .collect();
    let mut removed = 0;
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if named.contains(&name) || is_kept(&name) {
            continue;
        }
        match fs::remove_file(folder.join(&name)) {
            Ok(()) => removed += 1,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(removed)
}

fn is_kept(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name == META || name == MANAGED || name == OWNER || name.starts_with(LOCKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_another_generation_left_is_emptied_and_ones_own_is_kept() {
        let outer = tempfile::tempdir().unwrap();
        let (folder, file) = (outer.path().join("g1"), outer.path().join("g1/a.store"));
        claim(&folder, 7, true).unwrap();
        fs::write(&file, "seven").unwrap();
        claim(&folder, 7, true).unwrap();
        claim(&folder, 7, false).unwrap();
        assert!(file.exists());
        claim(&folder, 8, true).unwrap();
        assert!(folder.exists() && !file.exists());
    }

    #[test]
    fn a_folder_that_was_made_before_folders_were_marked_is_kept_if_something_was_committed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.store");
        fs::write(&file, "old").unwrap();
        claim(folder.path(), 7, false).unwrap();
        assert!(file.exists());
        claim(folder.path(), 8, false).unwrap();
        assert!(!folder.path().exists());
    }
}
