//! Asking Stripe over HTTP, and what its answers mean.
//!
//! | answer | meaning |
//! |---|---|
//! | 2xx | done |
//! | 402 | declined, with a code for the customer |
//! | 400 `payment_intent_unexpected_state`, `charge_already_captured`, … | done before, or undone: to be looked at |
//! | other 4xx | the question is wrong, or the key of the account: people must look at it |
//! | 409, 429, 5xx, no answer | unknown: to be asked again |

use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode, header};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{API_VERSION, declined, wire::ErrorBody};
use crate::gateway::{GatewayAnswer, GatewayError, SecretKey};

/// Longer than anybody here waits: it only keeps a connection from hanging for ever.
const LONGEST: Duration = Duration::from_secs(60);

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(3);

/// The most bytes of an answer that are read.
const MAX_BODY: usize = 1_024 * 1_024;

/// Codes that say where the payment stands, not what became of the question.
const UNEXPECTED_STATE: [&str; 3] = [
    "payment_intent_unexpected_state",
    "charge_already_captured",
    "charge_expired_for_capture",
];

/// Stripe's API with one account.
#[derive(Debug)]
pub(super) struct Api {
    client: Client,
    base_url: String,
    key: SecretKey,
}

/// Stripe understood the question and says no.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    kind: String,
    code: Option<String>,
    reason: String,
}

/// Nobody knows what became of the question.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error("Stripe cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    #[error("Stripe answers {status}")]
    Status {
        status: StatusCode,
        /// Stripe repeats for this key what it answered before.
        repeated: bool,
    },
    #[error("the answer of Stripe has more than {MAX_BODY} bytes")]
    TooLong,
    #[error("the answer of Stripe cannot be understood")]
    Unintelligible(#[source] serde_json::Error),
}

impl Api {
    pub(super) fn new(base_url: &str, key: SecretKey) -> Result<Self, reqwest::Error> {
        // Whoever was first has installed the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(LONGEST)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self {
            client,
            base_url: base_url.trim_end_matches('/').to_owned(),
            key,
        })
    }

    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        key: Uuid,
        form: &[(&str, String)],
    ) -> Result<Result<T, Refusal>, Fault> {
        let request = self.client.post(format!("{}{path}", self.base_url)).form(form);
        self.ask(request.header("Idempotency-Key", key.to_string())).await
    }

    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<Result<T, Refusal>, Fault> {
        let request = self.client.get(format!("{}{path}", self.base_url)).query(query);
        self.ask(request).await
    }

    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<Result<T, Refusal>, Fault> {
        let request = request
            .bearer_auth(self.key.expose())
            .header("Stripe-Version", API_VERSION)
            .header(header::ACCEPT, "application/json");
        // The address may hold the name of a payment, which is nobody's business in a log.
        let unreachable = |error: reqwest::Error| Fault::Unreachable(error.without_url());
        let mut response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let repeated = response
            .headers()
            .get("Idempotent-Replayed")
            .is_some_and(|value| value == "true");
        let unknown = [
            StatusCode::CONFLICT,
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::REQUEST_TIMEOUT,
        ];
        if status.is_server_error() || unknown.contains(&status) || status.is_redirection() {
            return Err(Fault::Status { status, repeated });
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > MAX_BODY {
                return Err(Fault::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        if status.is_success() {
            return serde_json::from_slice(&body)
                .map(Ok)
                .map_err(Fault::Unintelligible);
        }
        let error = serde_json::from_slice::<ErrorBody>(&body);
        let error = error.map(|body| body.error).unwrap_or_default();
        Ok(Err(Refusal {
            status,
            reason: error.reason().to_owned(),
            kind: error.kind,
            code: error.code,
        }))
    }
}

impl Fault {
    /// Whether asking again under the same key would bring the same, for ever.
    pub(super) const fn is_repeated(&self) -> bool {
        matches!(self, Self::Status { repeated: true, .. })
    }
}

impl From<Fault> for GatewayError {
    fn from(fault: Fault) -> Self {
        Self::Unavailable(Box::new(fault))
    }
}

impl Refusal {
    /// Where the payment stands is not what the question took for granted.
    pub(super) fn is_unexpected_state(&self) -> bool {
        let code = self.code.as_deref();
        code.is_some_and(|code| UNEXPECTED_STATE.contains(&code))
    }

    /// What the customer is told, if it is the card's fault.
    pub(super) fn declined(self) -> Result<GatewayAnswer, GatewayError> {
        if self.status == StatusCode::PAYMENT_REQUIRED || self.kind == "card_error" {
            return declined(self.reason);
        }
        Err(self.misunderstood())
    }

    /// The shop's own fault: a code and no text of Stripe's, which may repeat what was sent.
    pub(super) fn misunderstood(self) -> GatewayError {
        let Self {
            status, kind, code, ..
        } = self;
        let code = code.unwrap_or_else(|| "no code".to_owned());
        GatewayError::Refused {
            reason: format!("Stripe answers {} ({kind}, {code})", status.as_u16()),
        }
    }
}
