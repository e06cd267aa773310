//! The gateway of Stripe: PaymentIntents that are captured by hand, cancelled, refunded.
//!
//! | question | call |
//! |---|---|
//! | authorise | `POST /v1/payment_intents`, confirmed at once, `capture_method=manual` |
//! | capture | `POST /v1/payment_intents/{id}/capture` |
//! | void | `POST /v1/payment_intents/{id}/cancel` |
//! | refund | `POST /v1/refunds` |
//!
//! Stripe keeps the answer to a key for a day and repeats it, also when it was "not decided yet" or a fault
//! of its own. So where the answer to a question leaves open what became of it, the payment itself is looked
//! at: where it stands is the answer.
//!
//! Source: Stripe's API reference (PaymentIntents, Refunds, Idempotent requests, Errors), version below.

mod api;
#[cfg(test)]
mod tests;
pub(super) mod wire;

use async_trait::async_trait;
use domain::{
    payment::gateway_amount::to_gateway,
    value::{Money, Text},
};
use uuid::Uuid;

use self::{
    api::{Api, Refusal},
    wire::{Intent, IntentStatus, List, Refund, RefundStatus},
};
use super::{Authorisation, GatewayAnswer, GatewayError, PaymentGateway, RefundOrder, SecretKey};

/// Where Stripe is.
pub const BASE_URL: &str = "https://api.stripe.com";

/// The version of the API that is asked for, so that an upgrade of the account changes nothing here.
pub const API_VERSION: &str = "2024-06-20";

/// How many refunds of a payment are looked through; a payment of ours has at most a hundred.
const REFUNDS: usize = 100;

/// The adapter for Stripe could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("the adapter for Stripe cannot be set up")]
pub struct StripeSetupError(#[source] reqwest::Error);

/// Moves the money of cards by way of Stripe.
#[derive(Debug)]
pub struct StripeGateway {
    api: Api,
}

impl StripeGateway {
    /// An adapter that asks `base_url`, usually [`BASE_URL`].
    ///
    /// # Errors
    ///
    /// When the HTTP client cannot be built, for want of certificates for example.
    pub fn new(base_url: &str, key: SecretKey) -> Result<Self, StripeSetupError> {
        let api = Api::new(base_url, key).map_err(StripeSetupError)?;
        Ok(Self { api })
    }

    async fn intent(&self, reference: &Text<200>) -> Result<Intent, GatewayError> {
        let path = format!("/v1/payment_intents/{}", reference.as_str());
        self.api.get(&path, &[]).await?.map_err(Refusal::misunderstood)
    }

    /// The payment that was made for one of ours, if there is one.
    async fn find_intent(&self, authorisation: Authorisation<'_>) -> Result<Option<Intent>, GatewayError> {
        let query = format!("metadata['payment_id']:'{}'", authorisation.payment_id);
        let found: List<Intent> = self
            .api
            .get("/v1/payment_intents/search", &[("query", query)])
            .await?
            .map_err(Refusal::misunderstood)?;
        Ok(found.data.into_iter().next())
    }

    async fn find_refund(&self, order: RefundOrder<'_>) -> Result<Option<Refund>, GatewayError> {
        let query = [
            ("payment_intent", order.reference.to_string()),
            ("limit", REFUNDS.to_string()),
        ];
        let found: List<Refund> = self
            .api
            .get("/v1/refunds", &query)
            .await?
            .map_err(Refusal::misunderstood)?;
        let ours = order.refund_id.to_string();
        Ok(found
            .data
            .into_iter()
            .find(|refund| refund.metadata.get("refund_id") == Some(&ours)))
    }
}

#[async_trait]
impl PaymentGateway for StripeGateway {
    async fn authorise(
        &self,
        key: Uuid,
        authorisation: Authorisation<'_>,
    ) -> Result<GatewayAnswer, GatewayError> {
        let Ok(amount) = to_gateway(authorisation.amount) else {
            return declined(NOT_CHARGEABLE);
        };
        let form = [
            ("amount", amount.to_string()),
            ("currency", authorisation.amount.currency.code().to_lowercase()),
            ("payment_method", authorisation.token.as_str().to_owned()),
            ("payment_method_types[]", "card".to_owned()),
            ("capture_method", "manual".to_owned()),
            ("confirm", "true".to_owned()),
            // Nobody sits there who could answer a question of the bank.
            ("error_on_requires_action", "true".to_owned()),
            ("metadata[payment_id]", authorisation.payment_id.to_string()),
            ("metadata[order_id]", authorisation.order_id.to_string()),
        ];
        let answer = self.api.post::<Intent>("/v1/payment_intents", key, &form).await;
        let intent = match answer {
            Ok(Ok(intent)) if intent.status == IntentStatus::Processing => {
                self.intent(&text(intent.id)?).await?
            }
            Ok(Ok(intent)) => intent,
            Ok(Err(refusal)) => return refusal.declined(),
            // A fault that Stripe repeats for this key: whether the payment was made, it alone can tell.
            Err(fault) if fault.is_repeated() => match self.find_intent(authorisation).await? {
                Some(intent) => intent,
                None => return Err(fault.into()),
            },
            Err(fault) => return Err(fault.into()),
        };
        match intent.status {
            IntentStatus::RequiresCapture | IntentStatus::Succeeded => approved(intent.id),
            IntentStatus::Canceled => declined("canceled"),
            IntentStatus::RequiresPaymentMethod => declined(intent.failure()),
            IntentStatus::RequiresAction | IntentStatus::RequiresConfirmation => {
                declined("authentication_required")
            }
            IntentStatus::Processing | IntentStatus::Unknown => Err(GatewayError::Undecided),
        }
    }

    async fn capture(
        &self,
        key: Uuid,
        reference: &Text<200>,
        amount: Money,
    ) -> Result<GatewayAnswer, GatewayError> {
        let path = format!("/v1/payment_intents/{}/capture", reference.as_str());
        let Ok(units) = to_gateway(amount) else {
            return declined(NOT_CHARGEABLE);
        };
        let form = [("amount_to_capture", units.to_string())];
        let intent = match self.api.post::<Intent>(&path, key, &form).await {
            Ok(Ok(intent)) if intent.status != IntentStatus::Processing => intent,
            Ok(Err(refusal)) if !refusal.is_unexpected_state() => return refusal.declined(),
            Err(fault) if !fault.is_repeated() => return Err(fault.into()),
            _ => self.intent(reference).await?,
        };
        match intent.status {
            // The staff may have captured a part at Stripe's own page before.
            IntentStatus::Succeeded => match intent.captured() {
                Ok(Some(captured)) if captured != amount => Ok(GatewayAnswer::PartApproved { captured }),
                _ => approved(reference.to_string()),
            },
            IntentStatus::Canceled => declined("authorisation_expired"),
            IntentStatus::RequiresPaymentMethod => declined("capture_failed"),
            _ => Err(GatewayError::Undecided),
        }
    }

    async fn void(&self, key: Uuid, reference: &Text<200>) -> Result<GatewayAnswer, GatewayError> {
        let path = format!("/v1/payment_intents/{}/cancel", reference.as_str());
        let status = match self.api.post::<Intent>(&path, key, &[]).await {
            Ok(Ok(intent)) => intent.status,
            Ok(Err(refusal)) if !refusal.is_unexpected_state() => return Err(refusal.misunderstood()),
            Err(fault) if !fault.is_repeated() => return Err(fault.into()),
            _ => self.intent(reference).await?.status,
        };
        match status {
            IntentStatus::Canceled => approved(reference.to_string()),
            IntentStatus::Succeeded => declined("already_captured"),
            _ => Err(GatewayError::Undecided),
        }
    }

    async fn refund(&self, key: Uuid, order: RefundOrder<'_>) -> Result<GatewayAnswer, GatewayError> {
        let Ok(amount) = to_gateway(order.amount) else {
            return declined(NOT_CHARGEABLE);
        };
        let form = [
            ("payment_intent", order.reference.to_string()),
            ("amount", amount.to_string()),
            ("metadata[payment_id]", order.payment_id.to_string()),
            ("metadata[refund_id]", order.refund_id.to_string()),
        ];
        let refund = match self.api.post::<Refund>("/v1/refunds", key, &form).await {
            Ok(Ok(refund)) if refund.status != RefundStatus::Pending => Some(refund),
            Ok(Err(refusal)) => return refusal.declined(),
            Err(fault) if !fault.is_repeated() => return Err(fault.into()),
            _ => self.find_refund(order).await?,
        };
        match refund.map(|refund| refund.status) {
            Some(RefundStatus::Succeeded) => approved(order.reference.to_string()),
            Some(RefundStatus::Failed | RefundStatus::Canceled) => declined("refund_failed"),
            Some(RefundStatus::Pending | RefundStatus::RequiresAction | RefundStatus::Unknown) | None => {
                Err(GatewayError::Undecided)
            }
        }
    }
}

/// Refused before Stripe is asked: it would refuse such an amount for good. See [`to_gateway`].
const NOT_CHARGEABLE: &str = "amount_not_chargeable";

fn approved(reference: String) -> Result<GatewayAnswer, GatewayError> {
    Ok(GatewayAnswer::Approved {
        reference: text(reference)?,
    })
}

fn declined(code: impl Into<String>) -> Result<GatewayAnswer, GatewayError> {
    Ok(GatewayAnswer::Declined {
        code: text(code.into())?,
    })
}

fn text<const MAX: usize>(text: String) -> Result<Text<MAX>, GatewayError> {
    Text::try_from(text).map_err(|error| GatewayError::Refused { reason: error.rule })
}
