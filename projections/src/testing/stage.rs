//! A database and a data folder, with the writing and the reading side on them.

use std::{path::Path, sync::Arc, time::Duration};

use event_store::{Decoder, Log, Position, RecordedEvent};
use platform::{
    pool::{self, DatabaseRole, PoolSettings},
    postgres::scratch::{ScratchCluster, ScratchDatabase},
};
use sqlx::PgPool;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::{
    GenerationState, GenerationStatus, Operator, Progress, ProjectionWorkers, Projections, ReadModels,
    Recorded, Waited,
    generation::{self, Generation},
    registry::{models, registry},
    runner::{Pace, ReadModel, Sink, WriteError},
};

/// Longer than anything takes unless it hangs.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// Everything that a test needs. Dropping it removes all of it.
pub(crate) struct Stage {
    /// With the rights of those who write read models, and no others.
    pub(crate) pool: PgPool,
    /// With the rights of those who read, and no others.
    pub(crate) auditor: PgPool,
    pub(crate) folder: TempDir,
    pub(crate) log: Log,
    progress: Progress,
    database: ScratchDatabase,
}

impl Stage {
    pub(crate) async fn new(log: Log) -> Self {
        Self::on(ScratchCluster::shared().await.unwrap(), log).await
    }

    /// The same on another server, for tests that end it.
    pub(crate) async fn on(cluster: &ScratchCluster, log: Log) -> Self {
        let database = cluster
            .database("projections", async |options| {
                let pool = PgPool::connect_with(options).await?;
                let migrated = schema::migrate(&pool).await;
                pool.close().await;
                migrated.map_err(Box::<dyn std::error::Error + Send + Sync>::from)
            })
            .await
            .unwrap();
        let connect = async |role| {
            let settings = PoolSettings::new(role, "projections", 12);
            pool::connect(database.options(), &settings).await.unwrap()
        };
        let (pool, auditor) = (
            connect(DatabaseRole::Projector).await,
            connect(DatabaseRole::Auditor).await,
        );
        let folder = tempfile::tempdir().unwrap();
        Self {
            pool,
            auditor,
            folder,
            log,
            progress: Progress::new(),
            database,
        }
    }

    pub(crate) fn projections(&self) -> Projections {
        self.projections_with(self.progress.clone())
    }

    /// As another process would have them.
    pub(crate) fn foreign_projections(&self) -> Projections {
        self.projections_with(Progress::new())
    }

    fn projections_with(&self, progress: Progress) -> Projections {
        self.projections_of(models(self.folder.path().to_owned()), progress)
    }

    /// As a version of the shop with other read models would have them.
    pub(crate) fn projections_of(&self, models: Vec<Arc<dyn ReadModel>>, progress: Progress) -> Projections {
        let decoder = Arc::new(Decoder::new(domain::upcasters()));
        Projections::with_models(
            self.pool.clone(),
            Arc::clone(&self.log),
            decoder,
            models,
            progress,
        )
    }

    /// With the rights of the login.
    pub(crate) async fn owner(&self) -> PgPool {
        PgPool::connect_with(self.database.options()).await.unwrap()
    }

    /// Connections that go by a name, for those who write read models.
    pub(crate) async fn pool_of(&self, name: &str) -> PgPool {
        let settings = PoolSettings::new(DatabaseRole::Projector, name, 12);
        pool::connect(self.database.options(), &settings).await.unwrap()
    }

    /// As another process would have them, with connections of its own.
    pub(crate) async fn process(&self) -> Projections {
        Projections::with_models(
            self.pool_of("projections").await,
            Arc::clone(&self.log),
            Arc::new(Decoder::new(domain::upcasters())),
            models(self.folder.path().to_owned()),
            Progress::new(),
        )
    }

    /// As a tool has them that may only read.
    pub(crate) fn auditing(&self) -> Projections {
        Projections::with_models(
            self.auditor.clone(),
            Arc::clone(&self.log),
            Arc::new(Decoder::new(domain::upcasters())),
            models(self.folder.path().to_owned()),
            Progress::new(),
        )
    }

    /// Waits until something is so of the generations of a read model.
    pub(crate) async fn until(
        &self,
        projection: &str,
        is_so: impl Fn(&[GenerationStatus]) -> bool,
    ) -> Vec<GenerationStatus> {
        let looking = async {
            loop {
                let mut status = self.reader().status().await.unwrap();
                status.retain(|status| status.projection == projection);
                if is_so(&status) {
                    return status;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LONG, looking)
            .await
            .expect("it does not become so")
    }

    /// The numbers and states of the generations of a read model.
    pub(crate) async fn states(&self, projection: &str) -> Vec<(i32, GenerationState)> {
        let all = self.reader().status().await.unwrap();
        let of = all.into_iter().filter(|status| status.projection == projection);
        of.map(|status| (status.generation, status.state)).collect()
    }

    /// Copies a log in memory into the database, for what reads the log there.
    pub(crate) async fn store(&self, events: &[RecordedEvent]) {
        let owner = PgPool::connect_with(self.database.options()).await.unwrap();
        for event in events {
            let insert = "INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, \
                          payload, metadata, position, recorded_at) \
                          VALUES ($1, $2, $3, $4, $5, $6::json, $7::json, $8, $9)";
            sqlx::query(insert)
                .bind(&event.aggregate_type)
                .bind(&event.aggregate_id)
                .bind(event.sequence)
                .bind(&event.event_type)
                .bind(&event.event_version)
                .bind(&event.payload)
                .bind(&event.metadata)
                .bind(event.position)
                .bind(event.recorded_at)
                .execute(&owner)
                .await
                .unwrap();
        }
        let head = "UPDATE log_head SET position = $1, recorded_at = now()";
        let last = events.last().map_or(0, |event| event.position);
        sqlx::query(head).bind(last).execute(&owner).await.unwrap();
        owner.close().await;
    }

    pub(crate) fn start(&self) -> (ProjectionWorkers, CancellationToken) {
        let stop = CancellationToken::new();
        (self.projections().start(&stop), stop)
    }

    pub(crate) fn reader(&self) -> ReadModels {
        ReadModels::new(
            self.pool.clone(),
            self.folder.path().to_owned(),
            self.progress.clone(),
        )
    }

    /// Readers in another process.
    pub(crate) fn foreign_reader(&self) -> ReadModels {
        ReadModels::new(
            self.auditor.clone(),
            self.folder.path().to_owned(),
            Progress::new(),
        )
    }

    /// Waits until all read models have everything.
    pub(crate) async fn settle(&self, reader: &ReadModels) {
        let head = self.log.head().await.unwrap();
        for model in registry() {
            let waited = reader.wait_for(model.name, head, LONG).await.unwrap();
            assert_eq!(waited, Waited::Reached, "{} at {head}", model.name);
        }
    }

    /// Brings one read model up to date, for tests that are about its rows.
    pub(crate) async fn build(&self, name: &str) -> ReadModels {
        self.projections().rebuild(name, |_| {}).await.unwrap();
        self.foreign_reader()
    }

    /// The schema of the live generation.
    pub(crate) async fn live_schema(&self, name: &str) -> String {
        generation::find_live(&self.pool, name, "")
            .await
            .unwrap()
            .unwrap()
            .schema_name
    }

    /// A new generation of a read model, and its row.
    pub(crate) async fn generation(&self, model: &dyn ReadModel) -> Generation {
        let about = model.registered();
        let mut transaction = self.pool.begin().await.unwrap();
        // Several at once, which the runner would not make.
        sqlx::query(
            "UPDATE projection_generations SET state = 'retired' WHERE projection = $1 AND up_to IS NULL",
        )
        .bind(about.name)
        .execute(&mut *transaction)
        .await
        .unwrap();
        let place = model.place().await.unwrap();
        let (generation, _) = generation::building(&mut transaction, about.name, &place, about.version)
            .await
            .unwrap();
        model.create(&mut transaction, &generation).await.unwrap();
        transaction.commit().await.unwrap();
        generation
    }

    /// Opens the generation and writes to it, again and again as a worker would: what an abandoned
    /// write had already sent may still land, and then the checkpoint is not where it was.
    pub(crate) async fn insist(
        &self,
        model: &dyn ReadModel,
        generation: &Generation,
        events: &[RecordedEvent],
        size: usize,
    ) -> Box<dyn Sink> {
        loop {
            let mut sink = self.open(model, generation).await;
            match try_apply_in(&mut *sink, events, size).await {
                Ok(()) => return sink,
                Err(WriteError::Fenced) => {}
                Err(other) => panic!("{other}"),
            }
        }
    }

    /// The checkpoint in the row of a generation.
    pub(crate) async fn position(&self, generation: &Generation) -> Position {
        let now = generation::fetch(&self.pool, generation.id).await.unwrap();
        now.unwrap().position
    }

    /// Takes the checkpoint back, as a crash of the server may.
    pub(crate) async fn set_position(&self, generation: &Generation, position: Position) {
        sqlx::query("UPDATE projection_generations SET position = $2 WHERE id = $1")
            .bind(generation.id)
            .bind(position)
            .execute(&self.pool)
            .await
            .unwrap();
    }

    /// The generation as its row says now, opened for writing.
    pub(crate) async fn open(&self, model: &dyn ReadModel, generation: &Generation) -> Box<dyn Sink> {
        let now = generation::fetch(&self.pool, generation.id)
            .await
            .unwrap()
            .unwrap();
        model.open(&self.pool, &now).await.unwrap()
    }
}

/// Somebody who decides.
pub(crate) fn operator() -> Operator {
    Operator {
        actor: "ada".to_owned(),
        reason: "because".to_owned(),
    }
}

pub(crate) fn table_models() -> Vec<Arc<dyn ReadModel>> {
    models(Path::new("").to_owned())
        .into_iter()
        .filter(|model| model.registered().ddl.is_some())
        .collect()
}

/// Writes events in batches of a size, starting after what the sink has already.
pub(crate) async fn apply_in(sink: &mut dyn Sink, events: &[RecordedEvent], size: usize) {
    try_apply_in(sink, events, size).await.unwrap();
}

/// As [`apply_in`], for those who expect that the sink may be refused.
pub(crate) async fn try_apply_in(
    sink: &mut dyn Sink,
    events: &[RecordedEvent],
    size: usize,
) -> Result<(), WriteError> {
    let decoder = Decoder::new(domain::upcasters());
    let from: Position = sink.position();
    let events: Vec<RecordedEvent> = events
        .iter()
        .filter(|event| event.position > from)
        .cloned()
        .collect();
    for batch in events.chunks(size) {
        let up_to = batch.last().unwrap().position;
        let recorded = batch
            .iter()
            .map(|event| Recorded::decode(&decoder, event.clone()).unwrap());
        sink.write(recorded.collect(), up_to, Pace::CatchUp).await?;
        // While tables are filled batches are gathered: here the cut is wanted.
        sink.settle().await?;
    }
    Ok(())
}
