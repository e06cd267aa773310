//! How much room a disk has left.

use std::{io, path::Path};

/// The room of the disk that a folder lies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// What an ordinary user may still write.
    pub free_bytes: u64,
    /// The size of the disk.
    pub total_bytes: u64,
}

/// Asks the system for the room of a folder's disk. It may block for a moment.
///
/// # Errors
///
/// When the folder does not exist or cannot be reached.
pub fn room(folder: &Path) -> io::Result<Room> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(Room {
        free_bytes: disk.f_bavail.saturating_mul(disk.f_frsize),
        total_bytes: disk.f_blocks.saturating_mul(disk.f_frsize),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_has_no_more_room_than_it_is_large() {
        let room = room(Path::new("/")).unwrap();
        assert!(room.free_bytes <= room.total_bytes, "{room:?}");
        assert!(room.total_bytes > 0);
    }
}
