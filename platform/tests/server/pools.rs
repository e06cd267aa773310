//! Pools drop their rights and limit their waits.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use platform::{
    pool::{self, DatabaseRole, PoolError, PoolSettings},
    postgres::scratch::{ScratchCluster, ScratchDatabase},
};
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgSslMode},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

async fn database() -> ScratchDatabase {
    let cluster = ScratchCluster::shared().await.unwrap();
    cluster.database("roles", make_roles).await.unwrap()
}

async fn make_roles(options: PgConnectOptions) -> Result<(), sqlx::Error> {
    let pool = PgPool::connect_with(options).await?;
    sqlx::query("CREATE ROLE souk_auditor").execute(&pool).await?;
    sqlx::query("CREATE TABLE carts (id bigint)")
        .execute(&pool)
        .await?;
    sqlx::query("GRANT ALL ON carts TO souk_auditor")
        .execute(&pool)
        .await?;
    pool.close().await;
    Ok(())
}

async fn setting(pool: &PgPool, name: &str) -> String {
    sqlx::query_scalar("SELECT current_setting($1)")
        .bind(name)
        .fetch_one(pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_pool_works_with_the_rights_of_its_role() {
    let database = database().await;
    let settings = PoolSettings::new(DatabaseRole::Auditor, "souk audit", 2);
    let pool = pool::connect(database.options(), &settings).await.unwrap();
    assert_eq!(setting(&pool, "role").await, "souk_auditor");
    assert_eq!(setting(&pool, "application_name").await, "souk audit");
    assert_eq!(setting(&pool, "statement_timeout").await, "30s");
    assert_eq!(setting(&pool, "lock_timeout").await, "10s");
}

#[tokio::test]
async fn an_auditor_cannot_write_by_accident() {
    let database = database().await;
    let settings = PoolSettings::new(DatabaseRole::Auditor, "souk audit", 2);
    let pool = pool::connect(database.options(), &settings).await.unwrap();
    let refused = sqlx::query("INSERT INTO carts VALUES (1)")
        .execute(&pool)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("read-only transaction"), "{refused}");
}

#[tokio::test]
async fn a_role_that_does_not_exist_is_named() {
    let database = database().await;
    let settings = PoolSettings::new(DatabaseRole::Writer, "souk", 2);
    let refused = pool::connect(database.options(), &settings).await.unwrap_err();
    assert!(
        matches!(
            refused,
            PoolError::Role {
                role: "souk_writer",
                ..
            }
        ),
        "{refused:?}"
    );
}

#[tokio::test]
async fn the_owner_keeps_the_rights_of_the_login() {
    let database = database().await;
    let settings = PoolSettings::new(DatabaseRole::Owner, "souk migrate", 2);
    let pool = pool::connect(database.options(), &settings).await.unwrap();
    assert_eq!(setting(&pool, "role").await, "none");
    sqlx::query("INSERT INTO carts VALUES (1)")
        .execute(&pool)
        .await
        .unwrap();
}

/// What a server says that recovers from a crash.
const STARTING_UP: &[u8] = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0";

async fn put_off(mut connection: TcpStream) -> std::io::Result<()> {
    let length = connection.read_u32().await?;
    let mut greeting = vec![0; usize::try_from(length).unwrap() - size_of::<u32>()];
    connection.read_exact(&mut greeting).await?;
    connection.write_u8(b'E').await?;
    let length = STARTING_UP.len() + size_of::<u32>();
    connection.write_u32(u32::try_from(length).unwrap()).await?;
    connection.write_all(STARTING_UP).await
}

/// Only as many callers ask as there may be connections, and each doubles its wait from 10 ms on: eight times in the
/// first two seconds. On a slow machine they ask less.
#[tokio::test]
async fn a_server_that_recovers_is_asked_ever_more_rarely() {
    const CONNECTIONS: u32 = 4;
    const TRIES: usize = 8;
    let database = database().await;
    let settings = PoolSettings::new(DatabaseRole::Owner, "souk", CONNECTIONS);
    let pool = pool::connect(database.options(), &settings).await.unwrap();
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let recovering = PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(server.local_addr().unwrap().port())
        .ssl_mode(PgSslMode::Disable);
    pool.set_connect_options(recovering);
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let serving = tokio::spawn(async move {
        loop {
            let (connection, _) = server.accept().await.unwrap();
            count.fetch_add(1, Ordering::Relaxed);
            put_off(connection).await.unwrap();
        }
    });

    let mut waiting = JoinSet::new();
    for _ in 0..8 * CONNECTIONS {
        let pool = pool.clone();
        waiting.spawn(async move { pool.acquire().await.map(drop) });
    }
    let answered = tokio::time::timeout(Duration::from_secs(2), waiting.join_next()).await;
    assert!(answered.is_err(), "{answered:?}");
    let (asked, callers) = (
        asked.load(Ordering::Relaxed),
        usize::try_from(CONNECTIONS).unwrap(),
    );
    assert!(
        asked >= callers && asked <= callers * TRIES,
        "{callers} connections were asked for {asked} times"
    );
    serving.abort();
}
