//! Where the server's programs are on this machine.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::EmbeddedError;
use crate::config;

/// The oldest version that the migrations and the settings are written for.
pub const MIN_MAJOR_VERSION: u32 = 15;

/// The programs of one installed version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Binaries {
    folder: PathBuf,
    pub(crate) major: u32,
}

impl Binaries {
    /// The newest installed version, or exactly the one that made an existing cluster.
    pub(crate) fn find(cluster: &Path) -> Result<Self, EmbeddedError> {
        choose(installed(), cluster_version(cluster), cluster)
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// The major version that made a cluster, `None` when there is none.
fn cluster_version(cluster: &Path) -> Option<u32> {
    fs::read_to_string(cluster.join("PG_VERSION"))
        .ok()?
        .trim()
        .parse()
        .ok()
}

fn choose(found: Vec<Binaries>, wanted: Option<u32>, cluster: &Path) -> Result<Binaries, EmbeddedError> {
    let (fit, too_old): (Vec<_>, Vec<_>) = found.into_iter().partition(|set| set.major >= MIN_MAJOR_VERSION);
    let installed: BTreeSet<u32> = fit.iter().map(|set| set.major).collect();
    if installed.is_empty() {
        let too_old = too_old
            .iter()
            .map(|set| format!("{} in {}", set.major, set.folder.display()))
            .collect();
        return Err(EmbeddedError::NoServerPrograms {
            minimum: MIN_MAJOR_VERSION,
            too_old,
        });
    }
    match wanted {
        None => Ok(fit.into_iter().max_by_key(|set| set.major)),
        Some(version) => Ok(fit.into_iter().find(|set| set.major == version)),
    }
    .and_then(|chosen| {
        chosen.ok_or_else(|| EmbeddedError::OtherVersion {
            folder: cluster.to_owned(),
            cluster: wanted.unwrap_or_default(),
            installed: installed.into_iter().collect(),
        })
    })
}

fn installed() -> Vec<Binaries> {
    let mut seen = BTreeSet::new();
    candidates()
        .into_iter()
        // Links such as those in /usr/local/bin lead to folders that are listed already.
        .filter_map(|folder| Some(folder.join("postgres").canonicalize().ok()?.parent()?.to_owned()))
        .filter(|folder| folder.join("initdb").is_file() && seen.insert(folder.clone()))
        .filter_map(|folder| Some(Binaries { major: version_of(&folder.join("postgres"))?, folder }))
        .collect()
}

fn candidates() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    // Debian and Ubuntu; Alpine; openSUSE and Arch-like layouts; the PostgreSQL project's own packages.
    folders.extend(
        children(Path::new("/usr/lib/postgresql"), "")
            .into_iter()
            .map(|version| version.join("bin")),
    );
    folders.extend(children(Path::new("/usr/libexec"), "postgresql"));
    folders.extend(
        children(Path::new("/usr/lib"), "postgresql")
            .into_iter()
            .map(|version| version.join("bin")),
    );
    folders.extend(
        children(Path::new("/usr"), "pgsql-")
            .into_iter()
            .map(|version| version.join("bin")),
    );
    // Homebrew on both kinds of Mac.
    for cellar in ["/opt/homebrew/opt", "/usr/local/opt"] {
        folders.extend(
            children(Path::new(cellar), "postgresql")
                .into_iter()
                .map(|version| version.join("bin")),
        );
    }
    folders.push(PathBuf::from("/usr/local/pgsql/bin"));
    folders.extend(config::program_folders());
    folders.extend(from_pg_config());
    folders
}

fn children(folder: &Path, prefix: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| entry.path())
        .collect()
}

fn from_pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config")
        .arg("--bindir")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim()))
}

fn version_of(postgres: &Path) -> Option<u32> {
    let output = Command::new(postgres)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    parse_version(&String::from_utf8(output.stdout).ok()?)
}

/// `postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)` is 15, `… 18beta1` is 18.
fn parse_version(printed: &str) -> Option<u32> {
    let version = printed.split_once("(PostgreSQL)")?.1.trim_start();
    let end = version
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(version.len());
    version.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(major: u32) -> Binaries {
        Binaries {
            folder: PathBuf::from(format!("/pg/{major}")),
            major,
        }
    }

    #[test]
    fn versions_are_read_as_the_server_prints_them() {
        assert_eq!(
            parse_version("postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(parse_version("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(parse_version("postgres (PostgreSQL) 17"), Some(17));
        assert_eq!(parse_version("something else 3"), None);
    }

    #[test]
    fn a_new_cluster_gets_the_newest_version() {
        let chosen = choose(
            vec![version(15), version(17), version(16)],
            None,
            Path::new("/data"),
        );
        assert_eq!(chosen.unwrap().major, 17);
    }

    #[test]
    fn an_existing_cluster_keeps_its_version() {
        let chosen = choose(vec![version(15), version(17)], Some(15), Path::new("/data"));
        assert_eq!(chosen.unwrap().major, 15);
    }

    #[test]
    fn a_cluster_of_a_version_that_is_not_installed_is_refused() {
        let refused = choose(vec![version(15), version(17)], Some(16), Path::new("/data")).unwrap_err();
        assert!(
            refused
                .to_string()
                .contains("made by PostgreSQL 16, but only 15, 17 is installed"),
            "{refused}"
        );
    }

    #[test]
    fn the_refusal_without_programs_says_what_to_install() {
        let refused = choose(vec![version(13)], None, Path::new("/data"))
            .unwrap_err()
            .to_string();
        assert!(refused.contains("apt-get install postgresql"), "{refused}");
        assert!(refused.contains("too old: 13 in /pg/13"), "{refused}");
    }

    #[test]
    fn this_machine_has_a_server() {
        let found = Binaries::find(Path::new("/nonexistent")).unwrap();
        assert!(found.major >= MIN_MAJOR_VERSION);
        assert!(found.program("initdb").is_file());
    }
}
