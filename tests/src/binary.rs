//! The binary under test.

use std::{path::PathBuf, process::Command, sync::OnceLock};

use anyhow::{Context, Result, bail};

/// What cargo tells this test about its package. Build scripts of dependencies look at it, and would have them
/// compiled anew.
const OF_THE_TEST: [&str; 2] = ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH"];

static BINARY: OnceLock<PathBuf> = OnceLock::new();

/// The path of the `souk` binary, built if it is not up to date.
///
/// Cargo tells the path of a binary only to the tests of its own package, so it is asked here.
///
/// # Errors
///
/// When the binary cannot be built.
pub fn souk_binary() -> Result<&'static PathBuf> {
    if let Some(binary) = BINARY.get() {
        return Ok(binary);
    }
    let built = build()?;
    Ok(BINARY.get_or_init(|| built))
}

/// With the test beside it and the whole workspace selected, cargo chooses the same features as for
/// `make test`: nothing is compiled a second time.
fn build() -> Result<PathBuf> {
    let arguments = [
        "build",
        "--quiet",
        "--workspace",
        "--bin",
        "souk",
        "--test",
        "system",
        "--message-format",
        "json",
    ];
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(super::repository());
    for name in OF_THE_TEST {
        command.env_remove(name);
    }
    let output = command.output()?;
    if !output.status.success() {
        bail!(
            "the binary cannot be built:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let artifact = |line: &[u8]| -> Option<PathBuf> {
        let message: serde_json::Value = serde_json::from_slice(line).ok()?;
        (message["target"]["name"] == "souk").then_some(())?;
        message["executable"].as_str().map(PathBuf::from)
    };
    let mut lines = output.stdout.split(|byte| *byte == b'\n');
    lines
        .find_map(artifact)
        .context("cargo did not tell where the binary is")
}
