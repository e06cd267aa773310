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

/// More than a server that dies of itself may die before it is given up.
const WORKERS_KILLED: u64 = 6;

fn kill_9(pid: u32) {
    signal("-KILL", pid);
}

/// The shell's own `kill`: the program of that name is not on every machine.
fn signal(signal: &str, pid: u32) {
    let status = Command::new("sh")
        .args(["-c", "kill \"$1\" \"$2\"", "sh", signal, &pid.to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

/// The number of a process of the server that another process owns.
fn worker_of(folder: &Folder, statement: &'static str) -> u32 {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let options = platform::postgres::running_server(&folder.data_dir(), "postgres");
        let pool = sqlx::PgPool::connect_with(options.unwrap().unwrap())
            .await
            .unwrap();
        let pid: i32 = sqlx::query_scalar(statement).fetch_one(&pool).await.unwrap();
        pid.try_into().unwrap()
    })
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
async fn a_server_is_started_again_however_often_one_of_its_workers_is_killed() {
    let folder = Folder::new();
    let server = folder.started().await;
    let (survivor, victim) = (pool(&server).await, pool(&server).await);
    for restarts in 1..=WORKERS_KILLED {
        let worker: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
            .fetch_one(&victim)
            .await
            .unwrap();
        kill_9(worker.try_into().unwrap());
        let mut state = server.state();
        soon(state.wait_for(
            |state| matches!(state, ServerState::Running { restarts: again, .. } if *again == restarts),
        ))
        .await
        .unwrap();
        sqlx::query("SELECT 1").execute(&survivor).await.unwrap();
    }
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

#[tokio::test]
async fn lock_files_with_the_number_of_another_living_process_do_not_keep_a_server_from_starting() {
    let folder = Folder::new();
    let server = folder.started().await;
    let socket = server.connect_options("postgres").get_socket().unwrap().clone();
    server.stop().await;
    let mut other = Command::new("sleep").arg("600").spawn().unwrap();
    // The files of a server that was there when the power failed, as they look after the machine is up again.
    let number = format!("{}\n", other.id());
    fs::write(folder.data_dir().join("postgres/data/postmaster.pid"), &number).unwrap();
    fs::write(socket.join(".s.PGSQL.5432.lock"), &number).unwrap();
    fs::write(socket.join(".s.PGSQL.5432"), "").unwrap();

    let server = folder.started().await;
    assert_eq!(text(&pool(&server).await, "SELECT 'well'").await, "well");
    assert!(other.try_wait().unwrap().is_none(), "the other process was ended");
    server.stop().await;
    other.kill().unwrap();
    other.wait().unwrap();
}

#[test]
fn a_server_that_is_left_behind_while_it_recovers_is_ended_all_the_same() {
    if other_process::is_this() {
        return other_process::run(own_until_killed);
    }
    let folder = Folder::new();
    let programs = programs_without_setpriv(&folder);
    let name =
        "embedded_postgres::crashes::a_server_that_is_left_behind_while_it_recovers_is_ended_all_the_same";
    let mut owner = other_process::start_with_path(name, &folder.data_dir(), &programs);
    let first: u32 = owner.hear().parse().unwrap();
    let worker = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'";
    // Frozen, the server cannot write everything down, as one that recovers does not: it does not end in order.
    let frozen = worker_of(&folder, worker);
    signal("-STOP", frozen);
    owner.kill_9();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let server = soon(folder.started()).await;
        for process in [first, frozen] {
            assert!(
                !Path::new(&format!("/proc/{process}/cwd")).exists(),
                "process {process} still runs"
            );
        }
        assert_eq!(
            text(&pool(&server).await, "SELECT id::text FROM carts").await,
            "42"
        );
        server.stop().await;
    });
}
