//! Throw-away servers for tests.
//!
//! All tests of a process share one server; each gets a database of its own, copied from
//! a template that is migrated once. Nothing has to be cleared away by a test, also not
//! by one that panics: the server ends with the process, and a small helper process that
//! outlives it removes the folder. What even the helper leaves, the next start removes.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use platform::postgres::scratch::ScratchCluster;
//!
//! let cluster = ScratchCluster::shared().await?;
//! let database = cluster
//!     .database("shop", async |options| {
//!         let pool = sqlx::PgPool::connect_with(options).await?;
//!         sqlx::query("CREATE TABLE carts (id bigint)").execute(&pool).await?;
//!         pool.close().await;
//!         Ok::<_, sqlx::Error>(())
//!     })
//!     .await?;
//! let pool = database.pool(4).await?;
//! # Ok(())
//! # }
//! ```

use std::{
    collections::HashMap,
    error::Error,
    fs::{self, File},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use sqlx::{
    ConnectOptions as _, Connection as _, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::sync::OnceCell;

use super::{
    EmbeddedError, EmbeddedOptions, EmbeddedPostgres, embedded::check_name, leftovers, private_dir,
    settings::Durability,
};
use crate::data_dir::{DataDirLock, LockError};

/// The server that all tests of this process share.
static SHARED: OnceCell<ScratchCluster> = OnceCell::const_new();

/// Where Linux keeps files in memory.
const MEMORY_FOLDER: &str = "/dev/shm";

/// Room for a cluster and some hundred databases. Containers often have 64 MB there.
const MIN_FREE_MEMORY_BYTES: u64 = 2 << 30;

/// Numbers the servers of this process.
static NEXT_SERVER: AtomicU64 = AtomicU64::new(0);

/// Why a throw-away server or database cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ScratchError {
    /// The server does not run.
    #[error("no throw-away PostgreSQL could be started")]
    Server(#[from] EmbeddedError),
    /// The server refuses a statement.
    #[error("the throw-away PostgreSQL refused a statement")]
    Statement(#[from] sqlx::Error),
    /// The caller's own migration failed.
    #[error("the template {template} could not be migrated")]
    Migration {
        /// The template's name.
        template: String,
        /// What the migration said.
        source: Box<dyn Error + Send + Sync>,
    },
}

/// A server whose data nobody will miss.
#[derive(Debug)]
pub struct ScratchCluster {
    server: EmbeddedPostgres,
    remover: Remover,
    templates: Mutex<HashMap<String, Arc<OnceCell<()>>>>,
    next_database: AtomicU64,
    unused: Arc<Mutex<Vec<String>>>,
}

/// A database of one test.
///
/// It is dropped some time after this handle, so keep the handle as long as the database.
#[derive(Debug)]
pub struct ScratchDatabase {
    name: String,
    options: PgConnectOptions,
    unused: Arc<Mutex<Vec<String>>>,
}

impl ScratchCluster {
    /// The server that all tests of this process share; the first one starts it.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub async fn shared() -> Result<&'static Self, ScratchError> {
        SHARED.get_or_try_init(Self::start).await
    }

    /// A server of the caller's own, for tests that stop or kill it.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub async fn start() -> Result<Self, ScratchError> {
        let (folder, lock) = tokio::task::spawn_blocking(new_folder)
            .await
            .map_err(|_| EmbeddedError::SupervisorGone)??;
        let remover = Remover::start(&folder)?;
        let mut options = EmbeddedOptions::new(folder);
        options.durability = Durability::ThrownAway;
        Ok(Self {
            server: EmbeddedPostgres::start_locked(options, lock).await?,
            remover,
            templates: Mutex::default(),
            next_database: AtomicU64::new(0),
            unused: Arc::default(),
        })
    }

    /// The server itself.
    #[must_use]
    pub fn server(&self) -> &EmbeddedPostgres {
        &self.server
    }

    /// A new database, copied from the template of that name.
    ///
    /// The first caller's `migrate` makes the template; whoever else gives the same name
    /// gets a copy of it. `migrate` must close its connections.
    ///
    /// # Errors
    ///
    /// When the template's name is no plain identifier, `migrate` fails, or the server refuses.
    pub async fn database<E>(
        &self,
        template: &str,
        migrate: impl AsyncFnOnce(PgConnectOptions) -> Result<(), E>,
    ) -> Result<ScratchDatabase, ScratchError>
    where
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        check_name(template)?;
        let made = Arc::clone(lock(&self.templates).entry(template.to_owned()).or_default());
        made.get_or_try_init(|| self.make_template(template, migrate))
            .await?;

        let name = format!(
            "{template}_{}",
            self.next_database.fetch_add(1, Ordering::Relaxed)
        );
        let mut connection = self.connect().await?;
        self.drop_unused(&mut connection).await?;
        // Both names are plain identifiers, which was checked above. Copying files is quicker
        // than writing the copy to the log, which nobody will ever replay.
        sqlx::query(&format!(
            "CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"
        ))
        .execute(&mut connection)
        .await?;
        connection.close().await?;
        Ok(ScratchDatabase {
            options: self.server.connect_options(&name),
            name,
            unused: Arc::clone(&self.unused),
        })
    }

    /// Stops the server and removes everything it wrote.
    pub async fn stop(self) {
        self.server.stop().await;
        drop(self.remover);
    }

    async fn make_template<E>(
        &self,
        template: &str,
        migrate: impl AsyncFnOnce(PgConnectOptions) -> Result<(), E>,
    ) -> Result<(), ScratchError>
    where
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let mut connection = self.connect().await?;
        // A try before this one may have failed halfway.
        sqlx::query(&format!("DROP DATABASE IF EXISTS {template} WITH (FORCE)"))
            .execute(&mut connection)
            .await?;
        sqlx::query(&format!("CREATE DATABASE {template}"))
            .execute(&mut connection)
            .await?;
        migrate(self.server.connect_options(template))
            .await
            .map_err(|error| ScratchError::Migration {
                template: template.to_owned(),
                source: error.into(),
            })?;
        connection.close().await?;
        Ok(())
    }

    /// A connection for one call: the tests of a process have each their own runtime.
    async fn connect(&self) -> Result<PgConnection, sqlx::Error> {
        self.server.connect_options("postgres").connect().await
    }

    async fn drop_unused(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let unused = std::mem::take(&mut *lock(&self.unused));
        for name in unused {
            sqlx::query(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                .execute(&mut *connection)
                .await?;
        }
        Ok(())
    }
}

impl ScratchDatabase {
    /// The database's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How to connect to it.
    #[must_use]
    pub fn options(&self) -> PgConnectOptions {
        self.options.clone()
    }

    /// A pool of at most `max_connections` on it.
    ///
    /// # Errors
    ///
    /// When the server cannot be reached.
    pub async fn pool(&self, max_connections: u32) -> Result<PgPool, sqlx::Error> {
        PgPoolOptions::new()
            .max_connections(max_connections)
            .connect_with(self.options())
            .await
    }
}

impl Drop for ScratchDatabase {
    fn drop(&mut self) {
        lock(&self.unused).push(std::mem::take(&mut self.name));
    }
}

/// Removes the folder when this process is gone, however it ends.
///
/// It is a shell that waits for the end of its input: the system closes that for us. A
/// server that still runs notices that its folder is gone and ends.
#[derive(Debug)]
struct Remover {
    shell: Child,
}

impl Remover {
    /// The server may still be writing when the first try runs.
    const SCRIPT: &str = "read -r _; for _ in 1 2 3 4 5; do rm -rf -- \"$1\" && break; sleep 1; done";

    fn start(folder: &Path) -> Result<Self, EmbeddedError> {
        let shell = Command::new("sh")
            .args(["-c", Self::SCRIPT, "sh"])
            .arg(folder)
            .stdin(Stdio::piped())
            // An open output would keep whoever reads our output waiting.
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|source| EmbeddedError::Run { program: PathBuf::from("sh"), source })?;
        Ok(Self { shell })
    }
}

impl Drop for Remover {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        if let Err(error) = self.shell.wait() {
            tracing::debug!(%error, "a throw-away folder may stay");
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // Tests panic; what the lock guards is whole all the same.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A new folder with its lock, after the folders of processes that are gone were removed.
fn new_folder() -> Result<(PathBuf, DataDirLock), EmbeddedError> {
    let user = rustix::process::geteuid().as_raw();
    let root = fast_folder().join(format!("souk-scratch-{user}"));
    private_dir::make(&root, 0o711)?;
    let root = root.canonicalize().map_err(EmbeddedError::file("find", &root))?;
    private_dir::check_owner(&root, user)?;

    // Without this a folder could be removed between its making and its locking.
    let turn_file = root.join("turn.lock");
    let turn = File::create(&turn_file).map_err(EmbeddedError::file("write", &turn_file))?;
    turn.lock().map_err(EmbeddedError::file("lock", &turn_file))?;

    remove_abandoned(&root)?;
    let number = NEXT_SERVER.fetch_add(1, Ordering::Relaxed);
    let folder = root.join(format!("{}-{number}", std::process::id()));
    private_dir::make_data_folder(&folder)?;
    let lock = DataDirLock::acquire(&folder)?;
    Ok((folder, lock))
}

/// Memory if there is plenty: a database is some three hundred files, and making them on
/// a disk takes twenty times as long as everything else.
fn fast_folder() -> PathBuf {
    let memory = Path::new(MEMORY_FOLDER);
    let free = rustix::fs::statvfs(memory).map(|found| found.f_bavail.saturating_mul(found.f_frsize));
    if free.is_ok_and(|bytes| bytes >= MIN_FREE_MEMORY_BYTES) {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    }
}

fn remove_abandoned(root: &Path) -> Result<(), EmbeddedError> {
    let entries = fs::read_dir(root).map_err(EmbeddedError::file("list", root))?;
    for folder in entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
    {
        match DataDirLock::acquire(&folder) {
            Ok(_lock) => {
                let home = folder.join("postgres");
                leftovers::end(&home.join("data"), &home, &[])?;
                leftovers::end(&home.join("data.new"), &home, &[])?;
                remove(&folder);
            }
            Err(LockError::InUse { .. }) => {}
            Err(error) => tracing::debug!(%error, folder = %folder.display(), "an abandoned folder stays"),
        }
    }
    Ok(())
}

fn remove(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder) {
        tracing::debug!(%error, folder = %folder.display(), "a throw-away folder stays");
    }
}
