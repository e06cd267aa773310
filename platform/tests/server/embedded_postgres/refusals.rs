//! What is refused, and in which words.

use std::{fs, os::unix::fs::PermissionsExt as _};

use platform::postgres::{EmbeddedError, EmbeddedOptions, EmbeddedPostgres};

use super::{
    folder::{Folder, with_causes},
    other_process,
};

#[test]
fn a_second_start_on_the_same_folder_is_refused_with_the_number_of_the_first() {
    if other_process::is_this() {
        return other_process::run(async |data_dir| {
            let _server = EmbeddedPostgres::start(EmbeddedOptions::new(data_dir))
                .await
                .unwrap();
            other_process::say("started");
            std::future::pending::<()>().await;
        });
    }
    let folder = Folder::new();
    let name = "embedded_postgres::refusals::a_second_start_on_the_same_folder_is_refused_with_the_number_of_the_first";
    let mut first = other_process::start(name, &folder.data_dir());
    assert_eq!(first.hear(), "started");
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let refused = folder.start().await.unwrap_err().to_string();
        assert!(
            refused.contains(&format!("is in use by process {}", first.id())),
            "{refused}"
        );
    });
}

#[tokio::test]
async fn a_folder_that_the_other_user_cannot_reach_is_refused_by_name() {
    let folder = Folder::new();
    let home = folder.outer().join("home");
    fs::create_dir(&home).unwrap();
    fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).unwrap();
    let started = EmbeddedPostgres::start(EmbeddedOptions::new(home.join("shop"))).await;
    let runs_as_root =
        fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    match started {
        Err(EmbeddedError::OutOfReach { blocking, .. }) if runs_as_root => {
            assert_eq!(blocking, home.canonicalize().unwrap());
        }
        // Everybody else's server runs as themselves, who can reach what is theirs.
        Ok(server) if !runs_as_root => server.stop().await,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_private_data_folder_of_root_is_opened_to_the_servers_group_alone() {
    let folder = Folder::new();
    fs::create_dir(folder.data_dir()).unwrap();
    fs::set_permissions(folder.data_dir(), fs::Permissions::from_mode(0o700)).unwrap();
    folder.started().await.stop().await;
    let mode = fs::metadata(folder.data_dir()).unwrap().permissions().mode();
    assert_eq!(mode & 0o067, 0, "mode {mode:o}");
}

#[tokio::test]
async fn a_cluster_of_another_version_is_refused_and_kept() {
    let folder = Folder::new();
    folder.started().await.stop().await;
    let version = folder.data_dir().join("postgres/data/PG_VERSION");
    fs::write(&version, "9\n").unwrap();
    let refused = folder.start().await.unwrap_err();
    assert!(
        matches!(refused, EmbeddedError::OtherVersion { cluster: 9, .. }),
        "{refused}"
    );
    assert!(version.exists());
}

#[tokio::test]
async fn a_server_that_does_not_start_shows_the_end_of_its_log() {
    let folder = Folder::new();
    folder.started().await.stop().await;
    fs::write(
        folder.data_dir().join("postgres/local.conf"),
        "no_such_setting = 1\n",
    )
    .unwrap();
    let refused = folder.start().await.unwrap_err();
    assert!(
        with_causes(&refused).contains("no_such_setting"),
        "{}",
        with_causes(&refused)
    );
}

#[tokio::test]
async fn a_data_folder_that_is_a_file_is_refused() {
    let folder = Folder::new();
    fs::write(folder.data_dir(), "not a folder").unwrap();
    let refused = folder.start().await.unwrap_err();
    assert!(matches!(refused, EmbeddedError::File { .. }), "{refused}");
}
