//! As whom the server runs.

use std::{
    fs::{self, Metadata},
    os::unix::{fs::MetadataExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::EmbeddedError;

/// Users that root's server may run as, the first that exists.
const USERS_FOR_ROOT: [&str; 2] = ["postgres", "nobody"];

/// Root's proposal for a folder that every user can reach.
const REACHABLE_FOLDER: &str = "/var/lib/souk";

/// The user the server runs as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerUser {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    /// Whether this process is root and must drop to that user.
    drop_to: bool,
}

impl ServerUser {
    /// The owner of an existing cluster; for a new one this process's user, or for root another.
    pub(crate) fn choose(cluster: &Path) -> Result<Self, EmbeddedError> {
        let own = rustix::process::geteuid().as_raw();
        let owner = fs::metadata(cluster).ok();
        let other = |owner: &Metadata| EmbeddedError::OtherOwner {
            folder: cluster.to_owned(),
            owner: owner.uid(),
        };
        match owner {
            Some(owner) if own == 0 && owner.uid() != 0 => {
                let name = ask_id(&["-un", &owner.uid().to_string()]);
                Ok(Self {
                    name: name.unwrap_or_else(|| owner.uid().to_string()),
                    uid: owner.uid(),
                    gid: owner.gid(),
                    drop_to: true,
                })
            }
            Some(owner) if owner.uid() != own || own == 0 => Err(other(&owner)),
            None if own == 0 => USERS_FOR_ROOT
                .iter()
                .find_map(|name| Self::named(name))
                .ok_or(EmbeddedError::NoOtherUser),
            _ => Ok(Self {
                name: ask_id(&["-un"]).unwrap_or_else(|| own.to_string()),
                uid: own,
                gid: rustix::process::getegid().as_raw(),
                drop_to: false,
            }),
        }
    }

    fn named(name: &str) -> Option<Self> {
        let uid = ask_id(&["-u", name])?.parse().ok()?;
        let gid = ask_id(&["-g", name])?.parse().ok()?;
        Some(Self {
            name: name.to_owned(),
            uid,
            gid,
            drop_to: true,
        })
    }

    /// A program that runs as this user, in `folder`, away from our terminal and environment.
    pub(crate) fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command
            // PGDATA, PGHOST and their like would change what the programs do.
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LC_ALL", "C")
            .current_dir(folder)
            .stdin(Stdio::null())
            // Ctrl-C is for us: the server is stopped last, when nobody needs it any more.
            .process_group(0);
        if self.drop_to {
            // As root this also gives up all other groups.
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Refuses a folder that this user cannot get to.
    pub(crate) fn check_reach(&self, folder: &Path) -> Result<(), EmbeddedError> {
        if !self.drop_to {
            return Ok(());
        }
        match self.blocked_at(folder) {
            None => Ok(()),
            Some(blocking) => Err(EmbeddedError::OutOfReach {
                user: self.name.clone(),
                blocking,
                folder: folder.to_owned(),
                proposal: PathBuf::from(REACHABLE_FOLDER),
            }),
        }
    }

    /// The topmost folder on the way to `folder` (and itself) that this user may not enter.
    fn blocked_at(&self, folder: &Path) -> Option<PathBuf> {
        let mut way: Vec<&Path> = folder.ancestors().collect();
        way.reverse();
        way.into_iter()
            .find(|step| fs::metadata(step).is_ok_and(|metadata| !self.may_enter(&metadata)))
            .map(Path::to_owned)
    }

    fn may_enter(&self, folder: &Metadata) -> bool {
        // The kernel looks at the first class that fits and at no other.
        let enter = if folder.uid() == self.uid {
            0o100
        } else if folder.gid() == self.gid {
            0o010
        } else {
            0o001
        };
        folder.mode() & enter != 0
    }
}

/// `id` knows also the users that are not in /etc/passwd.
fn ask_id(arguments: &[&str]) -> Option<String> {
    let output = Command::new("id")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let answer = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !answer.is_empty()).then_some(answer)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A user who owns nothing and is in no group that does.
    fn stranger() -> ServerUser {
        ServerUser {
            name: "stranger".to_owned(),
            uid: 4_000_001,
            gid: 4_000_001,
            drop_to: true,
        }
    }

    fn folder_with_mode(path: &Path, mode: u32) {
        fs::create_dir(path).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_folder_below_a_private_one_is_refused_by_the_name_of_that_one() {
        let home = tempfile::tempdir().unwrap();
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let private = home.path().join("private");
        let below = private.join("below");
        folder_with_mode(&private, 0o700);
        folder_with_mode(&below, 0o755);
        let refused = stranger().check_reach(&below).unwrap_err().to_string();
        assert!(
            refused.contains(&format!("may not enter {},", private.display())),
            "{refused}"
        );
        assert!(refused.contains("/var/lib/souk"), "{refused}");
    }

    #[test]
    fn a_folder_that_everybody_may_enter_is_fine() {
        let home = tempfile::tempdir().unwrap();
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o711)).unwrap();
        stranger().check_reach(home.path()).unwrap();
    }

    #[test]
    fn root_is_never_the_user_of_a_new_cluster() {
        let user = ServerUser::choose(Path::new("/nonexistent")).unwrap();
        assert_ne!(user.uid, 0);
    }
}
