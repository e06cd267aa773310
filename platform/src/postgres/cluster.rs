//! Making a new cluster.
//!
//! Invariant: a folder named `data` is a complete cluster. It is made under another name
//! and renamed at the very end, so a half-made one is never taken for a whole one, and a
//! whole one is never thrown away.

use std::{
    fs::{self, File},
    path::Path,
    time::Instant,
};

use super::{
    EmbeddedError, binaries::Binaries, identity::ServerUser, launcher::Launcher, layout::Layout, leftovers,
    private_dir, settings::Durability, socket,
};

/// Makes the cluster unless it is there.
pub(crate) fn make_unless_there(
    layout: &Layout,
    user: &ServerUser,
    binaries: &Binaries,
    launcher: &Launcher,
    durability: Durability,
) -> Result<(), EmbeddedError> {
    if layout.cluster.join("PG_VERSION").is_file() {
        return Ok(());
    }
    let begun = Instant::now();
    let new = &layout.cluster_in_the_making;
    if new.exists() {
        tracing::warn!(folder = %new.display(), "a cluster that was never finished is made again");
        leftovers::end(new, &layout.home, &[])?;
        fs::remove_dir_all(new).map_err(EmbeddedError::file("remove", new))?;
    }
    private_dir::make_for(user, new)?;
    initdb(layout, user, binaries, launcher, durability)?;
    fs::rename(new, &layout.cluster).map_err(EmbeddedError::file("rename", new))?;
    sync_folder(&layout.home)?;
    let took_ms = begun.elapsed().as_millis();
    tracing::info!(folder = %layout.cluster.display(), took_ms, "a new PostgreSQL cluster was made");
    Ok(())
}

fn initdb(
    layout: &Layout,
    user: &ServerUser,
    binaries: &Binaries,
    launcher: &Launcher,
    durability: Durability,
) -> Result<(), EmbeddedError> {
    let program = binaries.program("initdb");
    let mut command = launcher.ending_with_us(user, &program, &layout.home);
    command.arg("--pgdata").arg(&layout.cluster_in_the_making);
    command.args([
        "--username",
        socket::SUPERUSER,
        "--auth",
        "trust",
        "--no-instructions",
        "--data-checksums",
    ]);
    // Bytes sort the same on every machine and after every update of the system.
    command.args(["--encoding", "UTF8", "--locale", "C"]);
    if cfg!(target_os = "linux") {
        // Letters outside ASCII are letters too.
        command.args(["--lc-ctype", "C.UTF-8"]);
    }
    if durability == Durability::ThrownAway {
        command.args(["--no-sync", "--wal-segsize", "1"]);
    }
    let output = command
        .output()
        .map_err(|source| EmbeddedError::Run { program, source })?;
    if output.status.success() {
        return Ok(());
    }
    Err(EmbeddedError::Initdb {
        output: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}

/// A rename is on the disk when its folder is.
fn sync_folder(folder: &Path) -> Result<(), EmbeddedError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(EmbeddedError::file("sync", folder))
}
