//! The ordinary life of a server: made, used, stopped, started again.

use std::{fs, os::unix::fs::MetadataExt as _, path::Path, process::Command};

use platform::postgres::{EmbeddedOptions, EmbeddedPostgres, ServerState};
use sqlx::{ConnectOptions as _, Connection as _};

use super::folder::{Folder, pool, soon, text};

#[tokio::test]
async fn what_was_written_is_there_after_a_stop_and_a_start() {
    let folder = Folder::new();
    let server = folder.started().await;
    let options = server.ensure_database("souk").await.unwrap();
    let mut connection = options.connect().await.unwrap();
    sqlx::query("CREATE TABLE carts AS SELECT 42 AS id")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    server.stop().await;

    let server = folder.started().await;
    let options = server.ensure_database("souk").await.unwrap();
    let mut connection = options.connect().await.unwrap();
    let id: i32 = sqlx::query_scalar("SELECT id FROM carts")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(id, 42);
    server.stop().await;
}

#[tokio::test]
async fn the_server_is_private_and_durable() {
    let folder = Folder::new();
    let server = folder.started().await;
    let pool = pool(&server).await;
    for (setting, value) in [
        ("listen_addresses", ""),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("data_checksums", "on"),
        ("server_encoding", "UTF8"),
        ("TimeZone", "UTC"),
        ("max_connections", "100"),
        ("logging_collector", "on"),
    ] {
        assert_eq!(
            text(&pool, &format!("SELECT current_setting('{setting}')")).await,
            value,
            "{setting}"
        );
    }
    assert_eq!(
        text(
            &pool,
            "SELECT datcollate::text FROM pg_database WHERE datname = 'postgres'"
        )
        .await,
        "C"
    );
    assert_eq!(text(&pool, "SELECT lower('СКЛАД')").await, "склад");
    for private in ["postgres/data", "postgres/run", "postgres/log"] {
        let mode = fs::metadata(folder.data_dir().join(private)).unwrap().mode();
        assert_eq!(mode & 0o077, 0, "{private} has mode {mode:o}");
    }
    assert!(fs::read_dir(server.log_folder()).unwrap().count() > 0);
    server.stop().await;
}

#[tokio::test]
async fn a_stop_leaves_nothing_running_and_the_folder_free() {
    let folder = Folder::new();
    let server = folder.started().await;
    let pid = server.pid().unwrap();
    let state = server.state();
    server.stop().await;
    assert_eq!(*state.borrow(), ServerState::Stopped);
    assert!(!Path::new(&format!("/proc/{pid}/cwd")).exists());
    assert!(!folder.data_dir().join("postgres/data/postmaster.pid").exists());
    folder.started().await.stop().await;
}

#[tokio::test]
async fn a_handle_that_is_dropped_stops_its_server() {
    let folder = Folder::new();
    let server = folder.started().await;
    let mut state = server.state();
    drop(server);
    soon(state.wait_for(|state| *state == ServerState::Stopped))
        .await
        .unwrap();
}

#[tokio::test]
async fn odd_and_very_long_folders_work() {
    let folder = Folder::new();
    let odd = folder.outer().join(r#"it's "my", shop \ лавка"#);
    let long = folder.outer().join("x".repeat(120)).join("y".repeat(120));
    for data_dir in [odd, long] {
        let server = EmbeddedPostgres::start(EmbeddedOptions::new(&data_dir))
            .await
            .unwrap();
        let pool = pool(&server).await;
        assert_eq!(text(&pool, "SELECT current_user::text").await, "souk");
        pool.close().await;
        let socket = server.connect_options("postgres").get_socket().unwrap().clone();
        server.stop().await;
        assert!(
            socket.starts_with(&data_dir) || !socket.exists(),
            "{} is still there",
            socket.display()
        );
    }
}

#[tokio::test]
async fn the_line_for_a_person_opens_psql() {
    let folder = Folder::new();
    let server = folder.started().await;
    let line = format!(
        "{} --no-psqlrc --tuples-only --command 'SELECT 6 * 7'",
        server.psql("postgres")
    );
    let output = Command::new("sh").args(["-c", &line]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "42", "{output:?}");
    server.stop().await;
}

#[tokio::test]
async fn an_operator_may_set_what_he_likes_in_a_file_that_stays() {
    let folder = Folder::new();
    folder.started().await.stop().await;
    fs::write(
        folder.data_dir().join("postgres/local.conf"),
        "work_mem = '13MB'\n",
    )
    .unwrap();
    let server = folder.started().await;
    assert_eq!(text(&pool(&server).await, "SHOW work_mem").await, "13MB");
    server.stop().await;
}

#[tokio::test]
async fn the_server_does_not_run_as_root() {
    let folder = Folder::new();
    let server = folder.started().await;
    let owner = fs::metadata(format!("/proc/{}", server.pid().unwrap()))
        .unwrap()
        .uid();
    assert_ne!(owner, 0);
    assert_eq!(
        owner,
        fs::metadata(folder.data_dir().join("postgres/data"))
            .unwrap()
            .uid()
    );
    server.stop().await;
}
