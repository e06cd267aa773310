//! The webhooks of the payment gateway, from the route that takes them to the inbox that knows them.

use async_trait::async_trait;
use chrono::Utc;
use command_api::webhooks::{PaymentWebhooks, WebhookOutcome, WebhookRefused};
use process_managers::gateway::webhook::{Recorded, WebhookError, WebhookInbox};

/// The inbox behind the route.
pub(crate) struct InboxRoute(pub(crate) WebhookInbox);

#[async_trait]
impl PaymentWebhooks for InboxRoute {
    async fn receive(&self, signature: &str, body: &[u8]) -> Result<WebhookOutcome, WebhookRefused> {
        match self.0.receive(signature, body, Utc::now()).await {
            Ok(Recorded::Now) => Ok(WebhookOutcome::Recorded),
            Ok(Recorded::Before) => Ok(WebhookOutcome::Duplicate),
            Ok(Recorded::Ignored) => Ok(WebhookOutcome::Ignored),
            Ok(Recorded::Refused) => Ok(WebhookOutcome::Contradicted),
            Err(error) => Err(refused(&error)),
        }
    }
}

fn refused(error: &WebhookError) -> WebhookRefused {
    match error {
        WebhookError::NoSignature => WebhookRefused::NoSignature,
        WebhookError::WrongSignature => WebhookRefused::WrongSignature,
        WebhookError::OutsideTheWindow { .. } => WebhookRefused::OutsideTheWindow,
        WebhookError::TooLong => WebhookRefused::TooLong,
        WebhookError::Malformed(_) | WebhookError::NoEventId => WebhookRefused::Malformed,
        WebhookError::TooEarly => WebhookRefused::TooEarly,
        WebhookError::OutOfOrder(cause) => {
            tracing::warn!(cause = %cause, "a webhook is ahead of its payment and is to be delivered again");
            WebhookRefused::TooEarly
        }
        WebhookError::Unavailable(cause) => {
            tracing::error!(error = %error, cause = %cause, "a webhook cannot be recorded");
            WebhookRefused::Unavailable
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::{DateTime, TimeDelta};
    use command_api::shop_bus;
    use event_store::{BusOptions, MemoryLog};
    use platform::config::{PaymentSettings, Secret};
    use serde_json::json;

    use super::*;
    use crate::gateway;

    fn inbox(secret: &str) -> WebhookInbox {
        let log = Arc::new(MemoryLog::new(DateTime::<Utc>::default));
        let settings = PaymentSettings {
            stripe: None,
            webhook_secret: Some(Secret::new(secret.to_owned())),
        };
        gateway::inbox(&settings, Arc::new(shop_bus(log, BusOptions::default()))).unwrap()
    }

    fn event(kind: &str) -> String {
        let metadata = json!({"payment_id": "01890a5d-ac96-774b-bcce-b302099a8057"});
        let intent = json!({"id": "pi_1", "status": "succeeded", "metadata": metadata});
        json!({"id": "evt_1", "type": kind, "data": {"object": intent}}).to_string()
    }

    async fn receive(
        body: &str,
        signed_by: &str,
        at: DateTime<Utc>,
    ) -> Result<WebhookOutcome, WebhookRefused> {
        let header = inbox(signed_by).verifier().sign(body.as_bytes(), at);
        InboxRoute(inbox("whsec_right"))
            .receive(&header, body.as_bytes())
            .await
    }

    #[tokio::test]
    async fn only_what_the_gateway_signed_lately_is_looked_at() {
        let (body, now) = (event("payout.paid"), Utc::now());
        let right = receive(&body, "whsec_right", now).await;
        assert_eq!(right, Ok(WebhookOutcome::Ignored));
        let wrong = receive(&body, "whsec_wrong", now).await;
        assert_eq!(wrong, Err(WebhookRefused::WrongSignature));
        let late = receive(&body, "whsec_right", now - TimeDelta::hours(1)).await;
        assert_eq!(late, Err(WebhookRefused::OutsideTheWindow));
        let malformed = receive("{", "whsec_right", now).await;
        assert_eq!(malformed, Err(WebhookRefused::Malformed));
    }

    #[tokio::test]
    async fn what_comes_before_its_payment_is_to_come_again() {
        let early = receive(&event("payment_intent.succeeded"), "whsec_right", Utc::now()).await;
        assert_eq!(early, Err(WebhookRefused::TooEarly));
    }

    #[test]
    fn without_a_secret_there_is_no_inbox() {
        let log = Arc::new(MemoryLog::new(DateTime::<Utc>::default));
        let bus = Arc::new(shop_bus(log, BusOptions::default()));
        assert!(gateway::inbox(&PaymentSettings::default(), bus).is_none());
    }
}
