//! Proof that the server has taken nothing back between two moments.
//!
//! Read models commit without waiting for the disk, so a crash of the server takes the last commits back: rows,
//! together with the positions that were read beside them or published from memory. Every session dies with such
//! a crash. So as long as one session goes on, whatever was committed during it is still there. An answer
//! that says how far its rows are was read while one session went on, or it is not given.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};

use sqlx::{Connection as _, PgConnection, PgPool};
use tokio::sync::Mutex;

use crate::runner::Progress;

/// How long the session may take to answer before it counts as gone.
const LIMIT: Duration = Duration::from_secs(5);

/// The number of a session. A later one has a higher number, also among those of other readers of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Session(pub(crate) u64);

/// Keeps one session. Clones are the same.
#[derive(Clone)]
pub(crate) struct Witness {
    pool: PgPool,
    progress: Progress,
    kept: Arc<Mutex<Kept>>,
    /// The session that is kept and how many have asked about it, to be read without a wait.
    known: Arc<Known>,
}

#[derive(Default)]
struct Kept {
    connection: Option<PgConnection>,
    /// All who had asked by then are answered.
    answered: u64,
}

#[derive(Default)]
struct Known {
    /// 0 while there is none.
    session: AtomicU64,
    asked: AtomicU64,
}

impl Witness {
    pub(crate) fn new(pool: PgPool, progress: Progress) -> Self {
        Self {
            pool,
            progress,
            kept: Arc::default(),
            known: Arc::default(),
        }
    }

    /// The session that goes on, to be asked about later.
    ///
    /// # Errors
    ///
    /// When there is none and none can be opened.
    pub(crate) async fn session(&self) -> Result<Session, sqlx::Error> {
        if let Some(session) = self.known() {
            return Ok(session);
        }
        let mut kept = self.kept.lock().await;
        if let Some(session) = self.known() {
            return Ok(session);
        }
        let mut connection = self.pool.acquire().await?.detach();
        // One that lay in the pool may have died long ago: it counts from when it answers.
        within(connection.ping()).await?;
        let session = self.progress.begin_session();
        kept.connection = Some(connection);
        self.known.session.store(session.0, SeqCst);
        Ok(session)
    }

    /// Whether a session still goes on. One round trip answers all who wait for it.
    pub(crate) async fn goes_on(&self, session: Session) -> bool {
        let ticket = self.known.asked.fetch_add(1, SeqCst) + 1;
        let mut kept = self.kept.lock().await;
        if self.known() != Some(session) {
            return false;
        }
        if kept.answered >= ticket {
            return true;
        }
        let asked = self.known.asked.load(SeqCst);
        // One whose answer is not waited for any more is read to its end by the next.
        let answered = match kept.connection.as_mut() {
            Some(connection) => within(connection.ping()).await.is_ok(),
            None => false,
        };
        if answered {
            kept.answered = asked;
        } else {
            kept.connection = None;
            self.known.session.store(0, SeqCst);
        }
        answered
    }

    fn known(&self) -> Option<Session> {
        match self.known.session.load(SeqCst) {
            0 => None,
            session => Some(Session(session)),
        }
    }
}

async fn within(answer: impl Future<Output = Result<(), sqlx::Error>>) -> Result<(), sqlx::Error> {
    let elapsed = |elapsed: tokio::time::error::Elapsed| Err(sqlx::Error::Io(elapsed.into()));
    tokio::time::timeout(LIMIT, answer).await.unwrap_or_else(elapsed)
}
