//! Which generation readers use.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use event_store::Position;
use sqlx::PgPool;
use tokio::sync::watch;

use super::{
    ReadModelError, Session, Witness,
    as_of::{AsOf, resolve},
};
use crate::{
    catalogue,
    generation::{self, Generation, IN_DATABASE},
    registry::{Registered, registry},
    runner::{Here, Local, Progress},
    table::Schema,
};

/// How long a reader may use a generation without looking whether it still is the live one. The one
/// before is kept after a switch, so a reader that is late reads old rows and never none.
const LIVE_CACHE: Duration = Duration::from_millis(500);

/// Knows the live generation of every read model.
pub(crate) struct LiveGenerations {
    pool: PgPool,
    data_dir: PathBuf,
    progress: Progress,
    witness: Witness,
    place: OnceLock<String>,
    cache: Mutex<HashMap<&'static str, Cached>>,
}

#[derive(Clone)]
struct Cached {
    schema_name: Arc<str>,
    looked_up: Instant,
    /// The session that went on then.
    session: Session,
}

/// What a waiting reader watches: a worker of this process, if there is one.
pub(super) type LocalWorker = watch::Receiver<Local>;

impl LiveGenerations {
    pub(crate) fn new(pool: PgPool, data_dir: PathBuf, progress: Progress) -> Self {
        Self {
            witness: Witness::new(pool.clone(), progress.clone()),
            pool,
            data_dir,
            progress,
            place: OnceLock::new(),
            cache: Mutex::default(),
        }
    }

    /// The session of the server that goes on now.
    pub(super) async fn session(&self) -> Result<Session, ReadModelError> {
        Ok(self.witness.session().await?)
    }

    /// Whether a session still goes on.
    pub(super) async fn goes_on(&self, session: Session) -> bool {
        self.witness.goes_on(session).await
    }

    /// The schema of the live generation (or the folder, of an index).
    pub(crate) async fn schema_name(&self, projection: &str) -> Result<Arc<str>, ReadModelError> {
        let about = registered(projection)?;
        let (local, session) = (self.local(about), self.session().await?);
        if let Some(here) = local.as_ref().and_then(|local| here(local, about, session)) {
            return Ok(here.schema_name.into());
        }
        let fresh = |cached: &Cached| {
            cached.session == session
                && cached.looked_up.elapsed() < LIVE_CACHE
                && local
                    .as_ref()
                    .is_none_or(|local| local.borrow().since < cached.looked_up)
        };
        let cached = self.cached().get(about.name).cloned();
        if let Some(cached) = cached.filter(fresh) {
            return Ok(cached.schema_name);
        }
        // Taken before the look-up, so that what happens in between makes the answer old.
        let looked_up = Instant::now();
        let schema_name: Arc<str> = self.look_up(about).await?.schema_name.into();
        self.cached().insert(
            about.name,
            Cached {
                schema_name: Arc::clone(&schema_name),
                looked_up,
                session,
            },
        );
        Ok(schema_name)
    }

    /// The position up to which the live generation is visible.
    pub(crate) async fn position(&self, projection: &str) -> Result<Position, ReadModelError> {
        let about = registered(projection)?;
        let session = self.session().await?;
        let local = self.local(about);
        if let Some(here) = local.and_then(|local| here(&local, about, session)) {
            return Ok(here.position);
        }
        Ok(self.look_up(about).await?.position)
    }

    /// The name of the data folder, if it has one yet. It never changes, so the file is read until it is there.
    pub(super) async fn place(&self) -> Result<Option<String>, ReadModelError> {
        if let Some(place) = self.place.get() {
            return Ok(Some(place.clone()));
        }
        let data_dir = self.data_dir.clone();
        let found = tokio::task::spawn_blocking(move || catalogue::find_place(&data_dir));
        let found = found.await.map_err(|_panicked| ReadModelError::Thread)??;
        Ok(found.map(|place| self.place.get_or_init(|| place).clone()))
    }

    /// The worker of this process that feeds the read model, or may begin to.
    pub(super) fn worker(&self, projection: &str) -> Result<Option<LocalWorker>, ReadModelError> {
        Ok(self.local(registered(projection)?))
    }

    fn local(&self, about: Registered) -> Option<LocalWorker> {
        self.progress.watch(about.name)
    }

    async fn look_up(&self, about: Registered) -> Result<Generation, ReadModelError> {
        let place = match about.ddl {
            Some(_) => IN_DATABASE.to_owned(),
            None => match self.place().await? {
                Some(place) => place,
                None => return Err(ReadModelError::NotBuilt(about.name.to_owned())),
            },
        };
        let found = generation::find_readable(&self.pool, about.name, &place, about.version).await?;
        found.ok_or_else(|| ReadModelError::NotBuilt(about.name.to_owned()))
    }

    /// Whatever is in the cache is whole, also after a panic elsewhere.
    fn cached(&self) -> std::sync::MutexGuard<'_, HashMap<&'static str, Cached>> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the worker of this process says, unless it has not been confirmed since the session began: a crash
/// of the server may have taken it back.
fn here(local: &LocalWorker, about: Registered, session: Session) -> Option<Here> {
    let local = local.borrow();
    local
        .here
        .clone()
        .filter(|here| here.schema_version == about.version && here.session >= session)
}

fn registered(projection: &str) -> Result<Registered, ReadModelError> {
    let found = registry().iter().copied().find(|model| model.name == projection);
    found.ok_or_else(|| ReadModelError::Unknown(projection.to_owned()))
}

/// What a reader of tables needs: connections, and the schema to read from.
#[derive(Clone)]
pub(crate) struct Tables {
    pool: PgPool,
    live: Arc<LiveGenerations>,
}

impl Tables {
    pub(crate) fn new(pool: PgPool, live: Arc<LiveGenerations>) -> Self {
        Self { pool, live }
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// The position that a point of the past stands for.
    pub(crate) async fn resolve(&self, as_of: AsOf) -> Result<Position, ReadModelError> {
        resolve(&self.pool, as_of).await
    }

    /// The schema of the live generation.
    pub(crate) async fn schema(&self, projection: &str) -> Result<Schema, ReadModelError> {
        Ok(Schema::new(&*self.live.schema_name(projection).await?))
    }
}
