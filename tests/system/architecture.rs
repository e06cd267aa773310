//! The dependency table of ARCHITECTURE.md, held by a test.

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// Which crates of the workspace a crate may depend on. `bench`, `souk` and `tests` may depend on all.
const ALLOWED: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("event-store", &[]),
    ("schema", &[]),
    ("platform", &[]),
    ("http-edge", &[]),
    ("process-managers", &["domain", "event-store"]),
    ("command-api", &["domain", "event-store", "http-edge"]),
    ("projections", &["domain", "event-store"]),
    ("query-api", &["http-edge", "projections"]),
    ("replay-tools", &["domain", "event-store", "projections"]),
];

const FREE: &[&str] = &["bench", "souk", "tests"];

/// What pure code has no use for.
const KEPT_OUT_OF_THE_DOMAIN: &[&str] = &["tokio", "sqlx", "rand", "reqwest", "axum", "futures"];

fn metadata() -> Metadata {
    let manifest = tests::repository().join("Cargo.toml");
    MetadataCommand::new()
        .manifest_path(manifest)
        .no_deps()
        .other_options(vec!["--offline".into()])
        .exec()
        .unwrap()
}

#[test]
fn crates_depend_on_each_other_only_as_the_architecture_says() {
    let metadata = metadata();
    let members: BTreeSet<&str> = metadata
        .packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let mut complaints = Vec::new();
    for package in &metadata.packages {
        let name = package.name.as_str();
        if FREE.contains(&name) {
            continue;
        }
        let Some((_, allowed)) = ALLOWED.iter().find(|(crate_name, _)| *crate_name == name) else {
            complaints.push(format!(
                "The crate `{name}` is not in the table. Say in ARCHITECTURE.md what it may depend on, and here."
            ));
            continue;
        };
        let normal = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal);
        for dependency in normal.filter(|dependency| members.contains(dependency.name.as_str())) {
            if !allowed.contains(&dependency.name.as_str()) {
                complaints.push(format!(
                    "`{name}` must not depend on `{}`. Move what it needs into a crate that it may depend on, pass \
                     it in from `souk`, or change the table in ARCHITECTURE.md with a decision record.",
                    dependency.name
                ));
            }
        }
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn the_domain_stays_pure() {
    let metadata = metadata();
    let domain = metadata
        .packages
        .iter()
        .find(|package| package.name.as_str() == "domain")
        .unwrap();
    let normal = domain
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind == DependencyKind::Normal);
    for dependency in normal {
        assert!(
            !KEPT_OUT_OF_THE_DOMAIN.contains(&dependency.name.as_str()),
            "`domain` must not depend on `{}`: what a decision needs from outside belongs into its command.",
            dependency.name
        );
        if dependency.name == "chrono" || dependency.name == "uuid" {
            let source = tests::repository().join("domain/src");
            let calls = [
                "Utc::now",
                "Local::now",
                "new_v4",
                "now_v7",
                "SystemTime::now",
                "Instant::now",
            ];
            // The simulation is compiled for tests alone, and one of them runs for as long as it is asked to.
            let files = rust_files(&source).into_iter();
            let simulation = source.join("process/simulation");
            for file in files.filter(|file| !file.starts_with(&simulation)) {
                let text = std::fs::read_to_string(&file).unwrap();
                let found = calls.iter().find(|call| text.contains(*call));
                assert!(
                    found.is_none(),
                    "{} reads a clock or makes up an id: {found:?}",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn the_table_in_the_document_is_the_table_that_is_checked() {
    let document = std::fs::read_to_string(tests::repository().join("ARCHITECTURE.md")).unwrap();
    for (name, allowed) in ALLOWED {
        let row = document
            .lines()
            .find(|line| line.starts_with(&format!("| `{name}/`")))
            .unwrap();
        for dependency in *allowed {
            assert!(
                row.contains(dependency),
                "ARCHITECTURE.md does not say that `{name}` may use `{dependency}`"
            );
        }
    }
}

fn rust_files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
