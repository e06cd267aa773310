//! Throw-away servers: every test has its own database, and nothing is left behind.

use std::{
    convert::Infallible,
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};

use platform::postgres::scratch::{ScratchCluster, ScratchDatabase, ScratchError};
use sqlx::{PgPool, postgres::PgConnectOptions};

use crate::embedded_postgres::other_process;

static MIGRATIONS: AtomicU32 = AtomicU32::new(0);

async fn database() -> ScratchDatabase {
    let cluster = ScratchCluster::shared().await.unwrap();
    cluster.database("carts", migrate).await.unwrap()
}

async fn migrate(options: PgConnectOptions) -> Result<(), sqlx::Error> {
    MIGRATIONS.fetch_add(1, Ordering::Relaxed);
    let pool = PgPool::connect_with(options).await?;
    sqlx::query("CREATE TABLE carts (id bigint PRIMARY KEY)")
        .execute(&pool)
        .await?;
    pool.close().await;
    Ok(())
}

#[tokio::test]
async fn databases_of_one_template_are_apart() {
    let (first, second) = tokio::join!(database(), database());
    assert_ne!(first.name(), second.name());
    let (first, second) = (first.pool(1).await.unwrap(), second.pool(1).await.unwrap());
    sqlx::query("INSERT INTO carts VALUES (1)")
        .execute(&first)
        .await
        .unwrap();
    let elsewhere: i64 = sqlx::query_scalar("SELECT count(*) FROM carts")
        .fetch_one(&second)
        .await
        .unwrap();
    assert_eq!(elsewhere, 0);
    assert_eq!(MIGRATIONS.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_database_goes_soon_after_its_handle() {
    // A server of its own: in the shared one, another test's call may be the next.
    let cluster = ScratchCluster::start().await.unwrap();
    let empty = async |_| Ok::<_, Infallible>(());
    let gone = cluster.database("empty", empty).await.unwrap();
    let name = gone.name().to_owned();
    drop(gone);
    let next = cluster.database("empty", empty).await.unwrap();
    let pool = next.pool(1).await.unwrap();
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_database WHERE datname = $1")
        .bind(&name)
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(left, 0, "{name} is still there");
    pool.close().await;
    cluster.stop().await;
}

#[tokio::test]
async fn a_migration_that_fails_is_told_and_can_be_tried_again() {
    let cluster = ScratchCluster::shared().await.unwrap();
    let failed = cluster
        .database("twice", async |_| Err("the disk is full"))
        .await
        .unwrap_err();
    assert!(matches!(failed, ScratchError::Migration { .. }), "{failed:?}");
    cluster
        .database("twice", async |_| Ok::<_, Infallible>(()))
        .await
        .unwrap();
}

#[test]
fn a_killed_test_process_leaves_no_server_and_its_folder_goes_with_the_next_start() {
    if other_process::is_this() {
        return other_process::run(async |_| {
            let cluster = ScratchCluster::start().await.unwrap();
            other_process::say(&format!(
                "{} {}",
                cluster.server().pid().unwrap(),
                cluster
                    .server()
                    .log_folder()
                    .parent()
                    .unwrap()
                    .parent()
                    .unwrap()
                    .display()
            ));
            std::future::pending::<()>().await;
        });
    }
    let mut other = other_process::start(
        "scratch::a_killed_test_process_leaves_no_server_and_its_folder_goes_with_the_next_start",
        Path::new("/"),
    );
    let said = other.hear();
    let (pid, folder) = said.split_once(' ').unwrap();
    assert!(Path::new(folder).exists());
    other.kill_9();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let next = ScratchCluster::start().await.unwrap();
        assert!(!Path::new(folder).exists(), "{folder} is still there");
        assert!(
            !Path::new(&format!("/proc/{pid}/cwd")).exists(),
            "process {pid} still runs"
        );
        next.stop().await;
    });
}
