//! Pools drop their rights and limit their waits.

use platform::{
    pool::{self, DatabaseRole, PoolError, PoolSettings},
    postgres::scratch::{ScratchCluster, ScratchDatabase},
};
use sqlx::{PgPool, postgres::PgConnectOptions};

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
