//! Whether an error of the search index is the fault of the index or of the machine below it.
//!
//! A damaged index is rebuilt from the log. A full disk or a lack of file handles damages nothing, and a
//! rebuild would need more of what is short: then the worker retries.

use std::io;

use tantivy::{
    TantivyError,
    directory::error::{OpenDirectoryError, OpenReadError, OpenWriteError},
};

/// Whether no retry can succeed: the files of the index are not what they should be.
pub(crate) fn is_damage(error: &TantivyError) -> bool {
    match error {
        TantivyError::OpenReadError(
            OpenReadError::FileDoesNotExist(_) | OpenReadError::IncompatibleIndex(_),
        )
        | TantivyError::OpenWriteError(OpenWriteError::FileAlreadyExists(_))
        | TantivyError::OpenDirectoryError(
            OpenDirectoryError::DoesNotExist(_) | OpenDirectoryError::NotADirectory(_),
        )
        | TantivyError::DataCorruption(_)
        | TantivyError::SchemaError(_)
        | TantivyError::FieldNotFound(_)
        | TantivyError::IncompatibleIndex(_)
        | TantivyError::IndexAlreadyExists
        | TantivyError::InternalError(_)
        | TantivyError::DeserializeError(_) => true,
        TantivyError::IoError(error)
        | TantivyError::OpenReadError(OpenReadError::IoError { io_error: error, .. })
        | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: error, .. }) => matches!(
            error.kind(),
            io::ErrorKind::NotFound
                | io::ErrorKind::AlreadyExists
                | io::ErrorKind::InvalidData
                | io::ErrorKind::UnexpectedEof
        ),
        // A lock that another process holds, threads that could not be started or ended, and the like.
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::{path::PathBuf, sync::Arc};

    use super::*;

    #[test]
    fn files_that_are_not_as_they_should_be_are_damage_and_a_full_disk_is_not() {
        let path = PathBuf::from("a.del");
        let open = |kind: io::ErrorKind| {
            TantivyError::OpenWriteError(OpenWriteError::IoError {
                io_error: Arc::new(kind.into()),
                filepath: path.clone(),
            })
        };
        assert!(is_damage(&OpenWriteError::FileAlreadyExists(path.clone()).into()));
        assert!(is_damage(&OpenReadError::FileDoesNotExist(path.clone()).into()));
        assert!(is_damage(&io::Error::from(io::ErrorKind::UnexpectedEof).into()));
        assert!(!is_damage(&open(io::ErrorKind::StorageFull)));
        assert!(!is_damage(&open(io::ErrorKind::PermissionDenied)));
        // Too many open files, which has no kind of its own.
        assert!(!is_damage(&io::Error::from_raw_os_error(24).into()));
        assert!(!is_damage(&TantivyError::ErrorInThread("no space".to_owned())));
    }
}
