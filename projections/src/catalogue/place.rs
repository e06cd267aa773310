//! The name of a data folder, by which its generations are told from those of other folders.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use uuid::Uuid;

/// The file that names the folder. It lies beside the indexes, so that deleting those keeps the name.
const FILE: &str = "place";

/// Where the indexes of a data folder lie.
pub(super) fn indexes(data_dir: &Path) -> PathBuf {
    data_dir.join("catalogue")
}

/// The name of a data folder, if it has one yet.
pub(crate) fn find(data_dir: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(data_dir.join(FILE)) {
        Ok(name) => Ok(Some(name.trim().to_owned()).filter(|name| !name.is_empty())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The name of a data folder, which is given here if it has none.
pub(super) fn find_or_make(data_dir: &Path) -> io::Result<String> {
    if let Some(name) = find(data_dir)? {
        return Ok(name);
    }
    fs::create_dir_all(data_dir)?;
    let name = Uuid::now_v7().hyphenated().to_string();
    // Complete or absent: of two processes that do this at once, both read what one of them wrote.
    let draft = data_dir.join(format!("{FILE}.{name}"));
    fs::write(&draft, &name)?;
    let linked = fs::hard_link(&draft, data_dir.join(FILE));
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => find(data_dir)?.ok_or_else(|| io::Error::other("the file that names the data folder is empty")),
    }
}
