//! `kill -9`, of the server and of the process that owns it.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use platform::postgres::{EmbeddedOptions, EmbeddedPostgres, ServerState};
use sqlx::postgres::PgPoolOptions;

use super::{
    folder::{Folder, pool, soon, text},
    other_process,
};

/// The shell's own `kill`: the program of that name is not on every machine.
fn kill_9(pid: u32) {
    let status = Command::new("sh")
        .args(["-c", "kill -9 \"$1\"", "sh", &pid.to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

#[tokio::test]
async fn a_killed_server_is_started_again_and_pools_reconnect() {
    let folder = Folder::new();
    let server = folder.started().await;
    let pool = PgPoolOptions::new()
        .acquire_timeout(Duration::from_secs(60))
        .connect_with(server.connect_options("postgres"))
        .await
        .unwrap();
    sqlx::query("CREATE TABLE carts AS SELECT 42 AS id")
        .execute(&pool)
        .await
        .unwrap();
    let first = server.pid().unwrap();
    kill_9(first);
    let mut state = server.state();
    let again = |state: &ServerState| matches!(state, ServerState::Running { restarts: 1, .. });
    soon(state.wait_for(again)).await.unwrap();
    assert_ne!(server.pid().unwrap(), first);
    let id: i32 = sqlx::query_scalar("SELECT id FROM carts")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(id, 42);
    server.stop().await;
}

#[tokio::test]
async fn a_killed_worker_does_not_end_the_server() {
    let folder = Folder::new();
    let server = folder.started().await;
    let (survivor, victim) = (pool(&server).await, pool(&server).await);
    let worker: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(&victim)
        .await
        .unwrap();
    let main = server.pid();
    kill_9(worker.try_into().unwrap());
    soon(async {
        while sqlx::query("SELECT 1").execute(&survivor).await.is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(server.pid(), main);
    server.stop().await;
}

#[test]
fn a_killed_owner_leaves_a_folder_that_starts_again() {
    if other_process::is_this() {
        return other_process::run(own_until_killed);
    }
    let folder = Folder::new();
    let name = "embedded_postgres::crashes::a_killed_owner_leaves_a_folder_that_starts_again";
    let mut owner = other_process::start(name, &folder.data_dir());
    let server_pid = owner.hear();
    owner.kill_9();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let server = folder.started().await;
        assert!(
            !Path::new(&format!("/proc/{server_pid}/cwd")).exists(),
            "process {server_pid} still runs"
        );
        assert_eq!(
            text(&pool(&server).await, "SELECT id::text FROM carts").await,
            "42"
        );
        server.stop().await;
    });
}

#[test]
fn a_server_that_outlives_its_owner_is_ended_before_the_next_start() {
    if other_process::is_this() {
        return other_process::run(own_until_killed);
    }
    let folder = Folder::new();
    let programs = programs_without_setpriv(&folder);
    let name = "embedded_postgres::crashes::a_server_that_outlives_its_owner_is_ended_before_the_next_start";
    let mut owner = other_process::start_with_path(name, &folder.data_dir(), &programs);
    let server_pid: u32 = owner.hear().parse().unwrap();
    owner.kill_9();
    assert!(
        Path::new(&format!("/proc/{server_pid}/cwd")).exists(),
        "nothing was left behind"
    );
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let server = folder.started().await;
        assert_ne!(server.pid(), Some(server_pid));
        assert_eq!(
            text(&pool(&server).await, "SELECT id::text FROM carts").await,
            "42"
        );
        server.stop().await;
    });
}

/// Without `setpriv` nothing tells the server that its owner is gone.
fn programs_without_setpriv(folder: &Folder) -> PathBuf {
    let programs = folder.outer().join("programs");
    fs::create_dir(&programs).unwrap();
    let id = Command::new("sh").args(["-c", "command -v id"]).output().unwrap();
    symlink(String::from_utf8(id.stdout).unwrap().trim(), programs.join("id")).unwrap();
    programs
}

async fn own_until_killed(data_dir: PathBuf) {
    let server = EmbeddedPostgres::start(EmbeddedOptions::new(data_dir))
        .await
        .unwrap();
    let pool = pool(&server).await;
    sqlx::query("CREATE TABLE carts AS SELECT 42 AS id")
        .execute(&pool)
        .await
        .unwrap();
    other_process::say(&server.pid().unwrap().to_string());
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_server_that_cannot_live_is_given_up_with_a_reason() {
    let folder = Folder::new();
    let server = folder.started().await;
    // Nothing can be read any more, so no restart can succeed.
    fs::remove_file(folder.data_dir().join("postgres/data/global/pg_control")).unwrap();
    kill_9(server.pid().unwrap());
    let reason = soon(server.failed()).await;
    assert!(reason.contains("pg_control"), "{reason}");
    assert_eq!(server.pid(), None);
    server.stop().await;
}
