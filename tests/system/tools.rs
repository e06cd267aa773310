//! The command line as a program among others: pipes that close, and a screen that is not for logs.

use std::process::{Command, Stdio};

use tests::{Shop, souk_binary};

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    for arguments in [
        &["completions", "bash"][..],
        &["completions", "zsh"],
        &["--help"],
        &["events", "list", "--help"],
    ] {
        let mut child = Command::new(souk_binary().unwrap())
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The pipe is closed before anything is written, or soon after.
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success() && said.is_empty(), "{arguments:?}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_a_process_does_not_stand_among_what_its_tool_says() {
    let shop = Shop::start(&[]).unwrap();
    let rebuild = ["projections", "rebuild", "balances"];
    let (quiet, asked) = (shop.souk(&rebuild).unwrap(), {
        let mut command = shop.souk_command(&rebuild).unwrap();
        command.env("SOUK_LOG", "info").output().unwrap()
    });
    let logged = |text: &[u8]| String::from_utf8_lossy(text).contains("a generation is being built");
    assert!(
        quiet.status.success() && asked.status.success(),
        "{quiet:?} {asked:?}"
    );
    assert!(!logged(&quiet.stderr) && !logged(&quiet.stdout), "{quiet:?}");
    assert!(logged(&asked.stderr), "{asked:?}");
}

#[test]
fn no_way_of_naming_an_address_leads_beyond_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, code) in [
        (&["up", "--listen", "0.0.0.0:0"][..], 64),
        (&["serve", "command-api", "--listen", "192.0.2.1:8080"], 64),
        (&["up"], 1),
    ] {
        let ended = Command::new(souk_binary().unwrap())
            .args(arguments)
            .env("SOUK_DATA", folder.path().join("data"))
            .env("SOUK_LISTEN", "[::]:0")
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains("a loopback address"), "{arguments:?}: {said}");
    }
    assert!(!folder.path().join("data").exists(), "something was begun");
}

#[test]
fn a_database_url_that_is_empty_does_not_stand_for_another_database() {
    let ended = Command::new(souk_binary().unwrap())
        .args(["events", "list"])
        .env("DATABASE_URL", "")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("DATABASE_URL"), "{said}");
}
