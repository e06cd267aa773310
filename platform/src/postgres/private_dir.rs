//! Folders that belong to one user and are closed to everybody else.

use std::{
    fs::{self, DirBuilder, Permissions},
    io,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, chown},
    path::Path,
};

use super::{EmbeddedError, identity::ServerUser};

/// Makes the data folder, closed to others, and the missing folders above it, which can be crossed.
pub(crate) fn make_data_folder(path: &Path) -> Result<(), EmbeddedError> {
    let mut missing: Vec<&Path> = path
        .ancestors()
        .skip(1)
        .take_while(|above| !above.exists())
        .collect();
    // A relative path ends in an empty one, which is the working folder.
    missing.retain(|above| !above.as_os_str().is_empty());
    for above in missing.into_iter().rev() {
        make(above, 0o711)?;
    }
    make(path, 0o700)
}

/// Lets the group of the server's user, and nobody else, cross root's data folder.
///
/// A folder that somebody opened to a group already keeps its rights.
pub(crate) fn let_through(user: &ServerUser, path: &Path) -> Result<(), EmbeddedError> {
    let found = fs::metadata(path).map_err(EmbeddedError::file("look at", path))?;
    let closed_and_ours = found.uid() == 0 && found.mode() & 0o077 == 0;
    if !closed_and_ours || !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    chown(path, None, Some(user.gid)).map_err(EmbeddedError::file("give away", path))?;
    set_mode(path, (found.mode() & 0o700) | 0o010)
}

/// Makes a folder of ours unless it is there.
pub(crate) fn make(path: &Path, mode: u32) -> Result<(), EmbeddedError> {
    match DirBuilder::new().mode(mode & 0o700).create(path) {
        // Whoever started us may have set a mask that takes rights away.
        Ok(()) => set_mode(path, mode),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(source) => Err(EmbeddedError::File {
            action: "make the folder",
            path: path.to_owned(),
            source,
        }),
    }
}

/// Writes a file that everybody who gets to it may read, such as the server's user.
pub(crate) fn write_readable(path: &Path, text: &str) -> Result<(), EmbeddedError> {
    fs::write(path, text).map_err(EmbeddedError::file("write", path))?;
    set_mode(path, 0o644)
}

fn set_mode(path: &Path, mode: u32) -> Result<(), EmbeddedError> {
    fs::set_permissions(path, Permissions::from_mode(mode))
        .map_err(EmbeddedError::file("set the rights of", path))
}

/// Makes a folder with mode 0700 for the server's user, or checks that it is one.
///
/// The check matters below a folder where anybody may write: a name that can be guessed
/// may have been taken by somebody who wants to listen in.
pub(crate) fn make_for(user: &ServerUser, path: &Path) -> Result<(), EmbeddedError> {
    make(path, 0o700)?;
    let found = fs::symlink_metadata(path).map_err(EmbeddedError::file("look at", path))?;
    let own = rustix::process::geteuid().as_raw();
    let private = found.is_dir() && found.mode() & 0o077 == 0;
    if private && found.uid() == own && own != user.uid {
        return chown(path, Some(user.uid), Some(user.gid)).map_err(EmbeddedError::file("give away", path));
    }
    if private && found.uid() == user.uid {
        return Ok(());
    }
    Err(EmbeddedError::NotPrivate {
        path: path.to_owned(),
        owner: user.uid,
    })
}

/// Refuses a folder, or a link to one, that is not the user's own or that others may write to.
pub(crate) fn check_owner(path: &Path, owner: u32) -> Result<(), EmbeddedError> {
    let found = fs::symlink_metadata(path).map_err(EmbeddedError::file("look at", path))?;
    if found.is_dir() && found.uid() == owner && found.mode() & 0o022 == 0 {
        return Ok(());
    }
    Err(EmbeddedError::NotPrivate {
        path: path.to_owned(),
        owner,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_others_can_open_is_refused() {
        let user = ServerUser::choose(Path::new("/nonexistent")).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let open = folder.path().join("open");
        fs::create_dir(&open).unwrap();
        set_mode(&open, 0o777).unwrap();
        let refused = make_for(&user, &open).unwrap_err();
        assert!(matches!(refused, EmbeddedError::NotPrivate { .. }), "{refused}");
    }

    #[test]
    fn a_link_to_a_private_folder_is_refused() {
        let user = ServerUser::choose(Path::new("/nonexistent")).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        make_for(&user, &target).unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(make_for(&user, &link).is_err());
    }
}
