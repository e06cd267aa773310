//! What was written stays as it was, whoever tries.

use platform::pool::{DatabaseRole, PoolSettings};
use sqlx::{PgPool, error::DatabaseError};

use super::{Database, append};

/// SQLSTATE: no privilege, or a connection that only reads.
const DENIED: [&str; 2] = ["42501", "25006"];

async fn refused(pool: &PgPool, statement: &str) -> String {
    let error = sqlx::query(statement).execute(pool).await.expect_err(statement);
    error
        .as_database_error()
        .and_then(DatabaseError::code)
        .map(String::from)
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn not_even_the_owner_changes_an_event() {
    let database = Database::new().await;
    database.log().await.append(append("a", 0, 2)).await.unwrap();
    let owner = database.pool().await;
    for statement in [
        "UPDATE events SET payload = '{}'",
        "DELETE FROM events",
        "DELETE FROM events WHERE position = 2",
        "TRUNCATE events",
        "TRUNCATE events CASCADE",
    ] {
        assert_eq!(refused(&owner, statement).await, "23001", "{statement}");
    }
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM events")
        .fetch_one(&owner)
        .await
        .unwrap();
    assert_eq!(count, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_role_can_do_its_work_and_no_more() {
    let database = Database::new().await;
    database.log().await.append(append("a", 0, 1)).await.unwrap();
    let role = async |role| {
        let settings = PoolSettings::new(role, "test", 2);
        platform::pool::connect(database.scratch.options(), &settings)
            .await
            .unwrap()
    };
    let writes = [
        "INSERT INTO events SELECT aggregate_type, aggregate_id, 9, event_type, event_version, payload, \
         metadata, 9, recorded_at FROM events",
        "UPDATE events SET payload = '{}'",
        "DELETE FROM events",
        "TRUNCATE events",
        "UPDATE log_head SET position = 0",
        "DELETE FROM command_keys",
        "DELETE FROM claims",
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "DROP TABLE events",
    ];
    for name in [
        DatabaseRole::Writer,
        DatabaseRole::Projector,
        DatabaseRole::Auditor,
    ] {
        let pool = role(name).await;
        let read: i64 = sqlx::query_scalar("SELECT count(*) FROM events")
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(read, 1);
        for statement in writes {
            let code = refused(&pool, statement).await;
            assert!(DENIED.contains(&code.as_str()), "{name:?}: {statement}: {code}");
        }
    }
    let appends = "SELECT * FROM append_events('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', \
                   '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')";
    sqlx::query(appends)
        .execute(&role(DatabaseRole::Writer).await)
        .await
        .unwrap();
    for name in [DatabaseRole::Projector, DatabaseRole::Auditor] {
        let code = refused(&role(name).await, appends).await;
        assert!(DENIED.contains(&code.as_str()), "{name:?}: {code}");
    }
}
