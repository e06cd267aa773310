//! `/health`: whether everything gets on, of all processes that share the database.
//!
//! | address         | asks                                   | 200 means                                 |
//! |-----------------|----------------------------------------|-------------------------------------------|
//! | `/health/live`  | whether to restart the process         | it answers                                |
//! | `/health/ready` | whether to send it requests            | its database answers, commands can be written |
//! | `/health`       | whether somebody has to look           | every follower of the log gets on, too    |
//!
//! A read model or a process manager that stands still takes nothing from the others: commands are taken and
//! written, and other queries answered. So it never changes `/health/ready`, by which a load balancer would
//! take the write side away. `/health` is for monitoring.
//!
//! A task looks now and then and remembers what it found, so an answer never waits for the database.

mod judge;
mod report;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::Result;
use axum::{Json, Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use chrono::Utc;
use platform::{
    disk,
    health::{CheckState, HealthRegistry},
    pool::DatabaseRole,
    shutdown::Shutdown,
};
use process_managers::inspect;
use projections::{Progress, ReadModels};
use sqlx::PgPool;

use self::{
    judge::{Judge, PATIENCE},
    report::{Found, LogFound, Report, Status},
};
use crate::database::Database;

/// How often is looked.
const INTERVAL: Duration = Duration::from_secs(2);

/// How long a look may take. A database that takes longer is in trouble itself.
const LIMIT: Duration = Duration::from_secs(10);

/// How far the time of the log is ahead of the clock that it is taken from. The time of an empty log is
/// infinitely long ago.
const LOG: &str = "SELECT position, \
                   CASE WHEN isfinite(recorded_at) \
                   THEN extract(epoch FROM recorded_at - clock_timestamp())::float8 ELSE 0 END \
                   AS seconds_ahead_of_clock FROM log_head";

/// What was found last. Clones are the same.
#[derive(Clone)]
pub(crate) struct Followers {
    registry: HealthRegistry,
    last: Arc<Mutex<Option<Last>>>,
}

#[derive(Clone)]
struct Last {
    found: Found,
    troubles: Vec<String>,
    at: Instant,
}

impl Followers {
    /// Begins to look at everything that follows the log.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub(crate) async fn watch(
        database: &Database,
        data_dir: &Path,
        registry: &HealthRegistry,
        shutdown: &Shutdown,
    ) -> Result<Self> {
        let pool = database
            .pool(DatabaseRole::Auditor, "health of followers", 1)
            .await?;
        let followers = Self {
            registry: registry.clone(),
            last: Arc::default(),
        };
        let mut looker = Looker {
            read_models: ReadModels::new(pool.clone(), data_dir.to_owned(), Progress::new()),
            pool,
            data_dir: data_dir.to_owned(),
            judge: Judge::default(),
            told: BTreeSet::new(),
        };
        let (last, token) = (Arc::clone(&followers.last), shutdown.token());
        shutdown.spawn(async move {
            while !token.is_cancelled() {
                // What cannot be found out is told by the age of what was found last.
                match tokio::time::timeout(LIMIT, looker.look()).await {
                    Ok(Ok(found)) => *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(found),
                    Ok(Err(error)) => tracing::debug!(%error, "the followers of the log cannot be looked at"),
                    Err(_elapsed) => {
                        tracing::debug!("the followers of the log take too long to be looked at");
                    }
                }
                let _stopping = token.run_until_cancelled(tokio::time::sleep(INTERVAL)).await;
            }
        });
        Ok(followers)
    }

    /// Answers `/health`.
    pub(crate) fn routes(self) -> Router {
        Router::new().route("/health", get(answer)).with_state(self)
    }

    fn report(&self) -> Report {
        let checks = self.registry.report().checks;
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut troubles: Vec<String> = checks
            .iter()
            .filter_map(|(name, state)| match state {
                CheckState::Ready => None,
                CheckState::NotReady { message } => Some(format!("{name}: {message}")),
            })
            .collect();
        match &last {
            None => troubles.push("nothing has been looked at yet".to_owned()),
            Some(last) => {
                let age = last.at.elapsed();
                if age >= PATIENCE {
                    let age = age.as_secs();
                    troubles.push(format!("nothing could be looked at for {age} s"));
                }
                troubles.extend(last.troubles.iter().cloned());
            }
        }
        Report {
            status: if troubles.is_empty() {
                Status::Ok
            } else {
                Status::Degraded
            },
            troubles,
            checks,
            found: last.map(|last| last.found),
        }
    }
}

async fn answer(State(followers): State<Followers>) -> impl IntoResponse {
    let report = followers.report();
    let status = match report.status {
        Status::Ok => StatusCode::OK,
        Status::Degraded => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, Json(report))
}

struct Looker {
    pool: PgPool,
    read_models: ReadModels,
    data_dir: PathBuf,
    judge: Judge,
    /// The troubles that were logged.
    told: BTreeSet<String>,
}

impl Looker {
    async fn look(&mut self) -> Result<Last> {
        let log: LogFound = sqlx::query_as(LOG).fetch_one(&self.pool).await?;
        let generations = self.read_models.status_here().await?;
        let managers = inspect::managers(&self.pool, PATIENCE).await?;
        let data_dir = self.data_dir.clone();
        let room = tokio::task::spawn_blocking(move || disk::room(&data_dir))
            .await?
            .ok();
        let (now, judge) = (Instant::now(), &mut self.judge);
        judge.begin();
        judge.log(log);
        let read_models: Vec<_> = generations
            .iter()
            .filter_map(|generation| judge.read_model(generation, now))
            .collect();
        let has_index = generations.iter().any(|generation| !generation.place.is_empty());
        judge.not_built(&read_models, has_index);
        let process_managers = managers
            .into_iter()
            .map(|manager| judge.manager(manager, now))
            .collect();
        let disk = room.map(|room| judge.disk(room));
        let troubles = judge.troubles.clone();
        self.tell(&troubles);
        Ok(Last {
            found: Found {
                looked_at: Utc::now(),
                log,
                read_models,
                process_managers,
                disk,
            },
            troubles,
            at: now,
        })
    }

    /// Logs each trouble when it begins, and when all are over.
    fn tell(&mut self, troubles: &[String]) {
        let now: BTreeSet<String> = troubles.iter().map(|trouble| kind(trouble)).collect();
        for trouble in troubles
            .iter()
            .filter(|trouble| !self.told.contains(&kind(trouble)))
        {
            tracing::warn!(trouble, "not everything gets on");
        }
        if now.is_empty() && !self.told.is_empty() {
            tracing::info!("everything gets on again");
        }
        self.told = now;
    }
}

/// A trouble without its numbers, which change from look to look.
fn kind(trouble: &str) -> String {
    trouble
        .chars()
        .filter(|letter| !letter.is_ascii_digit())
        .collect()
}
