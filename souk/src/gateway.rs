//! The payment gateway as the configuration wants it, and the inbox for its webhooks.

use std::sync::Arc;

use anyhow::Result;
use event_store::CommandBus;
use platform::config::{PaymentSettings, StripeSettings};
use process_managers::{
    PaymentGateway, SandboxGateway, StripeGateway,
    gateway::{
        SecretKey, stripe,
        webhook::{REPLAY_WINDOW, WebhookInbox, WebhookVerifier},
    },
};
use uuid::Uuid;

/// Whoever moves the money of cards.
pub(crate) fn gateway(settings: &PaymentSettings, bus: Arc<CommandBus>) -> Result<Arc<dyn PaymentGateway>> {
    let Some(StripeSettings { secret_key, base_url }) = &settings.stripe else {
        tracing::info!("cards are charged in the sandbox: no money moves");
        // Its webhooks stay within this process, so any secret does, as long as nobody else knows it.
        let inbox = inbox(settings, bus.clone())
            .unwrap_or_else(|| inbox_with(SecretKey::new(Uuid::now_v7().to_string()), bus));
        return Ok(Arc::new(SandboxGateway::default().with_webhooks(inbox)));
    };
    let base_url = base_url.as_deref().unwrap_or(stripe::BASE_URL);
    tracing::info!("cards are charged by Stripe");
    let key = SecretKey::new(secret_key.expose().clone());
    Ok(Arc::new(StripeGateway::new(base_url, key)?))
}

/// Takes webhooks, if there is a secret to check them with.
pub(crate) fn inbox(settings: &PaymentSettings, bus: Arc<CommandBus>) -> Option<WebhookInbox> {
    let secret = settings.webhook_secret.as_ref()?;
    Some(inbox_with(SecretKey::new(secret.expose().clone()), bus))
}

fn inbox_with(secret: SecretKey, bus: Arc<CommandBus>) -> WebhookInbox {
    WebhookInbox::new(WebhookVerifier::new(secret, REPLAY_WINDOW), bus)
}
