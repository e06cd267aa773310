//! The audits of GraphQL over HTTP, by the authors of the protocol.
//!
//! They are a package of npm: pinned in `tests/audits`, installed below the target folder.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

use crate::{shop::Shop, stage::Stage};

/// How many audits the pinned version has: fewer would mean that some of them did not run.
const AUDITS: usize = 61;

#[tokio::test(flavor = "multi_thread")]
async fn every_audit_of_graphql_over_http_is_passed() {
    let Some(folder) = install() else {
        return;
    };
    let stage = Stage::new(Shop::new()).await;
    let url = format!("http://{}/graphql", stage.listen().await);
    let run = tokio::task::spawn_blocking(move || {
        let mut node = Command::new("node");
        run(node.arg("audit.js").arg(url).current_dir(folder))
    });
    let output = run
        .await
        .unwrap()
        .unwrap_or_else(|| panic!("npm is there, and node is not"));
    let audits: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let failed: Vec<_> = audits.iter().filter(|audit| audit["status"] != "ok").collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(
        audits.len() >= AUDITS,
        "{} audits\n{}",
        audits.len(),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The folder with the audits installed; none, said aloud, on a machine without Node.js or npm.
fn install() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("audits");
    std::fs::create_dir_all(&folder).unwrap();
    for file in ["package.json", "package-lock.json", "audit.js"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/audits")
            .join(file);
        std::fs::copy(from, folder.join(file)).unwrap();
    }
    let mut npm = Command::new("npm");
    npm.args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--prefer-offline",
    ]);
    let output = run(npm.current_dir(&folder))?;
    assert!(
        output.status.success(),
        "npm ci\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    run(Command::new("node").arg("--version")).map(|_| folder)
}

/// What a program came to; none if there is no such program.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn run(command: &mut Command) -> Option<Output> {
    match command.output() {
        Ok(output) => Some(output),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let program = command.get_program().to_string_lossy().into_owned();
            eprintln!("SKIPPED: the audits of GraphQL over HTTP need {program}, which is not installed");
            None
        }
        Err(error) => panic!("{command:?}: {error}"),
    }
}
