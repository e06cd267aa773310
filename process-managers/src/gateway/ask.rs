//! From a question to the gateway to the command that carries its answer.

use domain::{payment::PaymentCommand, process::GatewayCall};
use uuid::Uuid;

use super::{Authorisation, GatewayAnswer, GatewayError, PaymentGateway, RefundOrder};

/// Asks the gateway once and says what the payment is to be told.
pub(super) async fn ask(
    gateway: &dyn PaymentGateway,
    key: Uuid,
    call: &GatewayCall,
) -> Result<PaymentCommand, GatewayError> {
    let answer = put(gateway, key, call).await?;
    match (call, answer) {
        (GatewayCall::Authorise { .. }, GatewayAnswer::Approved { reference }) => {
            Ok(PaymentCommand::RecordAuthorised {
                gateway_reference: Some(reference),
            })
        }
        (GatewayCall::Authorise { .. }, GatewayAnswer::Declined { code }) => {
            Ok(PaymentCommand::RecordDeclined { code })
        }
        (GatewayCall::Capture { .. }, GatewayAnswer::Approved { .. }) => Ok(PaymentCommand::RecordCaptured),
        (GatewayCall::Capture { .. }, GatewayAnswer::Declined { code }) => {
            Ok(PaymentCommand::RecordCaptureFailed { code })
        }
        (GatewayCall::Void { .. }, GatewayAnswer::Approved { .. }) => Ok(PaymentCommand::RecordVoided),
        // Money of a customer stays set aside although nobody wants it: people must look at that.
        (GatewayCall::Void { .. }, GatewayAnswer::Declined { code }) => Err(GatewayError::Refused {
            reason: format!("the authorisation cannot be given up ({code})"),
        }),
        (GatewayCall::Refund { refund_id, .. }, GatewayAnswer::Approved { .. }) => {
            Ok(PaymentCommand::RecordRefunded {
                refund_id: *refund_id,
            })
        }
        (GatewayCall::Refund { refund_id, .. }, GatewayAnswer::Declined { code }) => {
            Ok(PaymentCommand::RecordRefundFailed {
                refund_id: *refund_id,
                code,
            })
        }
    }
}

async fn put(
    gateway: &dyn PaymentGateway,
    key: Uuid,
    call: &GatewayCall,
) -> Result<GatewayAnswer, GatewayError> {
    match call {
        GatewayCall::Authorise {
            payment_id,
            order_id,
            token,
            amount,
        } => {
            let (payment_id, order_id, amount) = (*payment_id, *order_id, *amount);
            gateway
                .authorise(
                    key,
                    Authorisation {
                        payment_id,
                        order_id,
                        token,
                        amount,
                    },
                )
                .await
        }
        GatewayCall::Capture {
            gateway_reference,
            amount,
            ..
        } => gateway.capture(key, gateway_reference, *amount).await,
        GatewayCall::Void {
            gateway_reference, ..
        } => gateway.void(key, gateway_reference).await,
        GatewayCall::Refund {
            payment_id,
            gateway_reference,
            refund_id,
            amount,
        } => {
            let (payment_id, refund_id, amount) = (*payment_id, *refund_id, *amount);
            let order = RefundOrder {
                payment_id,
                refund_id,
                reference: gateway_reference,
                amount,
            };
            gateway.refund(key, order).await
        }
    }
}
