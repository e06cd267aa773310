//! Telling subscribers what changed.
//!
//! One watcher for each kind of row looks at how far the read model is, and reads the rows of all subscribers
//! together when it moved: what a change costs does not grow with the number of those who wait for it. It
//! runs only while somebody does.
//!
//! A subscriber that is slow misses what was in between and gets the newest, so nothing queues up.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::{Stream, stream};
use projections::{GenerationStatus, MAX_KEYS, ReadModelError, ReadModels, Session, value::Position};
use tokio::sync::{Notify, watch};

use crate::{
    batch::Load,
    freshness::Source,
    limits::{CHANGE_INTERVAL, PROGRESS_INTERVAL},
    loaders::{Accounts, Orders},
};

/// The watchers of a process. Clones are the same.
#[derive(Clone)]
pub(crate) struct Changes {
    pub(crate) orders: Watcher<Orders>,
    pub(crate) accounts: Watcher<Accounts>,
    pub(crate) generations: Watcher<Generations>,
}

impl Changes {
    pub(crate) fn new(read_models: &ReadModels) -> Self {
        let follow = |source| Pace::Follows(read_models.clone(), source);
        Self {
            orders: Watcher::new(Orders::new(read_models), follow(Source::Orders)),
            accounts: Watcher::new(Accounts::new(read_models), follow(Source::Balances)),
            generations: Watcher::new(Generations(read_models.clone()), Pace::Regular),
        }
    }
}

/// All generations of all read models, under the one key that there is.
pub(crate) struct Generations(ReadModels);

impl Load for Generations {
    type Key = ();
    type Row = Arc<[GenerationStatus]>;
    type Error = ReadModelError;

    async fn load(&self, _keys: &[()]) -> Result<HashMap<(), Self::Row>, ReadModelError> {
        Ok(HashMap::from([((), self.0.status().await?.into())]))
    }
}

/// When a watcher reads.
enum Pace {
    /// When this read model moved.
    Follows(ReadModels, Source),
    /// Each time that it looks.
    Regular,
}

impl Pace {
    const fn interval(&self) -> Duration {
        match self {
            Self::Follows(..) => CHANGE_INTERVAL,
            Self::Regular => PROGRESS_INTERVAL,
        }
    }

    /// How far the read model is, if it is followed.
    async fn position(&self) -> Result<Option<Position>, ReadModelError> {
        match self {
            Self::Follows(read_models, source) => read_models.position(source.name()).await.map(Some),
            Self::Regular => Ok(None),
        }
    }

    /// The session of the server that positions hold for.
    async fn session(&self) -> Result<Option<Session>, ReadModelError> {
        match self {
            Self::Follows(read_models, _) => read_models.session().await.map(Some),
            Self::Regular => Ok(None),
        }
    }

    /// Whether nothing was taken back since.
    async fn goes_on(&self, session: Option<Session>) -> bool {
        match (self, session) {
            (Self::Follows(read_models, _), Some(session)) => read_models.goes_on(session).await,
            _ => true,
        }
    }
}

/// Watches rows of one kind. Clones are the same.
pub(crate) struct Watcher<L: Load>(Arc<Inner<L>>);

impl<L: Load> Clone for Watcher<L> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

struct Inner<L: Load> {
    load: L,
    pace: Pace,
    watched: Mutex<Watched<L>>,
    /// Somebody has come for a row that was not watched before.
    news: Notify,
}

struct Watched<L: Load> {
    /// The rows as they were when they were read last; none if there is none or nobody has looked yet.
    rows: HashMap<L::Key, watch::Sender<Option<L::Row>>>,
    /// A row was added that nobody has read yet.
    is_new: bool,
    /// There is a task that reads them.
    is_run: bool,
}

impl<L> Watcher<L>
where
    L: Load<Row: PartialEq + Sync, Error = ReadModelError> + 'static,
{
    fn new(load: L, pace: Pace) -> Self {
        Self(Arc::new(Inner {
            load,
            pace,
            watched: Mutex::new(Watched {
                rows: HashMap::new(),
                is_new: false,
                is_run: false,
            }),
            news: Notify::new(),
        }))
    }

    /// A row as soon as there is one, and again whenever it changed.
    pub(crate) fn follow(&self, key: L::Key) -> impl Stream<Item = L::Row> + Send + use<L> {
        let receiver = self.receive(key);
        stream::unfold((receiver, true), async |(mut receiver, is_first)| {
            if !is_first {
                receiver.changed().await.ok()?;
            }
            loop {
                let row = receiver.borrow_and_update().clone();
                if let Some(row) = row {
                    return Some((row, (receiver, false)));
                }
                receiver.changed().await.ok()?;
            }
        })
    }

    fn receive(&self, key: L::Key) -> watch::Receiver<Option<L::Row>> {
        let mut watched = self.0.lock();
        let Watched { rows, is_new, .. } = &mut *watched;
        let sender = rows.entry(key).or_insert_with(|| {
            *is_new = true;
            watch::Sender::new(None)
        });
        let receiver = sender.subscribe();
        if !mem::replace(&mut watched.is_run, true) {
            tokio::spawn(run(Arc::clone(&self.0)));
        }
        self.0.news.notify_one();
        receiver
    }
}

impl<L: Load> Inner<L> {
    /// A panic elsewhere cannot leave it half written.
    fn lock(&self) -> MutexGuard<'_, Watched<L>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads until nobody is there any more.
async fn run<L>(inner: Arc<Inner<L>>)
where
    L: Load<Row: PartialEq + Sync, Error = ReadModelError>,
{
    let (mut seen, mut is_broken) = (None, false);
    loop {
        let (keys, is_new) = {
            let mut watched = inner.lock();
            watched.rows.retain(|_, sender| sender.receiver_count() > 0);
            if watched.rows.is_empty() {
                watched.is_run = false;
                return;
            }
            let keys: Vec<L::Key> = watched.rows.keys().cloned().collect();
            (keys, mem::take(&mut watched.is_new))
        };
        match look(&inner, &keys, is_new, seen).await {
            Ok(position) => (seen, is_broken) = (position, false),
            Err(error) => {
                // What was new is still to be read.
                seen = None;
                if !mem::replace(&mut is_broken, true) {
                    tracing::warn!(%error, "subscribers are not told of changes for now");
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(inner.pace.interval()) => {}
            () = inner.news.notified() => {}
        }
    }
}

/// Reads all rows if something may have changed, and says how far the read model was before.
async fn look<L>(
    inner: &Inner<L>,
    keys: &[L::Key],
    is_new: bool,
    seen: Option<Position>,
) -> Result<Option<Position>, ReadModelError>
where
    L: Load<Row: PartialEq, Error = ReadModelError>,
{
    // Before the rows: they are at least as new, unless the server crashes in between.
    let session = inner.pace.session().await?;
    let position = inner.pace.position().await?;
    if position.is_some() && position == seen && !is_new {
        return Ok(position);
    }
    for keys in keys.chunks(MAX_KEYS) {
        let mut rows = inner.load.load(keys).await?;
        let watched = inner.lock();
        for key in keys {
            let (Some(sender), Some(row)) = (watched.rows.get(key), rows.remove(key)) else {
                continue;
            };
            sender.send_if_modified(|current| {
                let is_changed = current.as_ref() != Some(&row);
                if is_changed {
                    *current = Some(row);
                }
                is_changed
            });
        }
    }
    if inner.pace.goes_on(session).await {
        Ok(position)
    } else {
        Err(ReadModelError::Restarted)
    }
}
