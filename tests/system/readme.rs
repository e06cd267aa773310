//! Every command that the README tells people to run is run.

use std::{fs, process::Command};

use tests::{Shop, repository, souk_binary};

/// The lines of all `sh` blocks: a newcomer pastes them one after the other.
fn commands(document: &str) -> String {
    let mut inside = false;
    let mut script = String::new();
    for line in document.lines() {
        match line {
            "```sh" => inside = true,
            "```" => inside = false,
            command if inside => {
                script.push_str(command);
                script.push('\n');
            }
            _ => {}
        }
    }
    script
}

#[tokio::test(flavor = "multi_thread")]
async fn the_walk_of_the_readme_works_as_it_is_written() {
    let document = fs::read_to_string(repository().join("README.md")).unwrap();
    let shop = Shop::start(&["--demo"]).unwrap();
    let address = shop
        .client()
        .unwrap()
        .base()
        .trim_start_matches("http://")
        .to_owned();
    let script = commands(&document).replace("127.0.0.1:8080", &address);
    assert!(
        script.contains(&address),
        "the README does not say where the shop is"
    );

    // The README's binary is the one that `make up` built; here it is the one under test.
    let folder = souk_binary().unwrap().parent().unwrap();
    let script = script.replace("$PWD/target/up", &folder.display().to_string());
    // The walk waits for the order to be paid; if that never comes, the test ends all the same.
    let output = Command::new("timeout")
        .args(["300", "bash", "-euo", "pipefail", "-c", &script])
        .current_dir(repository())
        .env("SOUK_DATA", shop.data())
        .env_remove("DATABASE_URL")
        .output()
        .unwrap();
    let said = format!(
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{script}\n\n{said}");
    // curl calls a refusal a success, so the answers themselves are looked at. One refusal is meant.
    assert_eq!(said.matches("urn:souk:problem:").count(), 1, "{said}");
    assert!(said.contains("urn:souk:problem:invalid_quantity"), "{said}");
    // An error of GraphQL has a message, whichever way the answer is laid out.
    assert!(!said.contains("\"message\""), "{said}");
    for step in [
        "PAID",
        "OrderPlaced",
        "OrderDelivered",
        "readers use generation 2",
    ] {
        assert!(said.contains(step), "{step} is missing: {said}");
    }
    // With jq or without it, as the machine has it.
    let compact = said.replace(' ', "");
    assert!(
        compact.contains("\"row\":2,\"status\":\"created\"")
            || compact.contains("\"row\":2,\n\"status\":\"created\""),
        "{said}"
    );
}

/// Queries within the walk are written as GraphQL is: what a shell makes people escape, they get wrong.
#[test]
fn no_command_of_the_readme_has_a_backslash() {
    let document = fs::read_to_string(repository().join("README.md")).unwrap();
    let script = commands(&document);
    assert!(!script.contains('\\'), "{script}");
    assert!(
        !script.contains("until ") && !script.contains("while "),
        "a loop without a last try: {script}"
    );
}

/// Whoever pastes the walk after a refused order must not wait for ever.
#[test]
fn the_loop_of_the_readme_ends_after_a_refusal() {
    let document = fs::read_to_string(repository().join("README.md")).unwrap();
    let script = commands(&document);
    let (_, rest) = script.split_once("status() {").unwrap();
    let (waiting, _) = rest.split_once("done\n").unwrap();
    // Without a shop: each question is answered as one about an order that there is not.
    let script = format!(
        "sleep() {{ :; }}\nfield() {{ cat; }}\nask() {{ cat > /dev/null; }}\nORDER=\nstatus() {{{waiting}done\n"
    );
    let output = Command::new("timeout")
        .args(["300", "bash", "-euo", "pipefail", "-c", &script])
        .output()
        .unwrap();
    assert!(output.status.success(), "{script}\n{output:?}");
}
