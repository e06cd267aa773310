//! The disk of the database is full.
//!
//! A small disk needs rights that a test seldom has, so the server is forbidden to make its files longer:
//! to everything above the system call that is the same. Where even that is not permitted, a trigger
//! says what PostgreSQL says of a full disk.

use std::{os::unix::fs::MetadataExt, path::Path, process::Command};

use platform::postgres::scratch::ScratchCluster;
use sqlx::PgPool;
use tests::Shop;

use super::{Till, cannot_write};

/// PostgreSQL makes the files of its write-ahead log 16 MiB long, and must still be able to.
const LONGEST_LOG_FILE_BYTES: i64 = 16 * 1_024 * 1_024;

/// Rows and long values that make the files of the table longer than those of the write-ahead log. They are
/// rolled back: no event is in the log then, and the files stay as long as they are.
const FILL: &str = "
    BEGIN;
    INSERT INTO events
    SELECT 'filler', 'filler', number, 'Filled', '1', to_json(repeat('x', 100)), '{}', number, now()
    FROM generate_series(1000001, 1130000) AS number;
    INSERT INTO events
    SELECT 'filler', 'filler', number, 'Filled', '1', to_json(repeat('x', 1000000)), '{}', number, now()
    FROM generate_series(2000001, 2000020) AS number;
    ROLLBACK;
    CHECKPOINT";

const SIZES: &str = "
    SELECT least(pg_relation_size('events'), pg_relation_size(reltoastrelid))
    FROM pg_class WHERE oid = 'events'::regclass";

const PRETEND: &str = "
    CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
    END
    $$;
    CREATE TRIGGER disk_is_full BEFORE INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION disk_is_full()";

/// A disk that can be full.
struct Disk {
    pool: PgPool,
    server: u32,
    /// Whether the server really cannot make its files longer.
    real: bool,
}

impl Disk {
    async fn of(pool: PgPool, server: u32) -> Self {
        sqlx::raw_sql(FILL).execute(&pool).await.unwrap();
        let real = limit(server, None);
        Self { pool, server, real }
    }

    async fn fill(&self) {
        if self.real {
            let length: i64 = sqlx::query_scalar(SIZES).fetch_one(&self.pool).await.unwrap();
            assert!(
                length > LONGEST_LOG_FILE_BYTES,
                "the table has only {length} bytes"
            );
            assert!(self.limit(u64::try_from(length).ok()).await);
        } else {
            sqlx::raw_sql(PRETEND).execute(&self.pool).await.unwrap();
        }
    }

    async fn make_room(&self) {
        if self.real {
            assert!(self.limit(None).await);
        } else {
            sqlx::raw_sql("DROP FUNCTION disk_is_full CASCADE")
                .execute(&self.pool)
                .await
                .unwrap();
        }
    }

    /// First the main process, whose children inherit it, then those that it has already.
    async fn limit(&self, bytes: Option<u64>) -> bool {
        let children = "SELECT pid FROM pg_stat_activity";
        limit(self.server, bytes)
            && sqlx::query_scalar::<_, i32>(children)
                .fetch_all(&self.pool)
                .await
                .unwrap()
                .into_iter()
                .all(|child| limit(u32::try_from(child).unwrap(), bytes))
    }
}

/// Limits the length of the files of a process, if that is permitted here. One that has just ended needs none.
///
/// A process may limit those of its own user. For root's rights alone that is not enough: so root becomes
/// the user of the server for it.
pub(super) fn limit(process_id: u32, bytes: Option<u64>) -> bool {
    let folder = format!("/proc/{process_id}");
    let Ok(owner) = std::fs::metadata(&folder) else {
        return true;
    };
    let ours = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == owner.uid());
    let mut command = Command::new(if ours { "prlimit" } else { "setpriv" });
    if !ours {
        command.args([
            format!("--reuid={}", owner.uid()),
            format!("--regid={}", owner.gid()),
        ]);
        command.args(["--clear-groups", "prlimit"]);
    }
    let limit = bytes.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
    // The soft limit alone, so that it can be raised again.
    command.args([format!("--pid={process_id}"), format!("--fsize={limit}:")]);
    let limited = command.output().is_ok_and(|output| output.status.success());
    limited || !Path::new(&folder).exists()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_whose_disk_is_full_says_so_and_goes_on_when_there_is_room() {
    // A server of its own: a full disk is full for everybody.
    let cluster = ScratchCluster::start().await.unwrap();
    let nothing = async |_| Ok::<_, sqlx::Error>(());
    let database = cluster.database("filling", nothing).await.unwrap();
    let url = cluster.server().url(database.name());
    let shop = tokio::task::spawn_blocking(move || Shop::start_on(url));
    let till = Till::open(shop.await.unwrap().unwrap()).await.unwrap();
    let disk = Disk::of(database.pool(2).await.unwrap(), cluster.server().pid().unwrap()).await;
    if !disk.real {
        println!("this machine does not let the test limit the server, so the full disk is only pretended");
    }
    disk.fill().await;

    // The page that is begun has room for some more.
    let mut paid_in = 0;
    let refusal = loop {
        let answer = till.pay_in(paid_in + 1).await.unwrap();
        if !answer.status.is_success() {
            break answer;
        }
        paid_in += 1;
        assert!(paid_in < 1_000, "the disk is not full");
    };
    cannot_write(&refusal).unwrap();
    till.becomes_ready(false).await.unwrap();
    let health = till.client.get("/health/ready").await.unwrap();
    assert_eq!(health.body["checks"]["log"]["state"], "not_ready", "{health:?}");
    assert_eq!(health.body["checks"]["database"]["state"], "ready", "{health:?}");
    till.shows(paid_in).await.unwrap();

    disk.make_room().await;
    // Nobody sends a command to a shop that is not ready, and still it finds out.
    till.becomes_ready(true).await.unwrap();
    till.insist(paid_in + 1).await.unwrap();
    till.shows(paid_in + 1).await.unwrap();
    drop(till.shop);
    drop(disk);
    cluster.stop().await;
}
