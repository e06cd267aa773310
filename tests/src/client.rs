//! A front-end.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};

use crate::until::{PATIENCE, POLL};

/// Sends commands and queries.
#[derive(Debug, Clone)]
pub struct Client {
    base: String,
    queries: String,
    http: reqwest::Client,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as JSON, or null when it is none.
    pub body: Value,
}

impl Answer {
    /// The field `id` of the body.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn id(&self) -> Result<String> {
        let id = self.body["id"]
            .as_str()
            .with_context(|| format!("no id in {self:?}"))?;
        Ok(id.to_owned())
    }

    /// The field `code` of a problem.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

impl Client {
    /// A front-end of the shop at a base address such as `http://127.0.0.1:8080`.
    ///
    /// # Errors
    ///
    /// When no HTTP client can be made.
    pub fn new(base: impl Into<String>) -> Result<Self> {
        let base = base.into();
        Self::apart(base.clone(), base)
    }

    /// A front-end of a shop that takes commands at one address and queries at another.
    ///
    /// # Errors
    ///
    /// When no HTTP client can be made.
    pub fn apart(commands: String, queries: String) -> Result<Self> {
        // The HTTP client wants to know which cryptography to use, even where it never will. That it was told
        // before is fine.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(30))
            .build()?;
        Ok(Self {
            base: commands,
            queries,
            http,
        })
    }

    /// The base address of the commands.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Sends anything.
    ///
    /// # Errors
    ///
    /// When nobody answers.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Result<Answer> {
        let base = if path.starts_with("/graphql") {
            &self.queries
        } else {
            &self.base
        };
        let mut request = self.http.request(method, format!("{base}{path}")).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Answer {
            status,
            headers,
            body,
        })
    }

    /// Sends a JSON body.
    ///
    /// # Errors
    ///
    /// When nobody answers.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        self.send(
            Method::POST,
            path,
            &[("content-type", "application/json")],
            body.to_string(),
        )
        .await
    }

    /// Sends a JSON body under an idempotency key.
    ///
    /// # Errors
    ///
    /// When nobody answers.
    pub async fn post_once(&self, path: &str, key: &str, body: &Value) -> Result<Answer> {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        self.send(Method::POST, path, &headers, body.to_string()).await
    }

    /// Sends a JSON body under an idempotency key until there is an answer, whatever dies in between.
    ///
    /// # Errors
    ///
    /// When there is none but "come again" for long; the error tells the last one.
    pub async fn insist(&self, path: &str, key: &str, body: &Value) -> Result<Answer> {
        let start = Instant::now();
        loop {
            match self.post_once(path, key, body).await {
                Ok(answer) if answer.status != StatusCode::SERVICE_UNAVAILABLE => return Ok(answer),
                other if start.elapsed() > PATIENCE => bail!("{path} is not answered; at last: {other:?}"),
                // Nobody is there at the moment, or they cannot write.
                _ => tokio::time::sleep(POLL).await,
            }
        }
    }

    /// Sends a JSON body that must be accepted.
    ///
    /// # Errors
    ///
    /// When nobody answers or the answer is a problem.
    pub async fn accepted(&self, path: &str, body: &Value) -> Result<Answer> {
        let answer = self.post(path, body).await?;
        if !answer.status.is_success() {
            bail!("{path} was refused: {answer:?}");
        }
        Ok(answer)
    }

    /// Opens a warehouse, so that goods can be received there; one that this did before stays as it is.
    ///
    /// # Errors
    ///
    /// As [`Self::insist`], and when the answer is a problem.
    pub async fn open_warehouse(&self, code: &str) -> Result<()> {
        let body = json!({"code": code, "name": format!("Warehouse {code}")});
        let key = format!("open-warehouse-{code}");
        let answer = self.insist("/v1/warehouses", &key, &body).await?;
        if !answer.status.is_success() {
            bail!("the warehouse {code} was not opened: {answer:?}");
        }
        Ok(())
    }

    /// Gets a page.
    ///
    /// # Errors
    ///
    /// When nobody answers.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.send(Method::GET, path, &[], "").await
    }

    /// Asks a query that must be answered without errors, and gives its data.
    ///
    /// # Errors
    ///
    /// When nobody answers or the answer has errors.
    pub async fn query(&self, query: &str, variables: Value) -> Result<Value> {
        let answer = self
            .post("/graphql", &json!({"query": query, "variables": variables}))
            .await?;
        if !answer.body["errors"].is_null() || answer.body["data"].is_null() {
            bail!("the query was refused: {answer:?}");
        }
        Ok(answer.body["data"].clone())
    }

    /// Asks again until the answer is as expected, and gives that answer.
    ///
    /// # Errors
    ///
    /// When that does not happen; the error tells the last answer.
    pub async fn eventually(
        &self,
        query: &str,
        variables: Value,
        expected: impl Fn(&Value) -> bool,
    ) -> Result<Value> {
        let start = Instant::now();
        loop {
            // The shop may be starting again at the moment.
            let answer = self.query(query, variables.clone()).await;
            match answer {
                Ok(data) if expected(&data) => return Ok(data),
                other if start.elapsed() > PATIENCE => bail!("it did not happen; at last: {other:?}"),
                _ => tokio::time::sleep(POLL).await,
            }
        }
    }

    /// Waits until an order has a status, such as `PAID`.
    ///
    /// # Errors
    ///
    /// When it does not get there.
    pub async fn order_becomes(&self, order_id: &str, status: &str) -> Result<Value> {
        let query = "query ($id: ID!) { order(id: $id) { id status total { amount currency } } }";
        let found = self.eventually(query, json!({"id": order_id}), |data| {
            data["order"]["status"] == status
        });
        Ok(found.await?["order"].clone())
    }
}
