//! A database with read models, and the query side on it.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, Response, StatusCode, header},
};
use event_store::Decoder;
use http_body_util::BodyExt as _;
use http_edge::{RequestPolicy, ServerOptions, edge, serve};
use platform::postgres::scratch::{ScratchCluster, ScratchDatabase};
use projections::{Progress, ProjectionWorkers, Projections, ReadModels, Waited, registry};
use query_api::{QueryOptions, QueryState, SagaViews, router};
use serde_json::{Value, json};
use sqlx::PgPool;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use crate::shop::Shop;

/// Longer than anything takes unless it hangs.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// Everything that a test needs. Dropping it removes all of it.
pub(crate) struct Stage {
    pub(crate) shop: Shop,
    router: Router,
    pool: PgPool,
    read_models: ReadModels,
    workers: Option<(ProjectionWorkers, CancellationToken)>,
    /// Cancelled when the server stops.
    pub(crate) closing: CancellationToken,
    /// The connections that are open.
    pub(crate) open: TaskTracker,
    _folder: TempDir,
    _database: ScratchDatabase,
}

impl Stage {
    /// The shop's read models, up to date and kept so.
    pub(crate) async fn new(shop: Shop) -> Self {
        Self::with(
            shop,
            QueryOptions {
                max_wait: LONG,
                time_limit: LONG,
                ..QueryOptions::default()
            },
        )
        .await
    }

    pub(crate) async fn with(shop: Shop, options: QueryOptions) -> Self {
        Self::with_state(shop, options, |state| state).await
    }

    /// The same with somebody who knows how sagas stand.
    pub(crate) async fn with_sagas(shop: Shop, sagas: Arc<dyn SagaViews>) -> Self {
        let options = QueryOptions {
            max_wait: LONG,
            time_limit: LONG,
            ..QueryOptions::default()
        };
        Self::with_state(shop, options, |state| state.with_sagas(sagas)).await
    }

    async fn with_state(
        shop: Shop,
        options: QueryOptions,
        complete: impl FnOnce(QueryState) -> QueryState,
    ) -> Self {
        if shop.head().await == 0 {
            // That a read model has seen an event is how one learns that it is built.
            shop.open(1_000, 1).await;
        }
        let database = database().await;
        let (pool, folder) = (database.pool(16).await.unwrap(), tempfile::tempdir().unwrap());
        let (log, progress) = (Arc::new(shop.log.clone()), Progress::new());
        let decoder = Arc::new(Decoder::new(domain::upcasters()));
        let path = folder.path().to_owned();
        let projections = Projections::new(pool.clone(), log, decoder, path.clone(), progress.clone());
        let stop = CancellationToken::new();
        let workers = Some((projections.start(&stop), stop));
        let read_models = ReadModels::new(pool.clone(), path, progress);
        let (closing, open) = (CancellationToken::new(), TaskTracker::new());
        let state = QueryState::new(read_models.clone(), options).closing_with(closing.clone(), open.clone());
        let router = router(complete(state));
        let stage = Self {
            shop,
            router,
            pool,
            read_models,
            workers,
            closing,
            open,
            _folder: folder,
            _database: database,
        };
        stage.settle().await;
        stage
    }

    /// Connections with the rights of the login.
    pub(crate) fn pool(&self) -> PgPool {
        self.pool.clone()
    }

    /// Waits until all read models have everything.
    pub(crate) async fn settle(&self) {
        let head = self.shop.head().await;
        for model in registry() {
            let waited = self.read_models.wait_for(model.name, head, LONG).await.unwrap();
            assert_eq!(waited, Waited::Reached, "{} at {head}", model.name);
        }
    }

    /// From here on the read models stay as they are.
    pub(crate) async fn stop_workers(&mut self) {
        let (workers, stop) = self.workers.take().unwrap();
        stop.cancel();
        workers.join().await;
    }

    /// Answers at an address of this machine for as long as the test runs.
    pub(crate) async fn listen(&self) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = edge(self.router.clone(), &RequestPolicy::default());
        let (closing, tasks) = (CancellationToken::new(), TaskTracker::new());
        tokio::spawn(serve(listener, router, ServerOptions::default(), closing, tasks));
        address
    }

    /// Writes into the database when each event happened, as a log there would: the first a minute after
    /// noon, the second two minutes after it …
    pub(crate) async fn write_times(&self) {
        let head = self.shop.head().await;
        let events = "INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, \
                      payload, metadata, position, recorded_at) \
                      SELECT 'test', 'test', n, 'Happened', '1', '{}', '{}', n, \
                      '2026-01-15 12:00:00Z'::timestamptz + n * interval '1 minute' \
                      FROM generate_series(1, $1) AS n";
        sqlx::query(events).bind(head).execute(&self.pool).await.unwrap();
        let moved = "UPDATE log_head SET position = $1, recorded_at = now()";
        sqlx::query(moved).bind(head).execute(&self.pool).await.unwrap();
    }

    /// From here on the database cannot be reached.
    pub(crate) async fn lose_database(&self) {
        self.pool.close().await;
    }

    /// Removes a product from its read model, as if that had not got there yet; the search keeps it.
    pub(crate) async fn hide_product(&self, slug: &str) {
        let delete = "DELETE FROM products_g1.products WHERE slug = $1";
        let hidden = sqlx::query(delete).bind(slug).execute(&self.pool).await.unwrap();
        assert_eq!(hidden.rows_affected(), 1, "{slug}");
    }

    /// Makes a table unreadable.
    pub(crate) async fn break_table(&self, table: &str, column: &str) {
        let rename = format!("ALTER TABLE {table} RENAME COLUMN {column} TO gone");
        sqlx::query(&rename).execute(&self.pool).await.unwrap();
    }

    /// Makes a table readable again.
    pub(crate) async fn mend_table(&self, table: &str, column: &str) {
        let rename = format!("ALTER TABLE {table} RENAME COLUMN gone TO {column}");
        sqlx::query(&rename).execute(&self.pool).await.unwrap();
    }

    /// The data of a query that has no errors.
    pub(crate) async fn data(&self, query: &str) -> Value {
        let mut answer = self.ask(query).await;
        assert!(answer.get("errors").is_none(), "{query}\n{answer:#}");
        answer["data"].take()
    }

    /// The one error of a query: its code and its whole.
    pub(crate) async fn error(&self, query: &str) -> (String, Value) {
        let mut answer = self.ask(query).await;
        let errors = answer["errors"]
            .as_array_mut()
            .unwrap_or_else(|| panic!("no error: {query}"));
        assert_eq!(errors.len(), 1, "{query}\n{errors:#?}");
        let error = errors.remove(0);
        (error["extensions"]["code"].as_str().unwrap().to_owned(), error)
    }

    /// The whole answer to a query.
    pub(crate) async fn ask(&self, query: &str) -> Value {
        let (status, _, answer) = self.post(&json!({ "query": query }).to_string(), &[]).await;
        assert_eq!(status, StatusCode::OK, "{query}\n{answer:#}");
        answer
    }

    /// The whole answer to a query, whatever its status.
    pub(crate) async fn ask_any(&self, query: &str) -> Value {
        self.post(&json!({ "query": query }).to_string(), &[]).await.2
    }

    /// The text of the answer to a body: JSON that is read has lost the order of its keys.
    pub(crate) async fn post_text(&self, body: &str) -> String {
        let request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
        let response = self
            .send(request.body(Body::from(body.to_owned())).unwrap())
            .await;
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// The answer to a body.
    pub(crate) async fn post(&self, body: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Value) {
        let mut request =
            Request::post("/graphql").header(header::CONTENT_TYPE, "application/json; charset=utf-8");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        json_of(
            self.send(request.body(Body::from(body.to_owned())).unwrap())
                .await,
        )
        .await
    }

    /// The answer to any request.
    pub(crate) async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }
}

/// Status, headers and JSON of a response.
pub(crate) async fn json_of(response: Response<Body>) -> (StatusCode, HeaderMap, Value) {
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (
        parts.status,
        parts.headers,
        serde_json::from_slice(&bytes).unwrap(),
    )
}

async fn database() -> ScratchDatabase {
    let cluster = ScratchCluster::shared().await.unwrap();
    let migrated = cluster.database("query_api", async |options| {
        let pool = PgPool::connect_with(options).await?;
        let migrated = schema::migrate(&pool).await;
        pool.close().await;
        migrated.map_err(Box::<dyn std::error::Error + Send + Sync>::from)
    });
    migrated.await.unwrap()
}

/// The path of all pages of a connection: the nodes of every one of them.
pub(crate) async fn all_pages(stage: &Stage, connection: &str, page: impl Fn(&str) -> String) -> Vec<Value> {
    let (mut nodes, mut after) = (Vec::new(), "null".to_owned());
    loop {
        let mut data = stage.data(&page(&after)).await;
        let connection = data.pointer_mut(connection).unwrap();
        assert_eq!(connection["pageInfo"]["hasPreviousPage"], json!(after != "null"));
        nodes.extend(
            connection["edges"]
                .as_array_mut()
                .unwrap()
                .iter_mut()
                .map(|edge| edge["node"].take()),
        );
        assert!(nodes.len() < 1_000, "the pages do not end");
        if connection["pageInfo"]["hasNextPage"] == json!(false) {
            return nodes;
        }
        after = connection["pageInfo"]["endCursor"].to_string();
    }
}
